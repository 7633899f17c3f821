#include "mesh_tensors.h"

#include <cstdint>

#include <ATen/ATen.h>

#include <suar/error.h>

#include "tensor_form.h"
#include "tensor_value.h"

namespace suar {
namespace {

/// True when all numbers, none of them complex, are from 0 to `greatest`. No NaN is.
bool are_within(const at::Tensor& tensor, int64_t greatest) {
  const at::Tensor numbers = tensor.to(at::kDouble);  // no `int8` can be compared with 255
  return numbers.ge(0).logical_and(numbers.le(greatest)).all().item<bool>();
}

TensorValue to_colors(const torch::Tensor& colors) {
  const at::Tensor plain = to_plain(colors, "the colours");
  if (plain.is_complex() || plain.scalar_type() == at::kBool || !are_within(plain, UINT8_MAX)) {
    throw Error("expected the colours as numbers from 0 to 255, found others, in " +
                describe(colors));
  }
  const bool fractions = plain.is_floating_point();
  return make_tensor_value((fractions ? plain.to(at::kFloat).round() : plain).to(at::kByte));
}

TensorValue to_faces(const torch::Tensor& faces) {
  const at::Tensor plain = to_plain(faces, "the faces");
  if (!at::isIntegralType(plain.scalar_type(), /*includeBool=*/false) ||
      !are_within(plain, INT32_MAX)) {
    throw Error("expected the faces as integers from 0 to 2147483647, found others, in " +
                describe(faces));
  }
  return make_tensor_value(plain.to(at::kInt));
}

}  // namespace

Mesh make_mesh(const torch::Tensor& vertices, const torch::Tensor& colors,
               const torch::Tensor& faces, const std::string& config) {
  const at::Tensor plain = to_plain(vertices, "the vertices");
  if (plain.is_complex()) {
    throw Error("expected real numbers for the vertices, found " + describe(vertices));
  }
  Mesh mesh;
  mesh.vertices = make_tensor_value(plain.to(at::kFloat));
  if (faces.defined()) mesh.faces = to_faces(faces);
  if (colors.defined()) mesh.colors = to_colors(colors);
  if (!config.empty()) mesh.config = config;
  return mesh;
}

}  // namespace suar
