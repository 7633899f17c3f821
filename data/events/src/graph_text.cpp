#include <cmath>
#include <cstdio>
#include <string>

#include <suar/graph.h>
#include <suar/utf8.h>

namespace suar {
namespace {

std::string quoted(const std::string& bytes) {
  std::string text = "\"";
  for (const char c : to_utf8(bytes)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      text += '\\';
      text += c;
    } else if (byte >= 0x20 && byte < 0x7f) {
      text += c;
    } else {
      char escape[5];
      std::snprintf(escape, sizeof(escape), "\\%03o", static_cast<unsigned>(byte));
      text += escape;
    }
  }
  return text + "\"";
}

std::string float_text(double value) {
  const auto single = static_cast<float>(value);
  if (std::isnan(single)) return "nan";
  if (std::isinf(single)) return single > 0 ? "inf" : "-inf";
  char text[32];
  std::snprintf(text, sizeof(text), "%.9g", static_cast<double>(single));
  return text;
}

/// One field a line, as TensorBoard's own reader of the format expects it.
class TextWriter {
 public:
  void field(const std::string& name, const std::string& value) {
    text_.append(indent_, ' ').append(name).append(": ").append(value).append("\n");
  }
  void open(const std::string& name) {
    text_.append(indent_, ' ').append(name).append(" {\n");
    indent_ += 2;
  }
  void close() {
    indent_ -= 2;
    text_.append(indent_, ' ').append("}\n");
  }

  void value(bool value) { field("b", value ? "true" : "false"); }
  void value(int64_t value) { field("i", std::to_string(value)); }
  void value(double value) { field("f", float_text(value)); }
  void value(const std::string& value) { field("s", quoted(value)); }
  template <typename Element>
  void value(const std::vector<Element>& values) {
    open("list");
    for (const auto& element : values) value(Element(element));
    close();
  }

  void shape(const std::optional<GraphShape>& shape) {
    open("shape");
    if (!shape) {
      field("unknown_rank", "true");
    } else {
      for (const int64_t size : *shape) {
        open("dim");
        field("size", std::to_string(size));
        close();
      }
    }
    close();
  }

  void attribute(const std::string& name, const GraphAttribute& attribute) {
    open("attr");
    field("key", quoted(name));
    open("value");
    std::visit([&](const auto& concrete) { value(concrete); }, attribute);
    close();
    close();
  }

  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  std::size_t indent_ = 0;
};

}  // namespace

std::string graph_def_text(const Graph& graph) {
  TextWriter text;
  for (const GraphNode& node : graph.nodes) {
    text.open("node");
    text.field("name", quoted(node.name));
    text.field("op", quoted(node.op));
    for (const std::string& input : node.inputs) text.field("input", quoted(input));
    if (!node.device.empty()) text.field("device", quoted(node.device));
    for (const auto& [name, attribute] : node.attributes) text.attribute(name, attribute);
    if (!node.file.empty()) {
      text.attribute("_source", node.file + ":" + std::to_string(node.line));
    }
    if (!node.output_shapes.empty()) {
      text.open("attr");
      text.field("key", quoted("_output_shapes"));
      text.open("value");
      text.open("list");
      for (const auto& shape : node.output_shapes) text.shape(shape);
      text.close();
      text.close();
      text.close();
    }
    text.close();
  }
  text.open("versions");
  text.field("producer", "22");
  text.close();
  return text.take();
}

}  // namespace suar
