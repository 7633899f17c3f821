#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include <ATen/core/Generator.h>
#include <torch/types.h>

namespace suar::graph_export {

/// At the end of the block, puts back what a run of a model may have changed besides: buffers that
/// were changed in place, the state of the random generators.
class StateGuard {
 public:
  /// `tensors` are all of the model: random generators are those of their devices, and of the CPU.
  StateGuard(const std::vector<torch::Tensor>& buffers, const std::vector<torch::Tensor>& tensors);
  ~StateGuard();
  StateGuard(const StateGuard&) = delete;
  StateGuard& operator=(const StateGuard&) = delete;

 private:
  struct SavedBuffer {
    torch::Tensor buffer;
    torch::Tensor copy;
    int64_t version;
  };

  void save_generators(const std::vector<torch::Tensor>& tensors);
  void restore_buffers();
  void restore_generators();

  std::vector<SavedBuffer> buffers_;
  std::vector<std::pair<at::Generator, torch::Tensor>> generators_;  // with their state
};

}  // namespace suar::graph_export
