#include "loaded_object.h"

#if __has_include(<link.h>)
#include <link.h>
#define SUAR_LINK_MAP 1
#endif

namespace suar::graph_export {

#ifdef SUAR_LINK_MAP
namespace {

struct Search {
  std::uintptr_t address = 0;
  std::optional<LoadedObject> found;
};

int compare_object(dl_phdr_info* info, std::size_t, void* data) {
  auto& search = *static_cast<Search*>(data);
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD) continue;
    if (search.address - (info->dlpi_addr + segment.p_vaddr) >= segment.p_memsz) continue;
    // The program itself has no name here.
    const bool is_program = info->dlpi_name == nullptr || *info->dlpi_name == '\0';
    search.found = {info->dlpi_addr, is_program ? "/proc/self/exe" : info->dlpi_name};
    return 1;
  }
  return 0;
}

int read_unloaded(dl_phdr_info* info, std::size_t, void* data) {
  *static_cast<std::uint64_t*>(data) = info->dlpi_subs;
  return 1;
}

}  // namespace

std::optional<LoadedObject> find_loaded_object(std::uintptr_t address) {
  Search search;
  search.address = address;
  dl_iterate_phdr(compare_object, &search);
  return std::move(search.found);
}

std::uint64_t count_unloaded_objects() {
  std::uint64_t count = 0;
  dl_iterate_phdr(read_unloaded, &count);
  return count;
}
#else
std::optional<LoadedObject> find_loaded_object(std::uintptr_t) {
  return std::nullopt;
}

std::uint64_t count_unloaded_objects() {
  return 0;
}
#endif

}  // namespace suar::graph_export
