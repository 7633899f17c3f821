#include "tensor_value.h"

#include <ATen/ATen.h>

#include <suar/error.h>

#include "tensor_form.h"

namespace suar {
namespace {

TensorType type_of(const torch::Tensor& tensor) {
  switch (tensor.scalar_type()) {
    case at::kFloat:
      return TensorType::float32;
    case at::kDouble:
      return TensorType::float64;
    case at::kHalf:
      return TensorType::float16;
    case at::kByte:
      return TensorType::uint8;
    case at::kChar:
      return TensorType::int8;
    case at::kShort:
      return TensorType::int16;
    case at::kInt:
      return TensorType::int32;
    case at::kLong:
      return TensorType::int64;
    case at::kBool:
      return TensorType::boolean;
    case at::kComplexFloat:
      return TensorType::complex64;
    case at::kComplexDouble:
      return TensorType::complex128;
    default:
      throw Error("expected a tensor of a type that can be recorded, found " + describe(tensor) +
                  "; convert it with .to(torch::kFloat)");
  }
}

}  // namespace

TensorValue make_tensor_value(const torch::Tensor& tensor) {
  torch::Tensor plain = to_plain(tensor, "the value");
  // Readers in Python fail over a type that NumPy does not have.
  if (plain.scalar_type() == at::kBFloat16) plain = plain.to(at::kFloat);
  TensorValue value;
  value.type = type_of(plain);
  value.shape = plain.sizes().vec();
  value.content.assign(static_cast<const char*>(plain.data_ptr()), plain.nbytes());
  return value;
}

}  // namespace suar
