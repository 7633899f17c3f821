#pragma once

#include <cstdlib>

#include <ATen/Parallel.h>
#include <unistd.h>

namespace suar::testing {

/// Keeps LibTorch, and OpenBLAS below it, to the calling thread: their other threads wait for work
/// by spinning, whose processor time would be charged to whatever is measured. To be called first
/// thing in `main`; it may start the program anew.
inline void use_a_single_thread(char** argv) {
  // OpenBLAS asks only the environment that the program starts with.
  if (std::getenv("OPENBLAS_NUM_THREADS") == nullptr) {
    setenv("OPENBLAS_NUM_THREADS", "1", 1);
    execv("/proc/self/exe", argv);
  }
  at::set_num_threads(1);
}

}  // namespace suar::testing
