#include "run_order.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace suar::graph_export {
namespace {

struct Layer {
  std::string_view class_name;
  std::array<std::string_view, 4> dropouts;  ///< as they run
};

/// "dropout" is that between the two linear layers, behind all attention.
constexpr Layer kLayers[] = {
    {"torch::nn::TransformerEncoderLayerImpl", {"dropout1", "dropout", "dropout2", ""}},
    {"torch::nn::TransformerDecoderLayerImpl", {"dropout1", "dropout2", "dropout", "dropout3"}}};

}  // namespace

std::size_t run_order(const ModuleRegistry& registry, ModuleIndex module) {
  const RegisteredModule& registered = registry.modules()[module];
  const std::string& holder = registry.modules()[registered.parent].class_names.front();
  const std::string_view scope = registered.scope;
  const std::string_view name = scope.substr(scope.rfind('/') + 1);
  for (const Layer& layer : kLayers) {
    if (layer.class_name != holder) continue;
    const auto found = std::find(layer.dropouts.begin(), layer.dropouts.end(), name);
    if (found != layer.dropouts.end()) {
      return static_cast<std::size_t>(found - layer.dropouts.begin());
    }
  }
  return 0;
}

}  // namespace suar::graph_export
