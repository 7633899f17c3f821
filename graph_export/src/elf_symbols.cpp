#include "elf_symbols.h"

#include <algorithm>
#include <cstring>
#include <fstream>

#if __has_include(<link.h>)
#include <link.h>
#define SUAR_ELF 1
#endif

namespace suar::graph_export {

const ElfFunction* ElfSymbols::find(std::uint64_t address) const {
  auto behind = std::upper_bound(
      functions.begin(), functions.end(), address,
      [](std::uint64_t wanted, const ElfFunction& function) { return wanted < function.start; });
  if (behind == functions.begin()) return nullptr;
  const ElfFunction& function = *std::prev(behind);
  return address - function.start < function.size ? &function : nullptr;
}

#ifdef SUAR_ELF
namespace {

using Header = ElfW(Ehdr);
using Section = ElfW(Shdr);
using Symbol = ElfW(Sym);

/// Reads `count` objects at `offset`; false when the file ends before.
template <typename T>
bool read_at(std::ifstream& file, std::uint64_t offset, std::size_t count, T* into) {
  file.clear();
  file.seekg(static_cast<std::streamoff>(offset));
  file.read(reinterpret_cast<char*>(into), static_cast<std::streamsize>(count * sizeof(T)));
  return file.good();
}

bool is_native(const Header& header) {
  const unsigned char word_size = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;
  return std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 &&
         header.e_ident[EI_CLASS] == word_size && header.e_shentsize == sizeof(Section);
}

ElfSymbols read_table(std::ifstream& file, std::uint64_t file_size, const Section& table,
                      const Section& names) {
  ElfSymbols result;
  if (table.sh_size > file_size || names.sh_size > file_size) return result;
  std::vector<Symbol> symbols(table.sh_size / sizeof(Symbol));
  result.names.resize(names.sh_size);
  if (!read_at(file, table.sh_offset, symbols.size(), symbols.data()) ||
      !read_at(file, names.sh_offset, names.sh_size, result.names.data())) {
    return {};
  }
  for (const Symbol& symbol : symbols) {
    const bool is_function = (symbol.st_info & 0xf) == STT_FUNC;
    if (is_function && symbol.st_shndx != SHN_UNDEF && symbol.st_size > 0 &&
        symbol.st_name < result.names.size()) {
      result.functions.push_back({symbol.st_value, symbol.st_size, symbol.st_name});
    }
  }
  std::sort(result.functions.begin(), result.functions.end(),
            [](const ElfFunction& a, const ElfFunction& b) { return a.start < b.start; });
  return result;
}

}  // namespace

ElfSymbols read_elf_symbols(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return {};
  const auto file_size = static_cast<std::uint64_t>(file.tellg());
  Header header;
  if (!read_at(file, 0, 1, &header) || !is_native(header)) return {};
  std::vector<Section> sections(header.e_shnum);
  if (!read_at(file, header.e_shoff, sections.size(), sections.data())) return {};
  for (const auto wanted : {SHT_SYMTAB, SHT_DYNSYM}) {
    for (const Section& section : sections) {
      if (section.sh_type != static_cast<decltype(section.sh_type)>(wanted) ||
          section.sh_link >= sections.size()) {
        continue;
      }
      ElfSymbols symbols = read_table(file, file_size, section, sections[section.sh_link]);
      if (!symbols.functions.empty()) return symbols;
    }
  }
  return {};
}
#else
ElfSymbols read_elf_symbols(const std::string&) {
  return {};
}
#endif

}  // namespace suar::graph_export
