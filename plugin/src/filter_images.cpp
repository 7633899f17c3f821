#include "filter_images.h"

#include <algorithm>
#include <vector>

#include <ATen/ATen.h>
#include <torch/nn/modules/conv.h>

namespace suar {
namespace {

constexpr int64_t kMinWidth = 16;     // pixels
constexpr int64_t kMaxFilters = 256;  // tiles

/// The weights of all modules of a class, in the order of the model.
template <class Module>
std::vector<Filters> find_weights(const TrainedModel& model) {
  std::vector<Filters> weights;
  if (model.module() == nullptr) return weights;
  if (const auto* self = model.module()->as<Module>()) weights.push_back({"weight", self->weight});
  // Not the model itself, which need not lie in a std::shared_ptr.
  for (const auto& module : model.module()->named_modules("", /*include_self=*/false)) {
    if (const auto* found = module.value()->template as<Module>()) {
      weights.push_back({module.key() + ".weight", found->weight});
    }
  }
  return weights;
}

/// What may be filters, in the order of the model.
std::vector<Filters> find_candidates(const TrainedModel& model) {
  std::vector<Filters> candidates = find_weights<torch::nn::Conv2dImpl>(model);
  if (!candidates.empty()) return candidates;
  const auto not_filters = find_weights<torch::nn::ConvTranspose2dImpl>(model);
  for (const auto& [name, tensor] : model.parameters()) {
    const bool is_none = std::any_of(
        not_filters.begin(), not_filters.end(),
        [&, &tensor = tensor](const auto& other) { return other.weight.is_same(tensor); });
    if (!is_none) candidates.push_back({name, tensor});
  }
  return candidates;
}

bool is_larger_than_a_pixel(const torch::Tensor& weight) {
  return weight.defined() && weight.dim() == 4 && weight.size(2) * weight.size(3) > 1;
}

}  // namespace

Filters find_filters(const TrainedModel& model) {
  for (const Filters& filters : find_candidates(model)) {
    if (!is_larger_than_a_pixel(filters.weight)) continue;
    const int64_t channels = filters.weight.size(1);
    const bool shows = (channels == 1 || channels == 3 || channels == 4) &&
                       filters.weight.numel() > 0 && filters.weight.is_floating_point();
    return shows ? filters : Filters{};
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
