// What the callback costs of a training step of the example's network, in one thread. The rows to
// hold against the goals:
//
//   IdleStepWithAllHooks    time, in ns        a step on which nothing is due
//   AllHistogramsEveryStep  callback_percent   all weight and gradient histograms, and with them
//                                              the statistics and scalars, at every step
//   DefaultCadence          callback_percent   everything on, as often as the defaults say
//
// Steps with and without callback take turns, and the processor's time of all threads is taken, so
// that what else the machine does matters little. callback_us is what `on_batch_end` and the
// writer's thread take of it, a step, and callback_percent that share of a step without callback;
// added_percent is the paired difference of whole steps, which counts also what the callback
// displaces from the caches, but needs a machine that does nothing else: NothingDue shows how far
// it is to be trusted. The other rows tell what each thing costs that can be due, when it is due at
// every step.

#include <algorithm>
#include <ctime>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <torch/torch.h>

#include <suar/training_callback.h>

#include "net.h"
#include "single_thread.h"
#include "temporary_directory.h"

namespace suar {
namespace {

constexpr int64_t kBatch = 64;

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

/// Records nothing but what is asked for on top of it.
CallbackOptions nothing() {
  return CallbackOptions()
      .scalar_every(never())
      .statistics_every(never())
      .histogram_every(never())
      .system_every(never())
      .image_every(never())
      .confusion_matrix(false)
      .activations(false)
      .updates(false);
}

void idle_step(benchmark::State& state, bool all_hooks) {
  Example example;
  TrainingCallback callback(*example.net, example.optimizer,
                            nothing().log_directory((example.directory.path() / "run").string()));
  callback.on_epoch_begin(0);
  const Batch batch = example.step();
  for (auto _ : state) {
    if (all_hooks) {
      callback.on_batch_begin();
      callback.on_before_backward();
      callback.on_after_backward();
    }
    callback.on_batch_end(batch);
  }
}
void IdleStep(benchmark::State& state) {
  idle_step(state, /*all_hooks=*/false);
}
void IdleStepWithAllHooks(benchmark::State& state) {
  idle_step(state, /*all_hooks=*/true);
}
BENCHMARK(IdleStep);
BENCHMARK(IdleStepWithAllHooks);

/// One iteration is a round of `steps` steps after which `after_step(batch)` is called, and as many
/// without between them. `before_steps()` is called before two of these, and `after_round()` after
/// each round: what it does counts, too.
template <class BeforeSteps, class AfterStep, class AfterRound>
void compare(benchmark::State& state, int steps, Example& example, const BeforeSteps& before_steps,
             const AfterStep& after_step, const AfterRound& after_round) {
  for (int i = 0; i < steps; ++i) after_step(example.step());
  std::vector<double> added, spent, step;
  Batch batch;
  const auto train = [&] {
    batch = {};  // frees the graph of the step before, whichever that was
    batch = example.step();
  };
  for (auto _ : state) {
    double with = 0, without = 0, inside = 0;
    for (int i = 0; i < steps; ++i) {
      before_steps();
      const double begin = cpu_seconds();
      train();
      const double middle = cpu_seconds();
      train();
      const double before = cpu_seconds();
      after_step(batch);
      const double end = cpu_seconds();
      const double clock = cpu_seconds() - end;  // what reading it takes: a system call
      without += middle - begin;
      with += end - middle - clock;
      inside += end - before - clock;
    }
    const double before = cpu_seconds();
    after_round();
    const double rest = cpu_seconds() - before;
    added.push_back(100 * (with + rest - without) / without);
    spent.push_back(1e6 * (inside + rest) / steps);
    step.push_back(1e6 * without / steps);
  }
  state.counters["step_us"] = median(step);
  state.counters["callback_us"] = median(spent);
  state.counters["callback_percent"] = 100 * median(spent) / median(step);
  state.counters["added_percent"] = median(added);
}

void compare(benchmark::State& state, int steps, CallbackOptions options) {
  Example example;
  options.log_directory((example.directory.path() / "run").string()).progress(false);
  TrainingCallback callback(*example.net, example.optimizer, options);
  callback.on_epoch_begin(0);
  compare(
      state, steps, example, [&] { callback.on_batch_begin(); },
      [&](const Batch& batch) { callback.on_batch_end(batch); },
      [&] { callback.writer().flush(); });  // what the writer's thread has still to do
}

void DefaultCadence(benchmark::State& state) {
  compare(state, /*steps=*/100, {});  // after which the cadence repeats itself
}
BENCHMARK(DefaultCadence)->Iterations(20)->Unit(benchmark::kMillisecond);

/// What is due at every step.
void every_step(benchmark::State& state, const CallbackOptions& options) {
  compare(state, /*steps=*/10, options);
}
void AllHistogramsEveryStep(benchmark::State& state) {
  every_step(state, nothing().histogram_every(1));
}
void ScalarsEveryStep(benchmark::State& state) {
  every_step(state, nothing().scalar_every(1));
}
void ScalarsAndConfusionMatrixEveryStep(benchmark::State& state) {
  every_step(state, nothing().scalar_every(1).confusion_matrix(true));
}
void StatisticsEveryStep(benchmark::State& state) {
  every_step(state, nothing().statistics_every(1));
}
void AllHistogramsAndUpdatesEveryStep(benchmark::State& state) {
  every_step(state, nothing().histogram_every(1).updates(true));
}
void AllHistogramsAndActivationsEveryStep(benchmark::State& state) {
  every_step(state, nothing().histogram_every(1).activations(true));
}
void SystemEveryStep(benchmark::State& state) {
  every_step(state, nothing().system_every(1));
}
void ImagesEveryStep(benchmark::State& state) {
  every_step(state, nothing().image_every(1));
}
void NothingDue(benchmark::State& state) {
  every_step(state, nothing());
}
/// For comparison: no histogram costs less than reading what it is of, which lies in no cache after
/// a step.
void SumOfWeightsAndGradientsEveryStep(benchmark::State& state) {
  Example example;
  const auto parameters = example.net->parameters();
  compare(
      state, /*steps=*/10, example, [] {},
      [&](const Batch&) {
        const torch::NoGradGuard no_grad;
        for (const torch::Tensor& parameter : parameters) {
          benchmark::DoNotOptimize(parameter.sum());
          benchmark::DoNotOptimize(parameter.grad().sum());
        }
      },
      [] {});
}
void take_turns(benchmark::internal::Benchmark* benchmark) {
  benchmark->Iterations(30)->Unit(benchmark::kMillisecond);
}
BENCHMARK(AllHistogramsEveryStep)->Apply(take_turns);
BENCHMARK(SumOfWeightsAndGradientsEveryStep)->Apply(take_turns);
BENCHMARK(ScalarsEveryStep)->Apply(take_turns);
BENCHMARK(ScalarsAndConfusionMatrixEveryStep)->Apply(take_turns);
BENCHMARK(StatisticsEveryStep)->Apply(take_turns);
BENCHMARK(AllHistogramsAndUpdatesEveryStep)->Apply(take_turns);
BENCHMARK(AllHistogramsAndActivationsEveryStep)->Apply(take_turns);
BENCHMARK(SystemEveryStep)->Apply(take_turns);
BENCHMARK(ImagesEveryStep)->Apply(take_turns);
BENCHMARK(NothingDue)->Apply(take_turns);

}  // namespace
}  // namespace suar

int main(int argc, char** argv) {
  suar::testing::use_a_single_thread(argv);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
}
