#include "fetch.h"

#include <ATen/ATen.h>

namespace suar {

std::vector<double> fetch(const std::vector<torch::Tensor>& numbers) {
  const at::NoGradGuard no_grad;
  std::vector<double> values(numbers.size());
  std::vector<bool> done(numbers.size());
  for (std::size_t first = 0; first < numbers.size(); ++first) {
    if (done[first]) continue;
    if (numbers[first].is_cpu()) {
      values[first] = numbers[first].item<double>();
      continue;
    }
    std::vector<torch::Tensor> together;
    std::vector<std::size_t> indices;
    for (std::size_t i = first; i < numbers.size(); ++i) {
      if (done[i] || numbers[i].device() != numbers[first].device()) continue;
      together.push_back(numbers[i].detach().reshape({}).to(at::kFloat));
      indices.push_back(i);
      done[i] = true;
    }
    const auto fetched = at::stack(together).to(at::kCPU);
    for (std::size_t i = 0; i < indices.size(); ++i) {
      values[indices[i]] = fetched[static_cast<int64_t>(i)].item<double>();
    }
  }
  return values;
}

}  // namespace suar
