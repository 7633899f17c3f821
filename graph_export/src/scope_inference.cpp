#include "scope_inference.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <tuple>
#include <unordered_set>
#include <utility>
#include <vector>

#include <torch/csrc/jit/ir/ir.h>

#include "inlined_forward.h"
#include "invocation_path.h"
#include "node_names.h"
#include "run_order.h"
#include "scope_evidence.h"
#include "scope_position.h"
#include "shared_uses.h"

namespace suar::graph_export {
namespace {

/// Walks down the call stacks of all operations at once, from the outermost function to the
/// innermost.
class ScopeInference {
 public:
  ScopeInference(const ModuleRegistry& registry, const Trace& trace, CodeMap& code)
      : registry_(registry),
        paths_(invocation_paths(trace.records, code)),
        evidence_(registry, trace) {
    infer();
    if (!shared_uses_.are_any()) return;
    // All uses of what modules share are known only now.
    knows_shared_uses_ = true;
    infer();
  }

  std::string scope_of(std::size_t operation) const {
    const ScopePosition& position = positions_[operation];
    return registry_.modules()[position.module].scope + position.named_scopes;
  }

 private:
  void infer() {
    const std::size_t modules = registry_.modules().size();
    positions_.assign(paths_.size(), ScopePosition());
    runs_.clear();
    uses_.assign(modules, 0);
    has_frame_.assign(modules, false);
    assign(0, paths_.size(), 0, ScopePosition());
    for (std::size_t i = 0; i < paths_.size(); ++i) move_to_owner(i);
    const InlinedForward inlined(registry_, paths_, has_frame_);
    for (const FunctionRun& run : runs_) inlined.place(run, positions_);
  }

  /// Places the operations [begin, end), which share the invocations above `level`.
  void assign(std::size_t begin, std::size_t end, std::size_t level,
              const ScopePosition& position) {
    for (std::size_t first = begin; first < end;) {
      std::size_t last = first + 1;
      if (paths_[first]->size() <= level) {
        positions_[first] = position;
      } else {
        while (last < end && paths_[last]->size() > level &&
               is_same_at(*paths_[last - 1], *paths_[last], level)) {
          ++last;
        }
        enter(first, last, level, position);
      }
      first = last;
    }
  }

  /// Places operations that share the invocation at `level` too.
  void enter(std::size_t begin, std::size_t end, std::size_t level, const ScopePosition& outer) {
    const Invocation& invocation = (*paths_[begin])[level];
    if (invocation.mark != nullptr) {
      ScopePosition inner = outer;
      if (invocation.mark->module) {
        const bool before_forward = invocation.mark->before_forward;
        inner = {marked_module(begin, level, outer), "", before_forward, !before_forward, level};
        has_frame_[inner.module] = true;
      } else {
        inner.named_scopes.append("/").append(name_part(invocation.mark->name));
      }
      assign(begin, end, level + 1, inner);
    } else if (invocation.name == nullptr) {
      enter_unknown_function(begin, end, level, outer);
    } else {
      enter_function(begin, end, level, outer);
    }
  }

  /// Places what an invocation of a function in the scope `inner` ran.
  void run(std::size_t begin, std::size_t end, std::size_t level, const ScopePosition& inner) {
    assign(begin, end, level + 1, inner);
    // Something inside of a module takes at least three: a part of it before and one after.
    if (end - begin >= 3) runs_.push_back({begin, end, level, inner.module});
  }

  void enter_function(std::size_t begin, std::size_t end, std::size_t level,
                      const ScopePosition& outer) {
    const FunctionName& name = *(*paths_[begin])[level].name;
    const bool is_forward = name.function_name == "forward" || name.function_name == "operator()";
    if (registry_.has_class(outer.module, name.class_name) &&
        (outer.before_forward || !is_forward)) {
      ScopePosition inner = outer;
      if (is_forward && !name.calls_through_any_module) inner.before_forward = false;
      has_frame_[outer.module] = true;
      return run(begin, end, level, inner);
    }
    const std::vector<ModuleIndex> candidates =
        registry_.descendants_of_class(outer.module, name.class_name);
    if (candidates.empty()) return run(begin, end, level, outer);
    std::size_t start = begin;
    std::optional<ModuleIndex> current;
    for (std::size_t first = begin; first < end;) {
      const std::size_t last = end_of_turn(first, end, level, candidates);
      const ModuleIndex chosen = choose(first, last, level, outer, candidates);
      if (current && chosen != *current) {
        enter_module(start, first, level, *current, name);
        start = first;
      }
      current = chosen;
      first = last;
    }
    enter_module(start, end, level, *current, name);
  }

  void enter_module(std::size_t begin, std::size_t end, std::size_t level, ModuleIndex module,
                    const FunctionName& function) {
    has_frame_[module] = true;
    run(begin, end, level, {module, "", function.calls_through_any_module, false, level});
  }

  /// A function without a symbol may be a forward(), of whatever holds all modules that it ran.
  void enter_unknown_function(std::size_t begin, std::size_t end, std::size_t level,
                              const ScopePosition& outer) {
    std::optional<ModuleIndex> common = evidence_.common_module(begin, end, outer.module);
    // LibTorch's functions have symbols, and what a Sequential runs is known by itself.
    while (common && *common != outer.module && registry_.is_of_torch(*common)) {
      common = registry_.modules()[*common].parent;
    }
    ScopePosition inner = outer;
    if (common && registry_.has_forward(*common)) inner = {*common, "", true, false, level};
    run(begin, end, level, inner);
  }

