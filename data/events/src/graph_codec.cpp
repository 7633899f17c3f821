#include <limits>
#include <utility>

#include <graph.pb.h>

#include <suar/error.h>
#include <suar/graph.h>
#include <suar/utf8.h>

namespace suar {
namespace {

constexpr const char* kOutputShapes = "_output_shapes";
constexpr const char* kSource = "_source";  // "net.cpp:33"

/// TensorBoard shows graphs of any producer; 22 is what PyTorch writes.
constexpr int kProducer = 22;

void encode_attribute(bool value, schema::AttrValue& attribute) {
  attribute.set_b(value);
}
void encode_attribute(int64_t value, schema::AttrValue& attribute) {
  attribute.set_i(value);
}
void encode_attribute(double value, schema::AttrValue& attribute) {
  attribute.set_f(static_cast<float>(value));
}
void encode_attribute(const std::string& value, schema::AttrValue& attribute) {
  attribute.set_s(to_utf8(value));
}
void encode_attribute(const std::vector<bool>& values, schema::AttrValue& attribute) {
  for (const bool value : values) attribute.mutable_list()->add_b(value);
}
void encode_attribute(const std::vector<int64_t>& values, schema::AttrValue& attribute) {
  for (const int64_t value : values) attribute.mutable_list()->add_i(value);
}
void encode_attribute(const std::vector<double>& values, schema::AttrValue& attribute) {
  for (const double value : values) attribute.mutable_list()->add_f(static_cast<float>(value));
}
void encode_attribute(const std::vector<std::string>& values, schema::AttrValue& attribute) {
  for (const auto& value : values) attribute.mutable_list()->add_s(to_utf8(value));
}

void encode_shape(const std::optional<GraphShape>& shape, schema::TensorShape& message) {
  message.set_unknown_rank(!shape);
  if (!shape) return;
  for (const int64_t size : *shape) message.add_dim()->set_size(size);
}

std::optional<GraphShape> decode_shape(const schema::TensorShape& message) {
  if (message.unknown_rank()) return std::nullopt;
  GraphShape shape;
  for (const auto& dim : message.dim()) shape.push_back(dim.size());
  return shape;
}

std::string shape_text(const schema::TensorShape& message) {
  if (message.unknown_rank()) return "?";
  std::string text;
  for (const auto& dim : message.dim()) {
    text += (text.empty() ? "" : ", ") + std::to_string(dim.size());
  }
  return "[" + text + "]";
}

std::string type_name(int type) {
  return schema::DataType_IsValid(type) ? schema::DataType_Name(static_cast<schema::DataType>(type))
                                        : "type " + std::to_string(type);
}

GraphAttribute decode_list(const schema::AttrValue::ListValue& list) {
  if (list.s_size() > 0) return std::vector<std::string>(list.s().begin(), list.s().end());
  if (list.f_size() > 0) return std::vector<double>(list.f().begin(), list.f().end());
  if (list.b_size() > 0) return std::vector<bool>(list.b().begin(), list.b().end());
  std::vector<std::string> texts;
  for (const int type : list.type()) texts.push_back(type_name(type));
  for (const auto& shape : list.shape()) texts.push_back(shape_text(shape));
  for (const auto& tensor : list.tensor()) texts.push_back(shape_text(tensor.tensor_shape()));
  if (!texts.empty()) return texts;
  return std::vector<int64_t>(list.i().begin(), list.i().end());
}

GraphAttribute decode_attribute(schema::AttrValue& attribute) {
  switch (attribute.value_case()) {
    case schema::AttrValue::kList:
      return decode_list(attribute.list());
    case schema::AttrValue::kS:
      return std::move(*attribute.mutable_s());
    case schema::AttrValue::kI:
      return static_cast<int64_t>(attribute.i());
    case schema::AttrValue::kF:
      return static_cast<double>(attribute.f());
    case schema::AttrValue::kB:
      return attribute.b();
    case schema::AttrValue::kType:
      return type_name(attribute.type());
    case schema::AttrValue::kShape:
      return shape_text(attribute.shape());
    case schema::AttrValue::kTensor:
      return "tensor " + shape_text(attribute.tensor().tensor_shape());
    case schema::AttrValue::kPlaceholder:
      return std::move(*attribute.mutable_placeholder());
    case schema::AttrValue::VALUE_NOT_SET:
      break;
  }
  return std::string();
}

void decode_source(const std::string& source, GraphNode& node) {
  const auto colon = source.rfind(':');
  const auto digits = source.find_first_not_of("0123456789", colon + 1);
  const bool has_line = colon != std::string::npos && colon + 1 < source.size() &&
                        digits == std::string::npos && source.size() - colon < 12;
  node.file = source.substr(0, has_line ? colon : std::string::npos);
  if (has_line) node.line = std::stoll(source.substr(colon + 1));
}

GraphNode decode_node(schema::NodeDef& message) {
  GraphNode node;
  node.name = std::move(*message.mutable_name());
  node.op = std::move(*message.mutable_op());
  node.device = std::move(*message.mutable_device());
  node.inputs.assign(message.input().begin(), message.input().end());
  for (auto& attribute : *message.mutable_attr()) {
    if (attribute.key() == kOutputShapes) {
      for (const auto& shape : attribute.value().list().shape()) {
        node.output_shapes.push_back(decode_shape(shape));
      }
    } else if (attribute.key() == kSource &&
               attribute.value().value_case() == schema::AttrValue::kS) {
      decode_source(attribute.value().s(), node);
    } else {
      node.attributes[attribute.key()] = decode_attribute(*attribute.mutable_value());
    }
  }
  return node;
}

}  // namespace

std::string serialize_graph_def(const Graph& graph) {
  schema::GraphDef message;
  for (const GraphNode& node : graph.nodes) {
    auto& node_message = *message.add_node();
    node_message.set_name(to_utf8(node.name));
    node_message.set_op(to_utf8(node.op));
    node_message.set_device(to_utf8(node.device));
    for (const auto& input : node.inputs) node_message.add_input(to_utf8(input));
    for (const auto& [key, value] : node.attributes) {
      auto& attribute = *node_message.add_attr();
      attribute.set_key(to_utf8(key));
      attribute.mutable_value()->mutable_list();  // what an empty list would not set
      std::visit(
          [&](const auto& concrete) { encode_attribute(concrete, *attribute.mutable_value()); },
          value);
    }
    if (!node.file.empty()) {
      auto& attribute = *node_message.add_attr();
      attribute.set_key(kSource);
      attribute.mutable_value()->set_s(to_utf8(node.file + ":" + std::to_string(node.line)));
    }
    if (!node.output_shapes.empty()) {
      auto& attribute = *node_message.add_attr();
      attribute.set_key(kOutputShapes);
      for (const auto& shape : node.output_shapes) {
        encode_shape(shape, *attribute.mutable_value()->mutable_list()->add_shape());
      }
    }
  }
  message.mutable_versions()->set_producer(kProducer);
  return message.SerializeAsString();
}

Graph parse_graph_def(const std::string& bytes) {
  schema::GraphDef message;
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()) ||
      !message.ParseFromString(bytes)) {
    throw Error("expected a serialised GraphDef, found " + std::to_string(bytes.size()) +
                " bytes that are none");
  }
  Graph graph;
  graph.nodes.reserve(static_cast<std::size_t>(message.node_size()));
  for (auto& node : *message.mutable_node()) graph.nodes.push_back(decode_node(node));
  return graph;
}

}  // namespace suar
