#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace suar::graph_export {

/// The program or a shared library, as it lies in memory.
struct LoadedObject {
  std::uintptr_t load_address = 0;  ///< what to add to the addresses in the file
  std::string path;                 ///< of the file
};

/// The one that an address belongs to. Empty where there is none, or no way to ask.
std::optional<LoadedObject> find_loaded_object(std::uintptr_t address);

/// How many have been unloaded so far. As long as it stays the same, so does the code at an address
/// that once had some.
std::uint64_t count_unloaded_objects();

}  // namespace suar::graph_export
