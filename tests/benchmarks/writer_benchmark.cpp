// What logging a scalar costs the thread that calls, as ratios of times taken in one run: see
// print_ratios at the end. Processor time of the calling thread, but for the longest calls.

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <event.pb.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <suar/event_writer.h>

#include "paired_times.h"
#include "record_writer.h"
#include "temporary_directory.h"

namespace suar {
namespace {

constexpr int kCallsOfABurst = 5000;  // what a trainer logs within a flush interval

const std::vector<std::string>& tags() {
  static const std::vector<std::string> tags = {"Loss/train", "Accuracy/train", "LearningRate",
                                                "Gradients/features.3.weight/norm",
                                                "Weights/features.3.weight/norm"};
  return tags;
}

double clock_seconds() {
  timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

void clock_gettime_alone(benchmark::State& state) {
  timespec time;
  for (auto _ : state) {
    clock_gettime(CLOCK_REALTIME, &time);
    benchmark::DoNotOptimize(time);
  }
}
BENCHMARK(clock_gettime_alone);

/// The classic way: the calling thread fills protobuf's message, serialises it, frames it and
/// writes every 64 KiB. Our own framing, with the checksum by instruction, is the fastest there is.
template <class NextMessage>
void protobuf_and_write(benchmark::State& state, NextMessage&& next_message) {
  testing::TemporaryDirectory directory;
  const auto path = directory.path() / "events";
  const int file = open(path.c_str(), O_WRONLY | O_CREAT, 0666);
  std::string data, buffer;
  std::size_t i = 0;
  for (auto _ : state) {
    schema::Event& message = next_message();
    message.set_wall_time(clock_seconds());
    message.set_step(static_cast<int64_t>(i));
    auto& value = *message.mutable_summary()->add_value();
    value.set_tag(tags()[i++ % tags().size()]);
    value.set_simple_value(0.5f);
    message.SerializeToString(&data);
    append_record(buffer, data);
    if (buffer.size() >= std::size_t{64} << 10) {
      if (write(file, buffer.data(), buffer.size()) < 0) state.SkipWithError("cannot write");
      buffer.clear();
    }
    if (i % 10'000'000 == 0 && ftruncate(file, 0) != 0) state.SkipWithError("cannot truncate");
  }
  close(file);
}

void protobuf_new_message(benchmark::State& state) {
  std::optional<schema::Event> message;
  protobuf_and_write(state, [&]() -> schema::Event& { return message.emplace(); });
}
BENCHMARK(protobuf_new_message);

void protobuf_reused_message(benchmark::State& state) {
  schema::Event message;
  protobuf_and_write(state, [&]() -> schema::Event& {
    message.Clear();
    return message;
  });
}
BENCHMARK(protobuf_reused_message);

void add_scalar(benchmark::State& state) {
  testing::TemporaryDirectory directory;
  EventWriter writer(directory.path());
  std::size_t i = 0;
  for (auto _ : state) {
    writer.add_scalar(tags()[i % tags().size()], 0.5, static_cast<int64_t>(i));
    ++i;
  }
}
BENCHMARK(add_scalar);

/// As fast as the writer thread can take them in.
void scalar_handle_without_pause(benchmark::State& state) {
  testing::TemporaryDirectory directory;
  EventWriter writer(directory.path());
  auto loss = writer.scalar("Loss/train");
  int64_t step = 0;
  for (auto _ : state) loss.add(0.5, step++);
}
BENCHMARK(scalar_handle_without_pause);

/// In bursts between which the queue is emptied: a trainer computes between its calls.
void scalar_handle(benchmark::State& state) {
  testing::TemporaryDirectory directory;
  EventWriter writer(directory.path());
  auto loss = writer.scalar("Loss/train");
  int64_t step = 0;
  for (auto _ : state) {
    const double begin = testing::thread_seconds();
    for (int i = 0; i < kCallsOfABurst; ++i) loss.add(0.5, step++);
    state.SetIterationTime((testing::thread_seconds() - begin) / kCallsOfABurst);
    writer.flush();
  }
}
BENCHMARK(scalar_handle)->UseManualTime()->Iterations(2000);

/// Times single calls, with the clock's own time in them, in bursts between which the queue is
/// emptied. The first call of a burst wakes the writer thread, as one call in a flush interval
/// does.
void longest_calls(benchmark::State& state) {
  testing::TemporaryDirectory directory;
  EventWriter writer(directory.path());
  std::vector<int64_t> nanoseconds;
  const auto now = [] {
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
  };
  for (auto _ : state) {
    for (int i = 0; i < kCallsOfABurst; ++i) {
      const int64_t before = now();
      writer.add_scalar(tags()[static_cast<std::size_t>(i) % tags().size()], 0.5, i);
      nanoseconds.push_back(now() - before);
    }
    state.PauseTiming();
    writer.flush();
    state.ResumeTiming();
  }
  const auto quantile = [&](double fraction) {
    const auto nth = nanoseconds.begin() + static_cast<std::ptrdiff_t>(
                                               fraction * static_cast<double>(nanoseconds.size()));
    std::nth_element(nanoseconds.begin(), nth, nanoseconds.end());
    return static_cast<double>(*nth);
  };
  state.counters["p50_ns"] = quantile(0.5);
  state.counters["p99_ns"] = quantile(0.99);
  state.counters["p99.9_ns"] = quantile(0.999);
}
BENCHMARK(longest_calls)->Iterations(200);

/// Remembers the processor time of every case, to print the ratios that count.
class Ratios : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      // With --benchmark_repetitions, the quickest: what disturbs only adds.
      auto& time = times_.try_emplace(run.run_name.function_name, 1e9).first->second;
      if (run.run_type != Run::RT_Iteration) continue;
      const bool manual = run.run_name.time_type == "manual_time";
      time = std::min(time, manual ? run.GetAdjustedRealTime() : run.GetAdjustedCPUTime());
    }
  }

  void print() const {
    print("add_scalar", "protobuf_new_message");
    print("add_scalar", "protobuf_reused_message");
    print("scalar_handle", "clock_gettime_alone");
    print("scalar_handle_without_pause", "clock_gettime_alone");
  }

 private:
  void print(const std::string& ours, const std::string& other) const {
    if (times_.count(ours) == 0 || times_.count(other) == 0) return;
    const double ratio = times_.at(ours) / times_.at(other);
    std::printf("%s takes %.2f times as long as %s: %.1f times as fast\n", ours.c_str(), ratio,
                other.c_str(), 1 / ratio);
  }

  std::map<std::string, double> times_;
};

}  // namespace
}  // namespace suar

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  suar::Ratios ratios;
  benchmark::RunSpecifiedBenchmarks(&ratios);
  ratios.print();
}
