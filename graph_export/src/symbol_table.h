#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace suar::graph_export {

/// A function of this process.
struct FunctionSymbol {
  std::uintptr_t start = 0;
  std::string name;  ///< demangled
};

/// Finds the functions that addresses belong to, from the symbol tables of the program and of its
/// shared libraries. Unlike dladdr() it knows functions that are not exported, as long as the file
/// is not stripped. Reads a file when an address in it is asked for first.
class SymbolTable {
 public:
  SymbolTable();
  ~SymbolTable();
  SymbolTable(const SymbolTable&) = delete;
  SymbolTable& operator=(const SymbolTable&) = delete;

  /// Empty when no symbol covers the address.
  std::optional<FunctionSymbol> find(std::uintptr_t address);

 private:
  class File;
  std::map<std::uintptr_t, std::unique_ptr<File>> files_;  // by load address
};

}  // namespace suar::graph_export
