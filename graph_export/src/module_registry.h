#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <typeindex>
#include <unordered_map>
#include <vector>

#include <torch/nn/module.h>

namespace suar::graph_export {

/// Index of a module in the registry; 0 is the root.
using ModuleIndex = std::size_t;

struct RegisteredModule {
  torch::nn::Module* module = nullptr;
  std::shared_ptr<torch::nn::Module> owner;  ///< keeps it alive; null for the root
  std::string scope;                         ///< "Net/features/0"; unique
  ModuleIndex parent = 0;                    ///< of the root: itself
  ModuleIndex descendants_end = 0;  ///< its descendants are the indices from its own + 1 to here
  std::vector<std::string> class_names;  ///< as the compiler writes them; its own, then its bases
};

struct RegisteredTensor {
  torch::Tensor tensor;
  std::vector<ModuleIndex> owners;  ///< in order; the first one is where it is shown
  std::string name;                 ///< "weight", with the first owner
  bool is_parameter = false;
};

/// All modules of a model in order of registration, parents first, and their tensors.
class ModuleRegistry {
 public:
  /// An empty `root_name` means the class of the module.
  ModuleRegistry(torch::nn::Module& root, const std::string& root_name);

  const std::vector<RegisteredModule>& modules() const { return modules_; }

  /// Parameters and buffers; one that is registered several times is listed once.
  const std::vector<RegisteredTensor>& tensors() const { return tensors_; }

  /// All places at which the same module is registered, with this one, in order.
  const std::vector<ModuleIndex>& registrations(ModuleIndex module) const;

  /// Those of them where it is the same child of the same parent: more than one only where the
  /// parent is registered at several places.
  const std::vector<ModuleIndex>& child_registrations(ModuleIndex module) const {
    return child_registrations_[module];
  }

  /// True when `inner` is `outer` or one of its descendants.
  bool contains(ModuleIndex outer, ModuleIndex inner) const;

  /// True for a module of LibTorch itself, whose functions its library exports.
  bool is_of_torch(ModuleIndex module) const;

  /// False for what only holds modules, such as a ModuleList: nothing runs in its scope.
  bool has_forward(ModuleIndex module) const;

  bool has_class(ModuleIndex module, const std::string& class_name) const;

  /// Those modules below `ancestor` (not itself) that are of the class, in order.
  std::vector<ModuleIndex> descendants_of_class(ModuleIndex ancestor,
                                                const std::string& class_name) const;

  ModuleIndex lowest_common_ancestor(ModuleIndex a, ModuleIndex b) const;

 private:
  void add(torch::nn::Module& module, std::shared_ptr<torch::nn::Module> owner, std::string scope,
           ModuleIndex parent);
  void add_tensors(ModuleIndex owner);
  const std::vector<std::string>& names_of(const torch::nn::Module& module);

  std::vector<RegisteredModule> modules_;
  std::vector<RegisteredTensor> tensors_;
  std::unordered_map<const c10::TensorImpl*, std::size_t> known_tensors_;  // index in tensors_
  std::unordered_map<const torch::nn::Module*, std::vector<ModuleIndex>> registrations_;
  std::vector<std::vector<ModuleIndex>> child_registrations_;  // by module
  std::unordered_map<std::string, std::vector<ModuleIndex>> modules_of_class_;
  std::unordered_map<std::type_index, std::vector<std::string>> class_names_;
};

}  // namespace suar::graph_export
