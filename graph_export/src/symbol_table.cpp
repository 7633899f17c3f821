#include "symbol_table.h"

#include <utility>

#include <c10/util/Type.h>

#include "elf_symbols.h"
#include "loaded_object.h"

#if __has_include(<dlfcn.h>)
#include <dlfcn.h>
#define SUAR_DLADDR 1
#endif
#if __has_include(<link.h>)
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
std::optional<FunctionSymbol> SymbolTable::find(std::uintptr_t address) {
  const auto object = find_loaded_object(address);
  if (!object) return std::nullopt;
  auto& file = files_[object->load_address];
  if (file == nullptr) file = std::make_unique<File>(object->path);
  const ElfFunction* function = file->symbols.find(address - object->load_address);
  if (function == nullptr) return std::nullopt;
  const char* name = file->symbols.names.c_str() + function->name;
  return FunctionSymbol{object->load_address + function->start, c10::demangle(name)};
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
