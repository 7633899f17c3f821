// What the callback costs: on a step on which nothing is due, and of the example's training with
// the default cadence. Read the percentages: with and without run in turn, in one thread, and the
// processor's time is taken, so that what else the machine does matters little.

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <torch/torch.h>

#include <suar/training_callback.h>

#include "net.h"
#include "temporary_directory.h"

namespace suar {
namespace {

constexpr int64_t kBatch = 64;
constexpr int kPeriod = 100;  // steps after which the default cadence repeats itself

/// Processor time of all threads of this process, in seconds.
double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// The example's network and a batch of noise for it.
struct Example {
  Example() { at::set_num_threads(1); }

  Batch step() {
    optimizer.zero_grad();
    const auto output = net->forward(input);
    const auto loss = torch::nn::functional::cross_entropy(output, target);
    loss.backward();
    optimizer.step();
    return {loss, output, target, input};
  }

  testing::TemporaryDirectory directory;
  Net net;
  torch::optim::Adam optimizer{net->parameters(), 1e-3};
  const torch::Tensor input = torch::rand({kBatch, 1, 28, 28});
  const torch::Tensor target = torch::randint(10, {kBatch}, torch::kLong);
};

void idle_step(benchmark::State& state, bool all_hooks) {
  Example example;
  TrainingCallback callback(*example.net, example.optimizer,
                            CallbackOptions((example.directory.path() / "run").string())
                                .scalar_every(once())
                                .statistics_every(once())
                                .histogram_every(once())
                                .system_every(once()));
  callback.on_epoch_begin(0);
  const Batch batch = example.step();
  callback.on_batch_end(batch);
  for (auto _ : state) {
    if (all_hooks) {
      callback.on_batch_begin();
      callback.on_before_backward();
      callback.on_after_backward();
    }
    callback.on_batch_end(batch);
  }
}
void BM_IdleStep(benchmark::State& state) {
  idle_step(state, /*all_hooks=*/false);
}
void BM_IdleStepWithAllHooks(benchmark::State& state) {
  idle_step(state, /*all_hooks=*/true);
}
BENCHMARK(BM_IdleStep);
BENCHMARK(BM_IdleStepWithAllHooks);

/// One iteration is a period of steps with the callback, and as many without between them.
void compare(benchmark::State& state, const CallbackOptions& given) {
  Example example;
  CallbackOptions options = given;
  options.log_directory((example.directory.path() / "run").string()).progress(false);
  TrainingCallback callback(*example.net, example.optimizer, options);
  callback.on_epoch_begin(0);
  for (int i = 0; i < kPeriod; ++i) callback.on_batch_end(example.step());
  std::vector<double> added, inside, step;
  for (auto _ : state) {
    double with = 0, without = 0, in_callback = 0;
    for (int i = 0; i < kPeriod; ++i) {
      const double begin = cpu_seconds();
      example.step();
      const double middle = cpu_seconds();
      const Batch batch = example.step();
      const double before = cpu_seconds();
      callback.on_batch_end(batch);
      const double end = cpu_seconds();
      without += middle - begin;
      with += end - middle;
      in_callback += end - before;
    }
    added.push_back(100 * (with - without) / without);
    inside.push_back(100 * in_callback / without);
    step.push_back(1e6 * without / kPeriod);
  }
  state.counters["step_us"] = median(step);
  state.counters["added_percent"] = median(added);
  state.counters["in_callback_percent"] = median(inside);
}

void BM_DefaultCadence(benchmark::State& state) {
  compare(state, {});
}
void BM_EveryHistogramEveryStep(benchmark::State& state) {
  compare(state, CallbackOptions().histogram_every(1).updates(false));
}
BENCHMARK(BM_DefaultCadence)->Iterations(20)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_EveryHistogramEveryStep)->Iterations(5)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace suar

BENCHMARK_MAIN();
