#include "real_elements.h"

#include <ATen/ATen.h>

namespace suar {

torch::Tensor real_elements(const torch::Tensor& tensor) {
  const at::NoGradGuard no_grad;
  at::Tensor values = tensor.detach();
  if (values.is_quantized()) values = values.dequantize();
  if (values.layout() != at::kStrided) values = values.to_dense();
  if (values.is_complex()) {
    if (values.scalar_type() == at::kComplexHalf) values = values.to(at::kComplexFloat);
    values = values.abs();
  }
  // Integers up to 32 bits fit a double without loss.
  return at::isFloatingType(values.scalar_type()) ? values : values.to(at::kDouble);
}

}  // namespace suar
