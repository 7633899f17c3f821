#include "debug_information.h"

#ifdef SUAR_SOURCE_LOCATIONS
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <c10/util/Type.h>
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <unistd.h>

#include "loaded_object.h"
#endif

namespace suar::graph_export {

#ifdef SUAR_SOURCE_LOCATIONS
namespace {

bool is_of_torch(const LoadedObject& object) {
  const std::string_view name = std::string_view(object.path).substr(object.path.rfind('/') + 1);
  return name.rfind("libtorch", 0) == 0 || name.rfind("libc10", 0) == 0;
}

/// Debug information of one file.
class DebugFile {
 public:
  explicit DebugFile(const std::string& path) : file_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (file_ >= 0) debug_ = dwarf_begin(file_, DWARF_C_READ);
  }
  ~DebugFile() {
    if (debug_ != nullptr) dwarf_end(debug_);
    if (file_ >= 0) close(file_);
  }
  DebugFile(const DebugFile&) = delete;
  DebugFile& operator=(const DebugFile&) = delete;

  /// Null where there is none.
  Dwarf* get() const { return debug_; }

 private:
  int file_;
  Dwarf* debug_ = nullptr;
};

/// The entry in which it is declared, in its class or namespace.
Dwarf_Die declaration_of(const Dwarf_Die& function) {
  Dwarf_Die declaration = function;
  Dwarf_Attribute attribute;
  Dwarf_Die next;
  for (const unsigned reference : {DW_AT_abstract_origin, DW_AT_specification}) {
    if (dwarf_attr(&declaration, reference, &attribute) == nullptr) continue;
    if (dwarf_formref_die(&attribute, &next) != nullptr) declaration = next;
  }
  return declaration;
}

/// Put together from what it is declared in, as a demangler does it.
FunctionName local_name(const Dwarf_Die& function) {
  Dwarf_Die declaration = declaration_of(function);
  FunctionName name;
  if (const char* const own = dwarf_diename(&declaration)) name.function_name = own;
  Dwarf_Die* scopes = nullptr;
  const int count = dwarf_getscopes_die(&declaration, &scopes);
  for (int i = 1; i < count; ++i) {  // from the inside, the function itself first
    const int tag = dwarf_tag(&scopes[i]);
    if (tag != DW_TAG_namespace && tag != DW_TAG_structure_type && tag != DW_TAG_class_type) {
      continue;
    }
    const char* const scope = dwarf_diename(&scopes[i]);
    const std::string inner = name.class_name.empty() ? "" : "::" + name.class_name;
    name.class_name = (scope != nullptr ? scope : "(anonymous namespace)") + inner;
  }
  std::free(scopes);
  return name;
}

FunctionName name_of(Dwarf_Die& function) {
  Dwarf_Attribute attribute;
  const char* const name =
      dwarf_formstring(dwarf_attr_integrate(&function, DW_AT_linkage_name, &attribute));
  // Local functions, such as lambdas, have no name for the linker.
  return name != nullptr ? parse_function_name(c10::demangle(name)) : local_name(function);
}

/// Whether it stands for all the places that have its code: what it declares may be in some.
bool is_abstract(Dwarf_Die& function) {
  return dwarf_hasattr(&function, DW_AT_inline) != 0;
}

/// The compiler may have been given a path from where it was called.
SourceLocation make_location(Dwarf_Die& unit, const char* path, int64_t line) {
  if (path == nullptr) return {};
  Dwarf_Attribute attribute;
  const char* const directory = dwarf_formstring(dwarf_attr(&unit, DW_AT_comp_dir, &attribute));
  const std::filesystem::path whole =
      directory == nullptr ? std::filesystem::path(path) : std::filesystem::path(directory) / path;
  return {whole.lexically_normal().string(), line};
}

/// Of the first of the pieces that it may be in; only some compilers say where it is entered.
Dwarf_Addr start_of(Dwarf_Die& function) {
  Dwarf_Addr base = 0, start = 0, end = 0;
  dwarf_ranges(&function, 0, &base, &start, &end);
  return start;
}

/// The call that the compiler put this function in place of.
SourceLocation call_of(Dwarf_Die& inlined, Dwarf_Die& unit) {
  Dwarf_Attribute attribute;
  Dwarf_Word file = 0;
  Dwarf_Word line = 0;
  Dwarf_Files* files = nullptr;
  if (dwarf_formudata(dwarf_attr(&inlined, DW_AT_call_file, &attribute), &file) != 0 ||
      dwarf_formudata(dwarf_attr(&inlined, DW_AT_call_line, &attribute), &line) != 0 ||
      dwarf_getsrcfiles(&unit, &files, nullptr) != 0) {
    return {};
  }
  return make_location(unit, dwarf_filesrc(files, file, nullptr, nullptr),
                       static_cast<int64_t>(line));
}

SourceLocation line_of(Dwarf_Die& unit, Dwarf_Addr address) {
  Dwarf_Line* const line = dwarf_getsrc_die(&unit, address);
  int number = 0;
  if (line == nullptr || dwarf_lineno(line, &number) != 0) return {};
  return make_location(unit, dwarf_linesrc(line, nullptr, nullptr), number);
}

/// A compilation unit, and what is asked about it.
class Unit {
 public:
  /// For each address in the unit: the functions that hold it, outermost first.
  using Functions = std::map<Dwarf_Addr, std::vector<Dwarf_Die>>;

