#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <unordered_set>

#include "debug_information.h"
#include "function_name.h"
#include "symbol_table.h"

namespace suar::graph_export {

/// What an instruction belongs to.
struct CodePlace {
  std::uintptr_t function = 0;  ///< where its function starts; 0 where no symbol covers it
  FunctionName name;            ///< of the function
  bool is_looked_up = false;    ///< in the debug information
  DebugInformation debug;       ///< empty until then, and where there is none
};

/// Tells of instructions of this process what they belong to. What one map has found, later ones
/// know from the start: reading the symbols of LibTorch takes as long as running a small model.
/// A map is for one thread; several threads may have one each.
class CodeMap {
 public:
  CodeMap();
  ~CodeMap();
  CodeMap(const CodeMap&) = delete;
  CodeMap& operator=(const CodeMap&) = delete;

  /// Stays where it is until the end of the map.
  const CodePlace& at(std::uintptr_t instruction);

  /// Looks these instructions up in the debug information, which is best done for all at once.
  void look_up(const std::unordered_set<std::uintptr_t>& instructions);

 private:
  using Places = std::unordered_map<std::uintptr_t, CodePlace>;  // by instruction
  struct Shared;
  static Shared& shared();

  std::uint64_t unloaded_objects_;
  std::shared_ptr<const Places> known_;  // from earlier maps
  Places found_;                         // goes before them
  SymbolTable symbols_;
};

}  // namespace suar::graph_export
