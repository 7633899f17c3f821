#include "captions.h"

#include <cstdio>

#include <ATen/ATen.h>

namespace suar {

std::vector<TileCaption> make_captions(const torch::Tensor& output, const torch::Tensor& target,
                                       const std::vector<std::string>& class_names) {
  const at::NoGradGuard no_grad;
  const auto probabilities = output.detach().to(at::kCPU, at::kFloat).softmax(1);
  const auto [probability, predicted] = probabilities.max(1);
  const auto truth = target.detach().to(at::kCPU, at::kLong);
  const auto name = [&](int64_t index) {
    return index >= 0 && static_cast<std::size_t>(index) < class_names.size()
               ? class_names[static_cast<std::size_t>(index)]
               : std::to_string(index);
  };
  std::vector<TileCaption> captions;
  for (int64_t i = 0; i < truth.size(0); ++i) {
    captions.push_back({name(predicted[i].item<int64_t>()), name(truth[i].item<int64_t>()),
                        probability[i].item<float>()});
  }
  return captions;
}

std::string caption_table(const std::vector<TileCaption>& captions) {
  std::string table = "| tile | predicted | probability | true | |\n|---|---|---|---|---|\n";
  int tile = 0;
  for (const TileCaption& caption : captions) {
    char percent[16];
    std::snprintf(percent, sizeof percent, "%.0f %%", 100 * double{caption.probability});
    table += "| " + std::to_string(++tile) + " | " + caption.predicted + " | " + percent + " | " +
             caption.actual + " | " + (caption.predicted == caption.actual ? "" : "wrong") + " |\n";
  }
  return table;
}

}  // namespace suar