  /// Turns of a loop over modules of one class look like one invocation. A turn ends where another
  /// module's parameters are used, or the same place uses again what they share, or rather where
  /// the code jumped back before that.
  std::size_t end_of_turn(std::size_t begin, std::size_t end, std::size_t level,
                          const std::vector<ModuleIndex>& candidates) const {
    PossibleModules current;
    std::unordered_set<const InvocationPath*> shared_uses;
    std::size_t last_known = begin;
    for (std::size_t i = begin; i < end; ++i) {
      const PossibleModules found = evidence_.candidates_of(i, candidates);
      if (found.empty()) continue;
      const bool is_shared = found.size() > 1;
      const bool is_repeated = is_shared && !shared_uses.insert(paths_[i].get()).second;
      const bool is_other = current.size() == 1 &&
                            std::find(found.begin(), found.end(), current.front()) == found.end();
      if (is_other || (is_repeated && current.size() > 1)) {
        for (std::size_t jump = i; jump > last_known; --jump) {
          if ((*paths_[jump])[level].instruction < (*paths_[jump - 1])[level].instruction)
            return jump;
        }
        return i;
      }
      // What is shared may stand on either side of the jump.
      if (is_shared && current.size() == 1) continue;
      current = found;
      last_known = i;
    }
    return end;
  }

  ModuleIndex choose(std::size_t begin, std::size_t end, std::size_t level,
                     const ScopePosition& outer, const std::vector<ModuleIndex>& candidates) {
    PossibleModules chosen;
    for (std::size_t i = begin; i < end && chosen.size() != 1; ++i) {
      PossibleModules found = evidence_.candidates_of(i, candidates);
      if (found.empty() || (!chosen.empty() && found.size() >= chosen.size())) continue;
      chosen = std::move(found);
    }
    if (chosen.empty()) {
      // Children before grandchildren, then the least used, then the first to run or registered.
      chosen = {*std::min_element(
          candidates.begin(), candidates.end(), [&](ModuleIndex a, ModuleIndex b) {
            const bool a_is_deep = registry_.modules()[a].parent != outer.module;
            const bool b_is_deep = registry_.modules()[b].parent != outer.module;
            return std::make_tuple(a_is_deep, uses_[a], run_order(registry_, a)) <
                   std::make_tuple(b_is_deep, uses_[b], run_order(registry_, b));
          })};
    }
    const ModuleIndex module = user_of(chosen, nullptr, begin, level, outer);
    ++uses_[module];
    return module;
  }

  /// A guard knows its module, but not at which of several places it was registered.
  ModuleIndex marked_module(std::size_t operation, std::size_t level, const ScopePosition& outer) {
    const ScopeMark& mark = *(*paths_[operation])[level].mark;
    PossibleModules inside;
    for (const ModuleIndex module : evidence_.possible_modules(mark)) {
      if (registry_.contains(outer.module, module)) inside.push_back(module);
    }
    if (inside.empty()) return *mark.module;
    return user_of(inside, nullptr, operation, level, outer);
  }

  /// Which of the modules that share `what` ran the operation; above `level` its path led to there.
  ModuleIndex user_of(const PossibleModules& modules, const void* what, std::size_t operation,
                      std::size_t level, const ScopePosition& outer) {
    PossibleModules in_order = modules;
    if (modules.size() == 1 || !evidence_.sort_by_run(in_order)) return modules.front();
    SharedUses::Place place;
    for (std::size_t i = outer.level; i < level; ++i) {
      place.push_back((*paths_[operation])[i].instruction);
    }
    if (knows_shared_uses_) {
      const std::optional<std::size_t> index = shared_uses_.next(modules, what, place);
      return index ? in_order[*index] : modules.front();
    }
    shared_uses_.note(modules, what, std::move(place));
    return modules.front();
  }

  /// Where the compiler put a module's forward() into its caller, there is no function of its own
  /// on the stack; an operation on its parameters is most likely part of it. A module that is seen
  /// on the stack elsewhere is not inlined: then it is another one that borrows the parameters.
  void move_to_owner(std::size_t operation) {
    ScopePosition& position = positions_[operation];
    for (const PossibleModules* owners : evidence_.owners(operation)) {
      PossibleModules inside = evidence_.below(position.module, *owners);
      // A guard stands in forward() of the program's own class; layers of LibTorch inside have
      // none.
      inside.erase(std::remove_if(inside.begin(), inside.end(),
                                  [&](ModuleIndex owner) {
                                    return has_frame_[owner] ||
                                           (position.is_certain && !registry_.is_of_torch(owner));
                                  }),
                   inside.end());
      if (inside.empty()) continue;
      const std::size_t level = paths_[operation]->size();
      const ModuleIndex owner = user_of(inside, owners, operation, level, position);
      position = {owner, "", false, false, level};
      return;
    }
  }

  const ModuleRegistry& registry_;
  InvocationPaths paths_;  // by operation
  ScopeEvidence evidence_;
  SharedUses shared_uses_;
  bool knows_shared_uses_ = false;
  std::vector<ScopePosition> positions_;  // by operation
  std::vector<FunctionRun> runs_;         // inner ones before outer ones
  std::vector<int> uses_;                 // by module
  std::vector<bool> has_frame_;           // by module: a function of it was on a call stack
};

}  // namespace

std::unordered_map<const torch::jit::Node*, std::string> infer_scopes(
    const ModuleRegistry& registry, const Trace& trace, CodeMap& code) {
  const ScopeInference inference(registry, trace, code);
  std::unordered_map<const torch::jit::Node*, std::string> scopes;
  for (std::size_t i = 0; i < trace.records.size(); ++i) {
    scopes[trace.records[i].node] = inference.scope_of(i);
  }
  return scopes;
}

}  // namespace suar::graph_export
