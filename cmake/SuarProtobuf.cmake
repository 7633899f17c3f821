# Finds protobuf once, for all, and not where it has no library: the packages of PyTorch bring the
# headers and the compiler of another release.

set(prefixes "${CMAKE_PREFIX_PATH}" "$ENV{CMAKE_PREFIX_PATH}")
string(REPLACE ":" ";" prefixes "${prefixes}")
set(CMAKE_IGNORE_PREFIX_PATH "")
foreach(prefix IN LISTS prefixes)
  file(GLOB libraries "${prefix}/lib*/libprotobuf*" "${prefix}/lib*/*/libprotobuf*")
  if(EXISTS "${prefix}/include/google/protobuf" AND NOT libraries)
    list(APPEND CMAKE_IGNORE_PREFIX_PATH "${prefix}")
  endif()
endforeach()
find_package(Protobuf REQUIRED GLOBAL)
unset(CMAKE_IGNORE_PREFIX_PATH)
unset(prefixes)
unset(libraries)
