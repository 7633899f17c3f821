# What every Suar target has in common: the alias `Suar::name`, the C++ floor, warnings, sanitizers.

if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
  if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
  endif()
  find_program(SUAR_CCACHE ccache)
  if(SUAR_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # The sloppiness is what ccache asks for with precompiled headers; the base directory lets two
    # checkouts of the project share their objects.
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env
      "CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime"
      "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" "${SUAR_CCACHE}")
  endif()
endif()

# suar_configure_target(target): the compile settings of our own code, PRIVATE but for the C++ floor.
function(suar_configure_target target)
  target_compile_features(${target} PUBLIC cxx_std_17)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
  if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic)
  endif()
  if(SUAR_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${SUAR_SANITIZE} -fno-omit-frame-pointer
      -fno-sanitize-recover=all)
    target_link_options(${target} PUBLIC -fsanitize=${SUAR_SANITIZE})
  endif()
endfunction()

# suar_add_library(name SOURCES...): the static library `suar_<name>`, used as `Suar::<name>`, with its
# public headers in include/.
function(suar_add_library name)
  add_library(suar_${name} STATIC ${ARGN})
  add_library(Suar::${name} ALIAS suar_${name})
  set_target_properties(suar_${name} PROPERTIES EXPORT_NAME ${name})
  if(IS_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}/include")
    target_include_directories(suar_${name} PUBLIC
      "$<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>")
  endif()
  suar_configure_target(suar_${name})
endfunction()
