#include "progress_line.h"

#include <algorithm>
#include <cmath>

#include <sys/ioctl.h>
#include <unistd.h>

namespace suar {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kTerminalInterval{100};
constexpr std::chrono::seconds kPlainInterval{10};

std::string format(const char* pattern, double value) {
  char text[64];
  std::snprintf(text, sizeof text, pattern, value);
  return text;
}

std::string count_of(const char* what, int64_t done, int64_t total) {
  std::string text = what + (" " + std::to_string(done));
  if (total > 0) text += "/" + std::to_string(total);
  return text;
}

std::string duration(double seconds) {
  const auto all = static_cast<long long>(std::ceil(seconds));
  char text[64];
  if (all >= 3600) {
    std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", all / 3600, all / 60 % 60, all % 60);
  } else {
    std::snprintf(text, sizeof text, "%lld:%02lld", all / 60, all % 60);
  }
  return text;
}

/// How wide the terminal is now; 0 where it does not tell.
std::size_t count_columns(std::FILE* terminal) {
  winsize size{};
  return ioctl(fileno(terminal), TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

}  // namespace

std::string format_progress(const Progress& progress) {
  std::string line = count_of("epoch", progress.epoch + 1, progress.epochs) + "  " +
                     count_of("step", progress.step, progress.total_steps);
  if (progress.loss) line += "  loss " + format("%.4g", *progress.loss);
  if (progress.accuracy) line += "  accuracy " + format("%.1f %%", 100 * *progress.accuracy);
  if (progress.steps_per_second > 0) {
    line += "  " +
            format(progress.steps_per_second < 10 ? "%.2g" : "%.0f", progress.steps_per_second) +
            " steps/s";
    if (progress.total_steps > progress.step) {
      const auto left = static_cast<double>(progress.total_steps - progress.step);
      line += "  " + duration(left / progress.steps_per_second) + " left";
    }
  }
  return line;
}

ProgressLine::ProgressLine(std::FILE* stream, Clock::time_point now)
    : stream_(stream),
      terminal_(isatty(fileno(stream)) != 0),
      next_(now + (terminal_ ? Clock::duration::zero() : kPlainInterval)) {}

bool ProgressLine::due(Clock::time_point now) const {
  return now >= next_;
}

void ProgressLine::show(const Progress& progress, Clock::time_point now) {
  std::string line = format_progress(progress);
  if (terminal_) {
    // The cursor stands behind the line: there must be room for it.
    if (const std::size_t columns = count_columns(stream_); columns > 0) {
      line.resize(std::min(line.size(), columns - 1));
    }
    std::fprintf(stream_, "\r%s\x1b[K", line.c_str());
    open_ = true;
    next_ = now + kTerminalInterval;
  } else {
    std::fprintf(stream_, "%s\n", line.c_str());
    next_ = now + kPlainInterval;
  }
  std::fflush(stream_);
}

void ProgressLine::finish() {
  if (open_) std::fputc('\n', stream_);
  open_ = false;
  std::fflush(stream_);
}

}  // namespace suar
