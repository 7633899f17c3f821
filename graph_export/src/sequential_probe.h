#pragma once

#include <vector>

#include <torch/nn/modules/container/sequential.h>

#include "module_registry.h"

namespace suar::graph_export {

/// Makes the children of every `torch::nn::Sequential` of a model tell the recorder of the thread
/// when they run, until the end of the block.
///
/// A Sequential calls its children in a loop, so that the call stacks of two equal ones are equal.
/// While the probe lives, what stands behind each of its `torch::nn::AnyModule`s is a stand-in that
/// enters the scope and calls the real one; lookups such as `sequential->at<T>(0)` go on to work.
class SequentialProbe {
 public:
  explicit SequentialProbe(const ModuleRegistry& registry);
  ~SequentialProbe();
  SequentialProbe(const SequentialProbe&) = delete;
  SequentialProbe& operator=(const SequentialProbe&) = delete;

 private:
  std::vector<torch::nn::SequentialImpl*> sequentials_;
};

}  // namespace suar::graph_export
