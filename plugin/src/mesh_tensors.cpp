#include "mesh_tensors.h"

#include <cstdint>

#include <ATen/ATen.h>

#include <suar/error.h>

#include "tensor_form.h"
#include "tensor_value.h"

namespace suar {
namespace {

/// Integers from 0 to `greatest` in another type.
TensorValue to_integers(const torch::Tensor& tensor, const char* what, at::ScalarType type,
                        int64_t greatest) {
  const at::Tensor plain = to_plain(tensor, what);
  if (!at::isIntegralType(plain.scalar_type(), /*includeBool=*/false) ||
      (plain.numel() > 0 &&
       (plain.min().item<int64_t>() < 0 || plain.max().item<int64_t>() > greatest))) {
    throw Error(std::string("expected ") + what + " as integers from 0 to " +
                std::to_string(greatest) + ", found " + describe(tensor));
  }
  return make_tensor_value(plain.to(type));
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
  if (faces.defined()) mesh.faces = to_integers(faces, "the faces", at::kInt, INT32_MAX);
  if (colors.defined()) mesh.colors = to_integers(colors, "the colours", at::kByte, UINT8_MAX);
  if (!config.empty()) mesh.config = config;
  return mesh;
}

}  // namespace suar
