# Finds protobuf once, for all, and not where there are only headers of it: the packages of PyTorch
# bring some, of another release than the compiler and the library elsewhere.

set(prefixes "${CMAKE_PREFIX_PATH}" "$ENV{CMAKE_PREFIX_PATH}")
string(REPLACE ":" ";" prefixes "${prefixes}")
set(CMAKE_IGNORE_PREFIX_PATH "")
foreach(prefix IN LISTS prefixes)
  if(EXISTS "${prefix}/include/google/protobuf" AND NOT EXISTS "${prefix}/bin/protoc")
    list(APPEND CMAKE_IGNORE_PREFIX_PATH "${prefix}")
  endif()
endforeach()
find_package(Protobuf REQUIRED GLOBAL)
unset(CMAKE_IGNORE_PREFIX_PATH)
unset(prefixes)
