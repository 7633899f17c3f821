// Compiled only for its precompiled header (see SuarTorch.cmake).
