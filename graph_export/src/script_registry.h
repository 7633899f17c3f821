#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <torch/csrc/jit/api/module.h>
#include <torch/types.h>

#include <suar/graph.h>

#include "model_record.h"

namespace suar::graph_export {

struct ScriptTensor {
  torch::Tensor tensor;
  ModelTensor place;
};

/// The modules of a TorchScript module and their tensors.
class ScriptRegistry {
 public:
  /// An empty `root_name` means the class of the module.
  ScriptRegistry(const torch::jit::Module& module, const std::string& root_name);

  const std::string& root() const { return modules_.front().scope; }

  /// Parents first, with their parameters counted.
  const std::vector<GraphModule>& modules() const { return modules_; }

  /// Parameters, buffers and other tensors that are attributes; one that has several names is
  /// listed under the first.
  const std::vector<ScriptTensor>& tensors() const { return tensors_; }

  /// The index of a tensor, also of one of a list that is another view of the same memory; a tensor
  /// that is not known yet is added as a buffer of the root with this name.
  std::size_t index_of(const torch::Tensor& tensor, const std::string& name);

 private:
  /// Memory, sizes, type of elements.
  using Identity = std::tuple<const void*, std::vector<int64_t>, int>;
  static Identity identity_of(const torch::Tensor& tensor);

  void add(const torch::jit::Module& module, const std::string& scope);
  bool add_tensor(const torch::Tensor& tensor, ModelTensor place);
  /// Counts the weights that a quantized layer keeps in an object of its own.
  void add_packed(GraphModule& module, const c10::IValue& object);

  std::vector<GraphModule> modules_;
  std::vector<ScriptTensor> tensors_;
  std::map<Identity, std::size_t> indices_;
  std::set<const void*> packed_;  ///< objects that were counted
};

}  // namespace suar::graph_export
