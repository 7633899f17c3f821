#include "dead_units.h"

#include <algorithm>

#include <ATen/ATen.h>

#include <suar/statistics.h>

#include "real_elements.h"

namespace suar {

void DeadUnits::look(const torch::Tensor& gradient) {
  const at::NoGradGuard no_grad;
  if (gradient.scalar_type() == at::kFloat && lies_in_memory(gradient) &&
      gradient.is_contiguous()) {
    const float* values = gradient.data_ptr<float>();
    silent_.resize(static_cast<std::size_t>(gradient.numel()));
    for (std::size_t i = 0; i < silent_.size(); ++i) silent_[i] = values[i] == 0;
    return;
  }
  const auto silent = gradient.detach().eq(0);
  if (gradient.is_cpu()) {
    const bool* values = silent.data_ptr<bool>();
    silent_.assign(values, values + silent.numel());
  } else {
    device_silent_ = silent;
  }
}

Number DeadUnits::count() {
  if (device_silent_.defined()) {
    const at::NoGradGuard no_grad;
    if (!device_silent_for_.defined())
      device_silent_for_ = at::zeros_like(device_silent_, at::kInt);
    device_silent_for_ = (device_silent_for_ + 1) * device_silent_;
    return device_silent_for_.ge(kDeadObservations).to(at::kFloat).mean();
  }
  silent_for_.resize(silent_.size());
  std::size_t dead = 0;
  for (std::size_t i = 0; i < silent_.size(); ++i) {
    silent_for_[i] = silent_[i] ? silent_for_[i] + 1 : 0;
    dead += silent_for_[i] >= kDeadObservations ? 1 : 0;
  }
  return static_cast<double>(dead) / static_cast<double>(std::max<std::size_t>(1, silent_.size()));
}

double DeadUnits::count(bool silent) {
  silent_.assign(1, silent);
  return std::get<double>(count());
}

}  // namespace suar