  Unit(Dwarf_Die unit, const std::vector<Dwarf_Addr>& addresses) : unit_(unit) {
    for (const Dwarf_Addr address : addresses) {
      if (dwarf_haspc(&unit_, address) > 0) functions_[address];
    }
    if (functions_.empty()) return;
    search(unit_, /*is_in_function=*/false);
    const bool has_all = std::all_of(functions_.begin(), functions_.end(),
                                     [](const auto& entry) { return !entry.second.empty(); });
    if (has_all) return;
    // The rest are in classes inside of functions that hold none of the addresses.
    for (auto& [address, functions] : functions_) functions.clear();
    searches_all_functions_ = true;
    search(unit_, /*is_in_function=*/false);
  }

  void append_information(std::map<Dwarf_Addr, DebugInformation>& information) {
    for (auto& [address, functions] : functions_) {
      information[address] = describe(address, functions);
    }
  }

 private:
  /// One walk for all addresses: what includes LibTorch has some hundred thousand entries. The
  /// functions of lambdas and of other local classes stand in their class, that in the function.
  void search(Dwarf_Die& parent, bool is_in_function) {
    Dwarf_Die child;
    if (dwarf_child(&parent, &child) != 0) return;
    do {
      const int tag = dwarf_tag(&child);
      const bool is_class = tag == DW_TAG_structure_type || tag == DW_TAG_class_type;
      const bool is_function = tag == DW_TAG_subprogram;
      if (tag == DW_TAG_namespace || tag == DW_TAG_lexical_block || (is_class && is_in_function) ||
          (is_function && is_abstract(child))) {
        search(child, is_in_function || is_function);
      } else if (is_function || tag == DW_TAG_inlined_subroutine) {
        bool has_any = false;
        for (auto& [address, functions] : functions_) {
          if (dwarf_haspc(&child, address) <= 0) continue;
          functions.push_back(child);
          has_any = true;
        }
        if (has_any || (is_function && searches_all_functions_))
          search(child, /*is_in_function=*/true);
      }
    } while (dwarf_siblingof(&child, &child) == 0);
  }

  DebugInformation describe(Dwarf_Addr address, std::vector<Dwarf_Die>& functions) {
    DebugInformation information;
    SourceLocation location = line_of(unit_, address);
    bool is_in_library = true;
    for (auto function = functions.rbegin(); function != functions.rend(); ++function) {
      FunctionName name = name_of(*function);
      if (!is_of_library(name) && is_in_library) {
        is_in_library = false;
        information.source = location;
      }
      if (dwarf_tag(&*function) != DW_TAG_inlined_subroutine) break;
      location = call_of(*function, unit_);
      if (!is_of_library(name)) {
        information.inlined.push_back({start_of(*function), std::move(name)});
      }
    }
    std::reverse(information.inlined.begin(), information.inlined.end());
    return information;
  }

  Dwarf_Die unit_;
  Functions functions_;
  bool searches_all_functions_ = false;
};

std::map<Dwarf_Addr, DebugInformation> read_information(const std::string& path,
                                                        const std::vector<Dwarf_Addr>& addresses) {
  std::map<Dwarf_Addr, DebugInformation> information;
  const DebugFile file(path);
  if (file.get() == nullptr) return information;
  Dwarf_CU* unit = nullptr;
  Dwarf_Die die;
  while (dwarf_get_units(file.get(), unit, &unit, nullptr, nullptr, &die, nullptr) == 0) {
    Unit(die, addresses).append_information(information);
  }
  return information;
}

}  // namespace

std::vector<DebugInformation> find_debug_information(
    const std::vector<std::uintptr_t>& instructions) {
  struct Questions {
    std::string path;
    std::vector<Dwarf_Addr> addresses{};
    std::vector<std::size_t> indices{};
  };
  std::map<std::uintptr_t, Questions> objects;  // by load address
  for (std::size_t i = 0; i < instructions.size(); ++i) {
    const auto object = find_loaded_object(instructions[i]);
    if (!object || is_of_torch(*object)) continue;
    Questions& questions =
        objects.try_emplace(object->load_address, Questions{object->path}).first->second;
    questions.addresses.push_back(instructions[i] - object->load_address);
    questions.indices.push_back(i);
  }
  std::vector<DebugInformation> information(instructions.size());
  for (const auto& [load_address, questions] : objects) {
    auto found = read_information(questions.path, questions.addresses);
    for (std::size_t i = 0; i < questions.indices.size(); ++i) {
      DebugInformation& answer = information[questions.indices[i]];
      answer = found[questions.addresses[i]];
      for (InlinedFunction& function : answer.inlined) function.start += load_address;
    }
  }
  return information;
}
#else
std::vector<DebugInformation> find_debug_information(
    const std::vector<std::uintptr_t>& instructions) {
  return std::vector<DebugInformation>(instructions.size());
}
#endif

}  // namespace suar::graph_export
