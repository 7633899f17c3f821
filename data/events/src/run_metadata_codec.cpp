#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <unordered_map>

#include <run_metadata.pb.h>

#include <suar/graph.h>
#include <suar/utf8.h>

namespace suar {

std::string serialize_run_metadata(const Graph& graph) {
  schema::RunMetadata message;
  auto& step_stats = *message.mutable_step_stats();
  std::unordered_map<std::string, schema::DeviceStepStats*> devices;
  int64_t now = 0;  // in microseconds since the step began
  for (const GraphNode& node : graph.nodes) {
    const auto time = node.attributes.find("microseconds");
    if (time == node.attributes.end() || !std::holds_alternative<double>(time->second)) continue;
    // TensorBoard takes 0 for a node that did not run.
    const double measured = std::get<double>(time->second);
    const int64_t microseconds = measured >= 1.5 ? std::llround(std::min(measured, 1e15)) : 1;

    schema::DeviceStepStats*& device = devices[node.device];
    if (device == nullptr) {
      device = step_stats.add_dev_stats();
      device->set_device(to_utf8(node.device));
    }
    auto& stats = *device->add_node_stats();
    stats.set_node_name(to_utf8(node.name));
    stats.set_all_start_micros(now);
    stats.set_op_end_rel_micros(microseconds);
    stats.set_all_end_rel_micros(microseconds);
    now += microseconds;

    const auto bytes = node.attributes.find("activation_bytes");
    if (bytes != node.attributes.end() && std::holds_alternative<int64_t>(bytes->second)) {
      auto& memory = *stats.add_memory();
      memory.set_allocator_name(to_utf8(node.device));
      memory.set_total_bytes(std::get<int64_t>(bytes->second));
    }
    for (std::size_t i = 0; i < node.output_shapes.size(); ++i) {
      if (!node.output_shapes[i]) continue;
      auto& output = *stats.add_output();
      output.set_slot(static_cast<int>(i));
      auto& shape = *output.mutable_tensor_description()->mutable_shape();
      for (const int64_t size : *node.output_shapes[i]) shape.add_dim()->set_size(size);
    }
  }
  return message.SerializeAsString();
}

}  // namespace suar
