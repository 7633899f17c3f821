#include "progress_report.h"

#include <cmath>

namespace suar {

ProgressReport::ProgressReport(bool enabled, int64_t epochs, int64_t steps_per_epoch,
                               std::FILE* stream, std::chrono::steady_clock::time_point now)
    : enabled_(enabled), stream_(stream), line_(stream, now) {
  progress_.epochs = epochs;
  progress_.total_steps = epochs * steps_per_epoch;
}

void ProgressReport::show(int64_t step, std::chrono::steady_clock::time_point now) {
  if (!enabled_ || !line_.due(now)) return;
  if (last_shown_) {
    const double seconds = std::chrono::duration<double>(now - last_shown_->first).count();
    const double rate = static_cast<double>(step - last_shown_->second) / seconds;
    constexpr double kPast = 0.8;  // of the moving average
    progress_.steps_per_second = progress_.steps_per_second > 0
                                     ? kPast * progress_.steps_per_second + (1 - kPast) * rate
                                     : rate;
  }
  last_shown_ = {now, step};
  progress_.step = step;
  line_.show(progress_, now);
}

void ProgressReport::print_validation(const std::vector<std::pair<std::string, double>>& metrics) {
  if (!enabled_) return;
  line_.finish();
  if (metrics.empty()) return;
  std::string text = "epoch " + std::to_string(progress_.epoch + 1);
  if (progress_.epochs > 0) text += "/" + std::to_string(progress_.epochs);
  text += "  validation";
  for (const auto& [name, value] : metrics) {
    char number[32];
    std::snprintf(number, sizeof number, " %.4g", std::isnan(value) ? std::abs(value) : value);
    text += "  " + name + number;
  }
  std::fprintf(stream_, "%s\n", text.c_str());
}

}  // namespace suar
