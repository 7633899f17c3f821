#include "module_registry.h"

#include <algorithm>
#include <typeinfo>
#include <unordered_set>

#include <torch/nn/modules/container/moduledict.h>
#include <torch/nn/modules/container/modulelist.h>

#include "class_names.h"
#include "node_names.h"

namespace suar::graph_export {

ModuleRegistry::ModuleRegistry(torch::nn::Module& root, const std::string& root_name) {
  const std::string class_name = names_of(root).front();
  add(root, nullptr, name_part(root_name.empty() ? short_class_name(class_name) : root_name), 0);
  child_registrations_ = {{0}};
  for (ModuleIndex index = 1; index < modules_.size(); ++index) {
    const ModuleIndex parent = modules_[index].parent;
    std::vector<ModuleIndex>& same = child_registrations_.emplace_back();
    for (const ModuleIndex other : registrations(parent)) same.push_back(other + (index - parent));
  }
}

void ModuleRegistry::add(torch::nn::Module& module, std::shared_ptr<torch::nn::Module> owner,
                         std::string scope, ModuleIndex parent) {
  const ModuleIndex index = modules_.size();
  modules_.push_back({&module, std::move(owner), std::move(scope), parent, 0, names_of(module)});
  registrations_[&module].push_back(index);
  for (const std::string& name : modules_[index].class_names) {
    modules_of_class_[name].push_back(index);
  }
  add_tensors(index);
  std::unordered_set<std::string> siblings;
  for (const auto& child : module.named_children()) {
    if (child.value() == nullptr) continue;  // registered with an empty holder
    std::string part = name_part(child.key());
    while (!siblings.insert(part).second) part += "_";
    add(*child.value(), child.value(), modules_[index].scope + "/" + part, index);
  }
  modules_[index].descendants_end = modules_.size();
}

const std::vector<std::string>& ModuleRegistry::names_of(const torch::nn::Module& module) {
  std::vector<std::string>& names = class_names_[typeid(module)];
  if (names.empty()) names = class_names(typeid(module));
  return names;
}

void ModuleRegistry::add_tensors(ModuleIndex owner) {
  const auto add_all = [&](const torch::OrderedDict<std::string, torch::Tensor>& tensors,
                           bool are_parameters) {
    for (const auto& tensor : tensors) {
      if (!tensor.value().defined()) continue;
      const auto [known, is_new] =
          known_tensors_.emplace(tensor.value().unsafeGetTensorImpl(), tensors_.size());
      if (is_new) tensors_.push_back({tensor.value(), {}, tensor.key(), are_parameters});
      std::vector<ModuleIndex>& owners = tensors_[known->second].owners;
      if (owners.empty() || owners.back() != owner) owners.push_back(owner);
    }
  };
  const torch::nn::Module& module = *modules_[owner].module;
  add_all(module.named_parameters(/*recurse=*/false), true);
  add_all(module.named_buffers(/*recurse=*/false), false);
}

const std::vector<ModuleIndex>& ModuleRegistry::registrations(ModuleIndex module) const {
  return registrations_.at(modules_[module].module);
}

bool ModuleRegistry::contains(ModuleIndex outer, ModuleIndex inner) const {
  return outer <= inner && inner < modules_[outer].descendants_end;
}

bool ModuleRegistry::is_of_torch(ModuleIndex module) const {
  return modules_[module].class_names.front().rfind("torch::nn::", 0) == 0;
}

bool ModuleRegistry::has_forward(ModuleIndex module) const {
  const torch::nn::Module* pointer = modules_[module].module;
  return dynamic_cast<const torch::nn::ModuleListImpl*>(pointer) == nullptr &&
         dynamic_cast<const torch::nn::ModuleDictImpl*>(pointer) == nullptr;
}

bool ModuleRegistry::has_class(ModuleIndex module, const std::string& class_name) const {
  const auto& names = modules_[module].class_names;
  return std::find(names.begin(), names.end(), class_name) != names.end();
}

std::vector<ModuleIndex> ModuleRegistry::descendants_of_class(ModuleIndex ancestor,
                                                              const std::string& class_name) const {
  std::vector<ModuleIndex> found;
  const auto all = modules_of_class_.find(class_name);
  if (all == modules_of_class_.end()) return found;
  for (const ModuleIndex module : all->second) {
    if (module != ancestor && contains(ancestor, module)) found.push_back(module);
  }
  return found;
}

ModuleIndex ModuleRegistry::lowest_common_ancestor(ModuleIndex a, ModuleIndex b) const {
  while (!contains(a, b)) a = modules_[a].parent;
  return a;
}

}  // namespace suar::graph_export
