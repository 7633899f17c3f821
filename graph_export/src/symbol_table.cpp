#include "symbol_table.h"

#include <utility>

#include <c10/util/Type.h>

#include "elf_symbols.h"

#if __has_include(<dlfcn.h>)
#include <dlfcn.h>
#define SUAR_DLADDR 1
#endif
#if __has_include(<link.h>)
#include <link.h>
#define SUAR_LINK_MAP 1
#endif

namespace suar::graph_export {

class SymbolTable::File {
 public:
  explicit File(const std::string& path) : symbols(read_elf_symbols(path)) {}
  ElfSymbols symbols;
};

SymbolTable::SymbolTable() = default;
SymbolTable::~SymbolTable() = default;

#ifdef SUAR_LINK_MAP
namespace {

struct LoadedObject {
  std::uintptr_t address = 0;  // that is asked for
  bool found = false;
  std::uintptr_t load_address = 0;  // what to add to the addresses in the file
  std::string path;
};

int find_object(dl_phdr_info* info, std::size_t, void* data) {
  auto& wanted = *static_cast<LoadedObject*>(data);
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD) continue;
    if (wanted.address - (info->dlpi_addr + segment.p_vaddr) >= segment.p_memsz) continue;
    wanted.found = true;
    wanted.load_address = info->dlpi_addr;
    // The program itself has no name here.
    const bool is_program = info->dlpi_name == nullptr || *info->dlpi_name == '\0';
    wanted.path = is_program ? "/proc/self/exe" : info->dlpi_name;
    return 1;
  }
  return 0;
}

}  // namespace

std::optional<FunctionSymbol> SymbolTable::find(std::uintptr_t address) {
  LoadedObject object;
  object.address = address;
  dl_iterate_phdr(find_object, &object);
  if (!object.found) return std::nullopt;
  auto& file = files_[object.load_address];
  if (file == nullptr) file = std::make_unique<File>(object.path);
  const ElfFunction* function = file->symbols.find(address - object.load_address);
  if (function == nullptr) return std::nullopt;
  const char* name = file->symbols.names.c_str() + function->name;
  return FunctionSymbol{object.load_address + function->start, c10::demangle(name)};
}
#elif defined(SUAR_DLADDR)
std::optional<FunctionSymbol> SymbolTable::find(std::uintptr_t address) {
  Dl_info info;
  if (dladdr(reinterpret_cast<void*>(address), &info) == 0 || info.dli_sname == nullptr) {
    return std::nullopt;
  }
  return FunctionSymbol{reinterpret_cast<std::uintptr_t>(info.dli_saddr),
                        c10::demangle(info.dli_sname)};
}
#else
std::optional<FunctionSymbol> SymbolTable::find(std::uintptr_t) {
  return std::nullopt;
}
#endif

}  // namespace suar::graph_export
