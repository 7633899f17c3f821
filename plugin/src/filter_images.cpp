#include "filter_images.h"

#include <algorithm>

#include <ATen/ATen.h>

namespace suar {
namespace {

constexpr int64_t kMinWidth = 16;     // pixels
constexpr int64_t kMaxFilters = 256;  // tiles

}  // namespace

Filters find_filters(const TrainedModel& model) {
  for (const auto& [name, tensor] : model.parameters()) {
    if (!tensor.defined() || tensor.dim() != 4) continue;
    const int64_t channels = tensor.size(1);
    const bool shows = (channels == 1 || channels == 3 || channels == 4) && tensor.numel() > 0 &&
                       tensor.size(2) * tensor.size(3) > 1 && tensor.is_floating_point();
    return shows ? Filters{name, tensor} : Filters{};
  }
  return {};
}

torch::Tensor drawn_filters(const torch::Tensor& weight) {
  return weight.detach().narrow(0, 0, std::min(weight.size(0), kMaxFilters));
}

torch::Tensor draw_filters(const torch::Tensor& weight) {
  const at::NoGradGuard no_grad;
  auto pictures = drawn_filters(weight).to(at::kCPU, at::kFloat).nan_to_num(0, 0, 0);
  const int64_t count = pictures.size(0);
  const auto flat = pictures.flatten(1);
  const auto low = std::get<0>(flat.min(1)).reshape({count, 1, 1, 1});
  const auto high = std::get<0>(flat.max(1)).reshape({count, 1, 1, 1});
  pictures = (pictures - low) / (high - low).clamp_min(1e-12);
  const int64_t scale = (kMinWidth + weight.size(3) - 1) / weight.size(3);
  return pictures.repeat_interleave(scale, 2).repeat_interleave(scale, 3);
}

}  // namespace suar
