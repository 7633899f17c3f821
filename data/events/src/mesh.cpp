#include <cstring>
#include <utility>

#include <plugin_data.pb.h>

#include <suar/error.h>
#include <suar/mesh.h>
#include <suar/utf8.h>

namespace suar {
namespace {

using Data = schema::MeshPluginData;

struct Part {
  Data::ContentType content_type;
  const char* name;
  TensorType type;
  TensorValue* tensor;
};

void check_form(const Part& part) {
  const auto& shape = part.tensor->shape;
  if (part.tensor->type == part.type && shape.size() == 3 && shape[0] > 0 && shape[1] > 0 &&
      shape[2] == 3) {
    return;
  }
  std::string found;
  for (const int64_t size : shape) found += (found.empty() ? "" : ", ") + std::to_string(size);
  throw Error(std::string("expected the ") + part.name +
              " of a mesh as a tensor [B, N, 3] that is not empty, found [" + found + "]");
}

void check_faces(const Mesh& mesh) {
  const std::string& content = mesh.faces->content;
  for (std::size_t i = 0; i + sizeof(int32_t) <= content.size(); i += sizeof(int32_t)) {
    int32_t index;
    std::memcpy(&index, content.data() + i, sizeof index);
    if (index < 0 || index >= mesh.vertices.shape[1]) {
      throw Error("expected faces of vertices 0 to " + std::to_string(mesh.vertices.shape[1] - 1) +
                  ", found " + std::to_string(index));
    }
  }
}

void check_sizes(const Mesh& mesh) {
  const auto& vertices = mesh.vertices.shape;
  if (mesh.faces && mesh.faces->shape[0] != vertices[0]) {
    throw Error("expected faces for " + std::to_string(vertices[0]) + " meshes, found them for " +
                std::to_string(mesh.faces->shape[0]));
  }
  if (mesh.colors && mesh.colors->shape != vertices) {
    throw Error("expected a colour for each vertex, found tensors of different shapes");
  }
}

}  // namespace

std::vector<Summary> make_mesh_summaries(const std::string& tag, Mesh mesh) {
  std::vector<Part> parts = {{Data::VERTEX, "vertices", TensorType::float32, &mesh.vertices}};
  if (mesh.faces) parts.push_back({Data::FACE, "faces", TensorType::int32, &*mesh.faces});
  if (mesh.colors) parts.push_back({Data::COLOR, "colors", TensorType::uint8, &*mesh.colors});
  uint32_t components = 0;
  for (const Part& part : parts) {
    check_form(part);
    components |= 1u << part.content_type;
  }
  check_sizes(mesh);
  if (mesh.faces) check_faces(mesh);

  std::vector<Summary> summaries;
  for (const Part& part : parts) {
    Data data;
    data.set_name(to_utf8(tag));
    data.set_content_type(part.content_type);
    data.set_json_config(to_utf8(mesh.config));
    data.set_components(components);
    for (const int64_t size : part.tensor->shape) data.add_shape(static_cast<int32_t>(size));
    Summary summary{tag + "_" + Data::ContentType_Name(part.content_type), std::move(*part.tensor)};
    summary.plugin = {"mesh", data.SerializeAsString(), DataClass::tensor};
    summaries.push_back(std::move(summary));
  }
  return summaries;
}

}  // namespace suar
