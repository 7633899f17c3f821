#include "inlined_forward.h"

#include <cstdint>
#include <optional>
#include <unordered_map>

namespace suar::graph_export {

void InlinedForward::place(const FunctionRun& run, std::vector<ScopePosition>& positions) const {
  place_in_turns_of_loops(run, positions);
  place_between(run, positions);
}

bool InlinedForward::is_loose(const ScopePosition& position, const FunctionRun& run) const {
  return position.module == run.module && position.named_scopes.empty() && !position.is_certain;
}

bool InlinedForward::may_be_inlined(ModuleIndex module, const FunctionRun& run) const {
  return module != run.module && registry_.contains(run.module, module) && !has_frame_[module] &&
         !registry_.is_of_torch(module);
}

/// In a loop over blocks, a turn of the loop runs the modules of one block.
void InlinedForward::place_in_turns_of_loops(const FunctionRun& run,
                                             std::vector<ScopePosition>& positions) const {
  const auto instruction = [&](std::size_t operation) {
    return (*paths_[operation])[run.level].instruction;
  };
  // One call may make several operations, but only a loop comes back to it after another call.
  std::unordered_map<std::uintptr_t, int> visits;
  for (std::size_t i = run.begin; i < run.end; ++i) {
    if (i == run.begin || instruction(i) != instruction(i - 1)) ++visits[instruction(i)];
  }
  for (std::size_t first = run.begin; first < run.end;) {
    std::size_t jump = first + 1;  // back to the start of the loop
    while (jump < run.end && instruction(jump) >= instruction(jump - 1)) ++jump;
    std::size_t begin = first;
    std::size_t end = jump;
    while (begin < end && visits[instruction(begin)] < 2) ++begin;
    while (end > begin && visits[instruction(end - 1)] < 2) --end;
    std::optional<ModuleIndex> block;
    bool several = false;
    for (std::size_t i = begin; i < end; ++i) {
      const ModuleIndex module = positions[i].module;
      if (module == run.module) continue;
      several = several || (block && module != *block);
      block = block ? registry_.lowest_common_ancestor(*block, module) : module;
    }
    // What follows a single layer in a loop need not belong to it.
    if (several && may_be_inlined(*block, run)) {
      for (std::size_t i = begin; i < end; ++i) {
        if (is_loose(positions[i], run)) positions[i] = {*block, "", false, false};
      }
    }
    first = jump;
  }
}

/// What runs between two modules of a block is part of the block.
void InlinedForward::place_between(const FunctionRun& run,
                                   std::vector<ScopePosition>& positions) const {
  std::optional<std::size_t> before;  // the last operation that is not loose
  for (std::size_t after = run.begin; after < run.end; ++after) {
    if (is_loose(positions[after], run)) continue;
    if (before && *before + 1 < after) {
      const ModuleIndex block =
          registry_.lowest_common_ancestor(positions[*before].module, positions[after].module);
      if (may_be_inlined(block, run)) {
        for (std::size_t i = *before + 1; i < after; ++i) positions[i] = {block, "", false, false};
      }
    }
    before = after;
  }
}

}  // namespace suar::graph_export
