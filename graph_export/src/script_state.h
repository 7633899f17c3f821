#pragma once

#include <unordered_set>
#include <utility>
#include <vector>

#include <ATen/core/ivalue.h>
#include <torch/types.h>

namespace torch::jit {
struct Module;
}

namespace suar::graph_export {

/// At the end of the block, puts back what the code of a TorchScript module may have changed in it:
/// attributes that were set, elements of lists and dictionaries. What was not changed is not
/// written.
class ScriptState {
 public:
  explicit ScriptState(const torch::jit::Module& module);
  ~ScriptState();
  ScriptState(const ScriptState&) = delete;
  ScriptState& operator=(const ScriptState&) = delete;

  void restore();

  /// Tensors in lists, tuples and dictionaries.
  const std::vector<torch::Tensor>& tensors_in_containers() const { return tensors_; }

 private:
  void save_object(const c10::intrusive_ptr<c10::ivalue::Object>& object);
  void save_contents(const c10::IValue& value);

  using Entries = std::vector<std::pair<c10::IValue, c10::IValue>>;

  std::vector<std::pair<c10::intrusive_ptr<c10::ivalue::Object>, std::vector<c10::IValue>>>
      objects_;
  std::vector<std::pair<c10::List<c10::IValue>, std::vector<c10::IValue>>> lists_;
  std::vector<std::pair<c10::Dict<c10::IValue, c10::IValue>, Entries>> dictionaries_;
  std::vector<torch::Tensor> tensors_;
  std::unordered_set<const void*> seen_;
};

}  // namespace suar::graph_export
