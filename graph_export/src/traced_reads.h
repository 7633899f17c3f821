#pragma once

#include <cstdint>
#include <vector>

namespace torch::jit {
struct Value;
}

namespace suar::graph_export {

/// Notes the tensors of which the code takes numbers ("x.item()") while this thread is traced,
/// until the end of the block. LibTorch's tracer does not: such a number decides which way the code
/// goes, but the graph does not show that anything uses the tensor.
class TracedReads {
 public:
  TracedReads();
  ~TracedReads();
  TracedReads(const TracedReads&) = delete;
  TracedReads& operator=(const TracedReads&) = delete;

  const std::vector<const torch::jit::Value*>& values() const { return values_; }

 private:
  uint64_t callback_ = 0;
  std::vector<const torch::jit::Value*> values_;
};

}  // namespace suar::graph_export
