#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace suar::graph_export {

/// A function in an ELF file.
struct ElfFunction {
  std::uint64_t start = 0;  ///< address as linked
  std::uint64_t size = 0;   ///< in bytes
  std::uint32_t name = 0;   ///< offset in `ElfSymbols::names`
};

/// The functions in an ELF file, by address.
struct ElfSymbols {
  std::vector<ElfFunction> functions;
  std::string names;  ///< mangled, each ended by a zero byte

  /// The function that covers the address, or null.
  const ElfFunction* find(std::uint64_t address) const;
};

/// Reads the full symbol table of an ELF file, or the table of exported symbols where it was
/// stripped. Empty when the file cannot be read, or is none of this machine's word size.
ElfSymbols read_elf_symbols(const std::string& path);

}  // namespace suar::graph_export
