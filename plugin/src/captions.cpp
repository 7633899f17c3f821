#include "captions.h"

#include <cstdio>

#include <ATen/ATen.h>

namespace suar {

std::string make_captions(const torch::Tensor& output, const torch::Tensor& target,
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
  std::string table = "| tile | predicted | probability | true | |\n|---|---|---|---|---|\n";
  for (int64_t i = 0; i < truth.size(0); ++i) {
    const auto guess = predicted[i].item<int64_t>();
    const auto actual = truth[i].item<int64_t>();
    char percent[16];
    std::snprintf(percent, sizeof percent, "%.0f %%", 100 * probability[i].item<double>());
    table += "| " + std::to_string(i + 1) + " | " + name(guess) + " | " + percent + " | " +
             name(actual) + " | " + (guess == actual ? "" : "wrong") + " |\n";
  }
  return table;
}

}  // namespace suar
