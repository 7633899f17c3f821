#include "scope_inference.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include <torch/csrc/jit/ir/ir.h>

#include "inlined_forward.h"
#include "invocation_path.h"
#include "node_names.h"
#include "run_order.h"
#include "scope_position.h"

namespace suar::graph_export {
namespace {

/// Modules that own the tensors that an operation uses, also through views and lists of them.
void append_owners(const torch::jit::Node& node, const Trace& trace, const ModuleRegistry& registry,
                   std::vector<ModuleIndex>& owners) {
  for (const torch::jit::Value* input : node.inputs()) {
    const auto tensor = trace.tensors.find(input);
    if (tensor != trace.tensors.end()) {
      owners.push_back(registry.tensors()[tensor->second].owner);
    } else if (const auto kind = input->node()->kind();
               kind == c10::aten::t || kind == c10::prim::ListConstruct) {
      append_owners(*input->node(), trace, registry, owners);
    }
  }
}

/// Walks down the call stacks of all operations at once, from the outermost function to the
/// innermost.
class ScopeInference {
 public:
  ScopeInference(const ModuleRegistry& registry, const Trace& trace, CodeMap& code)
      : registry_(registry),
        paths_(invocation_paths(trace.records, code)),
        uses_(registry.modules().size(), 0),
        has_frame_(registry.modules().size(), false) {
    for (const OperationRecord& record : trace.records) {
      std::vector<ModuleIndex> owners;
      append_owners(*record.node, trace, registry, owners);
      owners_.push_back(owners);
      // A mark says as much about the functions around it as a parameter does.
      for (const auto& mark : record.marks) {
        if (mark->module) owners.push_back(*mark->module);
      }
      evidence_.push_back(std::move(owners));
    }
    positions_.resize(paths_.size());
    assign(0, paths_.size(), 0, ScopePosition());
    for (std::size_t i = 0; i < paths_.size(); ++i) move_to_owner(i);
    const InlinedForward inlined(registry_, paths_, has_frame_);
    for (const FunctionRun& run : runs_) inlined.place(run, positions_);
  }

  std::string scope_of(std::size_t operation) const {
    const ScopePosition& position = positions_[operation];
    return registry_.modules()[position.module].scope + position.named_scopes;
  }

 private:
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
        inner = {*invocation.mark->module, "", before_forward, !before_forward};
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
    for (std::size_t first = begin; first < end;) {
      const std::size_t last = end_of_turn(first, end, level, candidates);
      const ModuleIndex chosen = choose(first, last, outer.module, candidates);
      has_frame_[chosen] = true;
      run(first, last, level, {chosen, "", name.calls_through_any_module, false});
      first = last;
    }
  }

  /// A function without a symbol may be a forward(), of whatever holds all modules that it ran.
  void enter_unknown_function(std::size_t begin, std::size_t end, std::size_t level,
                              const ScopePosition& outer) {
    std::optional<ModuleIndex> common;
    bool several = false;
    for (std::size_t i = begin; i < end; ++i) {
      for (const ModuleIndex owner : evidence_[i]) {
        if (owner == outer.module || !registry_.contains(outer.module, owner)) continue;
        if (common && owner != *common) several = true;
        common = common ? registry_.lowest_common_ancestor(*common, owner) : owner;
      }
    }
    // LibTorch's functions have symbols, and what a Sequential runs is known by itself.
    while (several && *common != outer.module && registry_.is_of_torch(*common)) {
      common = registry_.modules()[*common].parent;
    }
    ScopePosition inner = outer;
    if (several && registry_.has_forward(*common)) inner = {*common, "", true, false};
    run(begin, end, level, inner);
  }

  /// The first candidate that contains a module that the operation is known to belong to.
  std::optional<ModuleIndex> candidate_of(std::size_t operation,
                                          const std::vector<ModuleIndex>& candidates) const {
    for (const ModuleIndex owner : evidence_[operation]) {
      for (const ModuleIndex candidate : candidates) {
        if (registry_.contains(candidate, owner)) return candidate;
      }
    }
    return std::nullopt;
  }

  /// Turns of a loop over modules of one class look like one invocation. A turn ends where another
  /// module's parameters are used, or rather where the code jumped back before that.
  std::size_t end_of_turn(std::size_t begin, std::size_t end, std::size_t level,
                          const std::vector<ModuleIndex>& candidates) const {
    std::optional<ModuleIndex> current;
    std::size_t last_known = begin;
    for (std::size_t i = begin; i < end; ++i) {
      const std::optional<ModuleIndex> candidate = candidate_of(i, candidates);
      if (!candidate) continue;
      if (current && *candidate != *current) {
        for (std::size_t jump = i; jump > last_known; --jump) {
          if ((*paths_[jump])[level].instruction < (*paths_[jump - 1])[level].instruction)
            return jump;
        }
        return i;
      }
      current = candidate;
      last_known = i;
    }
    return end;
  }

  ModuleIndex choose(std::size_t begin, std::size_t end, ModuleIndex outer,
                     const std::vector<ModuleIndex>& candidates) {
    std::optional<ModuleIndex> chosen;
    for (std::size_t i = begin; i < end && !chosen; ++i) chosen = candidate_of(i, candidates);
    if (!chosen) {
      // Children before grandchildren, then the least used, then the first to run or registered.
      chosen = *std::min_element(
          candidates.begin(), candidates.end(), [&](ModuleIndex a, ModuleIndex b) {
            const bool a_is_deep = registry_.modules()[a].parent != outer;
            const bool b_is_deep = registry_.modules()[b].parent != outer;
            return std::make_tuple(a_is_deep, uses_[a], run_order(registry_, a)) <
                   std::make_tuple(b_is_deep, uses_[b], run_order(registry_, b));
          });
    }
    ++uses_[*chosen];
    return *chosen;
  }

  /// Where the compiler put a module's forward() into its caller, there is no function of its own
  /// on the stack; an operation on its parameters is most likely part of it. A module that is seen
  /// on the stack elsewhere is not inlined: then it is another one that borrows the parameters.
  void move_to_owner(std::size_t operation) {
    ScopePosition& position = positions_[operation];
    for (const ModuleIndex owner : owners_[operation]) {
      const bool is_below = owner != position.module && registry_.contains(position.module, owner);
      // A guard stands in forward() of the program's own class; layers of LibTorch inside have
      // none.
      const bool may_move = !position.is_certain || registry_.is_of_torch(owner);
      if (is_below && may_move && !has_frame_[owner]) {
        position = {owner, "", false, false};
        return;
      }
    }
  }

  const ModuleRegistry& registry_;
  InvocationPaths paths_;                           // by operation
  std::vector<std::vector<ModuleIndex>> owners_;    // by operation
  std::vector<std::vector<ModuleIndex>> evidence_;  // by operation
  std::vector<ScopePosition> positions_;            // by operation
  std::vector<FunctionRun> runs_;                   // inner ones before outer ones
  std::vector<int> uses_;                           // by module
  std::vector<bool> has_frame_;  // by module: a function of it was on a call stack
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
