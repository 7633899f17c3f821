#include "scope_evidence.h"

#include <algorithm>

#include <torch/csrc/jit/ir/ir.h>

namespace suar::graph_export {

ScopeEvidence::ScopeEvidence(const ModuleRegistry& registry, const Trace& trace)
    : registry_(registry) {
  evidence_.reserve(trace.records.size());
  for (const OperationRecord& record : trace.records) {
    Operation& operation = evidence_.emplace_back();
    append_owners(*record.node, trace, operation);
    operation.modules = operation.owners;
    for (const auto& mark : record.marks) {
      if (mark->module) operation.modules.push_back(&possible_modules(*mark));
    }
  }
  find_first_runs();
}

void ScopeEvidence::append_owners(const torch::jit::Node& node, const Trace& trace,
                                  Operation& operation) const {
  for (const torch::jit::Value* input : node.inputs()) {
    const auto tensor = trace.tensors.find(input);
    if (tensor != trace.tensors.end()) {
      operation.owners.push_back(&registry_.tensors()[tensor->second].owners);
    } else if (const auto kind = input->node()->kind();
               kind == c10::aten::t || kind == c10::prim::ListConstruct) {
      append_owners(*input->node(), trace, operation);
    }
  }
}

void ScopeEvidence::find_first_runs() {
  const std::size_t none = evidence_.size();
  first_run_.assign(registry_.modules().size(), none);
  for (std::size_t i = 0; i < evidence_.size(); ++i) {
    for (const PossibleModules* possible : evidence_[i].modules) {
      if (possible->size() > 1) continue;
      ModuleIndex module = possible->front();
      while (first_run_[module] == none) {
        first_run_[module] = i;
        module = registry_.modules()[module].parent;
      }
    }
  }
}

const PossibleModules& ScopeEvidence::possible_modules(const ScopeMark& mark) const {
  // A guard knows only its module, a Sequential also which child of it that is.
  return mark.before_forward ? registry_.child_registrations(*mark.module)
                             : registry_.registrations(*mark.module);
}

PossibleModules ScopeEvidence::below(ModuleIndex outer, const PossibleModules& modules) const {
  PossibleModules inside;
  for (const ModuleIndex module : modules) {
    if (module != outer && registry_.contains(outer, module)) inside.push_back(module);
  }
  return inside;
}

PossibleModules ScopeEvidence::candidates_of(std::size_t operation,
                                             const std::vector<ModuleIndex>& candidates) const {
  PossibleModules fewest;
  for (const PossibleModules* possible : evidence_[operation].modules) {
    PossibleModules found;
    for (const ModuleIndex owner : *possible) {
      const auto candidate =
          std::find_if(candidates.begin(), candidates.end(),
                       [&](ModuleIndex outer) { return registry_.contains(outer, owner); });
      if (candidate == candidates.end()) continue;
      if (std::find(found.begin(), found.end(), *candidate) == found.end()) {
        found.push_back(*candidate);
      }
    }
    if (found.size() == 1) return found;
    if (!found.empty() && (fewest.empty() || found.size() < fewest.size())) fewest = found;
  }
  return fewest;
}

std::optional<ModuleIndex> ScopeEvidence::common_module(std::size_t begin, std::size_t end,
                                                        ModuleIndex outer) const {
  std::optional<ModuleIndex> common;
  bool several = false;
  // What is shared is taken for what is nearest to the rest.
  for (const bool is_shared : {false, true}) {
    for (std::size_t i = begin; i < end; ++i) {
      for (const PossibleModules* possible : evidence_[i].modules) {
        const PossibleModules inside = below(outer, *possible);
        if (inside.empty() || (inside.size() > 1) != is_shared) continue;
        ModuleIndex owner = inside.front();
        for (const ModuleIndex other : inside) {
          if (common && registry_.contains(*common, other)) owner = other;
        }
        if (common && owner != *common) several = true;
        common = common ? registry_.lowest_common_ancestor(*common, owner) : owner;
      }
    }
  }
  return several ? common : std::nullopt;
}

bool ScopeEvidence::sort_by_run(PossibleModules& modules) const {
  ModuleIndex common = modules.front();
  for (const ModuleIndex module : modules) {
    common = registry_.lowest_common_ancestor(common, module);
  }
  const auto first_run = [&](ModuleIndex module) {
    while (module != common && registry_.modules()[module].parent != common) {
      module = registry_.modules()[module].parent;
    }
    return first_run_[module];
  };
  const auto is_known = [&](ModuleIndex module) { return first_run(module) < evidence_.size(); };
  if (std::all_of(modules.begin(), modules.end(), is_known)) {
    std::stable_sort(modules.begin(), modules.end(),
                     [&](ModuleIndex a, ModuleIndex b) { return first_run(a) < first_run(b); });
    return true;
  }
  const auto class_of_parent = [&](ModuleIndex module) {
    return registry_.modules()[registry_.modules()[module].parent].class_names.front();
  };
  return std::all_of(modules.begin(), modules.end(), [&](ModuleIndex module) {
    return class_of_parent(module) == class_of_parent(modules.front());
  });
}

}  // namespace suar::graph_export
