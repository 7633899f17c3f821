# Finds LibTorch once, at the top, for all: its imported targets are directory-scoped, and finding it
# twice in one tree breaks some of its releases.

if(NOT TARGET torch)
  find_package(Torch QUIET GLOBAL)
  if(NOT Torch_FOUND)
    message(FATAL_ERROR "LibTorch was not found. On Debian: apt-get install libtorch-dev. "
      "Elsewhere: -DCMAKE_PREFIX_PATH=/absolute/path/to/libtorch, or with PyTorch installed "
      "-DCMAKE_PREFIX_PATH=$(python3 -c 'import torch; print(torch.utils.cmake_prefix_path)'). "
      "Without LibTorch only the dashboard can be built: -DSUAR_TORCH=OFF.")
  endif()
endif()

# LibTorch names the C++ standard that its headers need in a property that does not reach its users.
get_target_property(SUAR_TORCH_CXX_STANDARD torch CXX_STANDARD)
if(NOT SUAR_TORCH_CXX_STANDARD OR SUAR_TORCH_CXX_STANDARD LESS 17)
  set(SUAR_TORCH_CXX_STANDARD 17)
endif()

# One precompiled <torch/torch.h> for every target of ours: parsing it takes half of a compile.
add_library(suar_torch_headers OBJECT "${CMAKE_CURRENT_LIST_DIR}/torch_headers.cpp")
suar_configure_target(suar_torch_headers)
target_compile_features(suar_torch_headers PUBLIC cxx_std_${SUAR_TORCH_CXX_STANDARD})
target_link_libraries(suar_torch_headers PUBLIC torch)
target_precompile_headers(suar_torch_headers PRIVATE <torch/torch.h>)

# suar_use_torch(target): links LibTorch and uses the precompiled header.
function(suar_use_torch target)
  target_compile_features(${target} PUBLIC cxx_std_${SUAR_TORCH_CXX_STANDARD})
  # The target `torch`, not ${TORCH_LIBRARIES}: that one holds absolute paths and cannot be exported.
  target_link_libraries(${target} PUBLIC torch)
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "EXECUTABLE" AND CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
    # As the libraries are, not -fPIE: a precompiled header serves only one of the two.
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
    target_compile_options(${target} PRIVATE -fPIC)
  endif()
  target_precompile_headers(${target} REUSE_FROM suar_torch_headers)
endfunction()
