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
  if (values.is_neg()) values = values.resolve_neg();
  switch (values.scalar_type()) {
    case at::kFloat:
    case at::kDouble:
    case at::kHalf:
    case at::kBFloat16:
      return values;
    default:
      // Integers up to 32 bits fit a double without loss.
      return values.to(at::isFloatingType(values.scalar_type()) ? at::kFloat : at::kDouble);
  }
}

}  // namespace suar
