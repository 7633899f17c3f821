#pragma once

#include <cstdint>

#include <c10/core/Storage.h>
#include <c10/util/SmallVector.h>
#include <torch/types.h>

namespace suar {

/// Whether the memory is the tensor's, as long as there is one that shares it; of a
/// `torch::from_blob` without a deleter it may be gone at any time.
bool owns_memory(const torch::Tensor& tensor);

/// The tensor, or a copy where its memory is not its own. It may be undefined.
torch::Tensor with_own_memory(const torch::Tensor& tensor);

/// What `detach` returns, for later: the elements, which are shared, without the graph that made
/// them. Keeping them takes a third of its time, since no tensor is made until one is asked for.
class KeptTensor {
 public:
  /// Keeps this one in place of the one before. It may be undefined.
  void keep(const torch::Tensor& tensor);

  void forget();

  /// Undefined when there is none.
  torch::Tensor get() const;

 private:
  c10::ScalarType type_ = c10::ScalarType::Undefined;  ///< of what these tell:
  c10::Storage storage_;
  int64_t offset_ = 0;
  c10::SmallVector<int64_t, 5> sizes_, strides_;
  torch::Tensor other_;  ///< one that is more than these: sparse, or of a device
};

}  // namespace suar
