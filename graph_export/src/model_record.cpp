#include "model_record.h"

namespace suar::graph_export {

void count_tensor(GraphModule& module, const torch::Tensor& tensor, bool is_parameter) {
  const int64_t elements = tensor.numel();
  const int64_t bytes = elements * static_cast<int64_t>(tensor.element_size());
  if (!is_parameter) {
    module.buffer_bytes += bytes;
    return;
  }
  module.parameters += elements;
  if (tensor.requires_grad()) module.trainable_parameters += elements;
  module.parameter_bytes += bytes;
}

}  // namespace suar::graph_export
