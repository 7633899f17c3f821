#pragma once

#include <cstddef>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include <ATen/core/Generator.h>
#include <torch/types.h>

#include "write_watch.h"

namespace suar::graph_export {

/// At the end of the block, puts back what runs of a model by this thread may have changed:
/// contents, sizes and versions of tensors and of their gradients, which gradients they have and
/// whether they require any, the state of the random generators. What is not changed is not written
/// and not copied, so that other threads may read it meanwhile.
class StateGuard {
 public:
  /// `tensors` are all of the model: random generators are those of their devices, and of the CPU.
  explicit StateGuard(const std::vector<torch::Tensor>& tensors);
  ~StateGuard();
  StateGuard(const StateGuard&) = delete;
  StateGuard& operator=(const StateGuard&) = delete;

 private:
  struct SavedTensor {
    torch::Tensor tensor;
    torch::Tensor memory;               ///< another name for what it lies in, with its sizes
    std::optional<torch::Tensor> copy;  ///< of the contents, once something is about to write them
  };
  struct SavedVersion {
    torch::Tensor tensor;
    c10::VariableVersion counter;
  };

  struct SavedGradient {
    torch::Tensor tensor;
    torch::Tensor gradient;  ///< may be undefined
    bool is_required;
  };

  void save_tensor(const torch::Tensor& tensor);
  void before_write(const torch::Tensor& written);
  void save_generators(const std::vector<torch::Tensor>& tensors);
  void restore_tensors();
  void restore_gradients();
  void restore_versions();
  void restore_generators();

  std::vector<SavedTensor> tensors_;
  std::vector<SavedGradient> gradients_;
  std::unordered_multimap<const void*, std::size_t> by_memory_;      ///< indices of the above
  std::unordered_map<const void*, SavedVersion> versions_;           ///< by tensor
  std::vector<std::pair<at::Generator, torch::Tensor>> generators_;  ///< with their state
  std::optional<WriteWatch> watch_;
};

}  // namespace suar::graph_export
