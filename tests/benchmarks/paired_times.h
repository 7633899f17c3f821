#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include <benchmark/benchmark.h>
#include <time.h>

namespace suar::testing {

/// Processor time of this thread.
inline double thread_seconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// Lets two ways take turns, each `repetitions` times in a turn, and reports "ratio": ours over the
/// other's time, the median of the turns, since what else the machine does in a turn slows both.
/// Each begins its turn with one time that does not count, so that both find caches and memory as
/// they left them themselves: pages that the other one gave back long ago may have to be fetched
/// from a hypervisor first. For a case with `UseManualTime()`.
inline void compare_times(benchmark::State& state, int repetitions,
                          const std::function<void()>& ours, const std::function<void()>& other) {
  const auto seconds_of = [&](const std::function<void()>& way) {
    way();
    const double begin = thread_seconds();
    for (int i = 0; i < repetitions; ++i) way();
    return (thread_seconds() - begin) / repetitions;
  };
  const auto median = [](std::vector<double> numbers) {
    const auto middle = numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 2);
    std::nth_element(numbers.begin(), middle, numbers.end());
    return *middle;
  };
  std::vector<double> other_times, ratios;
  for (auto _ : state) {
    const double our_time = seconds_of(ours);
    other_times.push_back(seconds_of(other));
    ratios.push_back(our_time / other_times.back());
    state.SetIterationTime(our_time);
  }
  state.counters["other_us"] = median(other_times) * 1e6;
  state.counters["ratio"] = median(ratios);
}

}  // namespace suar::testing
