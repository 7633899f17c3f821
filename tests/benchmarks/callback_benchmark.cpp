// What the callback costs of a training step of the example's network, in one thread. The rows to
// hold against the goals:
//
//   IdleStepWithAllHooks    time, in ns        a step on which nothing is due
//   WatchWithoutCallback    time, in ns        what passes suar::watch while nobody records it
//   AllHistogramsEveryStep  callback_percent   all weight and gradient histograms, and with them
//                                              the statistics and scalars, at every step
//   DefaultCadence          callback_percent   a whole epoch of the example with everything on, as
//                                              often as the defaults say, also at its end (but not
//                                              the graph, which is there once a training)
//
// Steps with and without callback take turns, and the processor's time of all threads is taken, so
// that what else the machine does matters little. callback_us is what all hooks and the writer's
// thread take of it, a step, and callback_percent that share of a step without callback;
// added_percent is the paired difference of whole steps, which counts also what the callback
// displaces from the caches, but needs a machine that does nothing else: NothingDue shows how far
// it is to be trusted. The other rows tell what each thing costs that can be due, when it is due at
// every step.

#include <algorithm>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>
#include <torch/torch.h>

#include <suar/training_callback.h>
#include <suar/watch.h>

#include "net.h"
#include "single_thread.h"
#include "temporary_directory.h"

namespace suar {
namespace {

constexpr int64_t kBatch = 64;
constexpr int kStepsPerEpoch = 60000 / kBatch + 1;  // of Fashion-MNIST

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
  Batch step(Callback& callback) {
    callback.on_batch_begin();
    optimizer.zero_grad();
    const auto output = net->forward(input);
    const auto loss = torch::nn::functional::cross_entropy(output, target);
    callback.on_before_backward();
    loss.backward();
    callback.on_after_backward();
    optimizer.step();
    const Batch batch{loss, output, target, input};
    callback.on_batch_end(batch);
    return batch;
  }

  testing::TemporaryDirectory directory;
  Net net;
  torch::optim::Adam optimizer{net->parameters(), 1e-3};
  const torch::Tensor input = torch::rand({kBatch, 1, 28, 28});
  const torch::Tensor target = torch::randint(10, {kBatch}, torch::kLong);
};

/// Takes the time of another callback's hooks.
class TimedCallback : public Callback {
 public:
  explicit TimedCallback(Callback& callback) : callback_(callback) {}

  void on_batch_begin() override {
    time([&] { callback_.on_batch_begin(); });
  }
  void on_before_backward() override {
    time([&] { callback_.on_before_backward(); });
  }
  void on_after_backward(const std::string& model, const torch::Tensor& loss) override {
    time([&] { callback_.on_after_backward(model, loss); });
  }
  void on_batch_end(const Batch& batch) override {
    time([&] { callback_.on_batch_end(batch); });
  }

  double inside = 0;     ///< seconds in the hooks
  double measuring = 0;  ///< seconds that taking the time took

 private:
  template <class Hook>
  void time(const Hook& hook) {
    const double begin = cpu_seconds();
    hook();
    const double end = cpu_seconds();
    const double clock = cpu_seconds() - end;  // what reading it takes: a system call
    inside += end - begin - clock;
    measuring += 3 * clock;
  }

  Callback& callback_;
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
  // With what the epoch's end may want of each step.
  TrainingCallback callback(*example.net, example.optimizer,
                            nothing()
                                .image_every(every_epoch())
                                .confusion_matrix(true)
                                .log_directory((example.directory.path() / "run").string()));
  callback.on_epoch_begin(0);
  const Batch batch = example.step(callback);
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

/// An activation that passes while nobody records any.
void WatchWithoutCallback(benchmark::State& state) {
  torch::Tensor activation = torch::ones({8});
  for (auto _ : state) {
    activation = watch(std::move(activation), "relu");
    benchmark::DoNotOptimize(activation);
  }
}
void ProbeWithoutCallback(benchmark::State& state) {
  Probe probe("relu");
  torch::Tensor activation = torch::ones({8});
  for (auto _ : state) {
    activation = probe->forward(std::move(activation));
    benchmark::DoNotOptimize(activation);
  }
}
BENCHMARK(WatchWithoutCallback);
BENCHMARK(ProbeWithoutCallback);

/// One iteration is a round of `steps` steps with the hooks of `callback`, and as many without
/// between them. `after_round()` is called after each round: what it does counts, too.
template <class AfterRound>
void compare(benchmark::State& state, int steps, Example& example, Callback& callback,
             const AfterRound& after_round) {
  Callback none;
  for (int i = 0; i < steps; ++i) example.step(callback);
  after_round();
  std::vector<double> added, spent, step;
  for (auto _ : state) {
    double with = 0, without = 0;
    TimedCallback timed(callback);
    for (int i = 0; i < steps; ++i) {
      const double begin = cpu_seconds();
      example.step(none);
      const double middle = cpu_seconds();
      example.step(timed);
      without += middle - begin;
      with += cpu_seconds() - middle;
    }
    const double before = cpu_seconds();
    after_round();
    const double rest = cpu_seconds() - before;
    added.push_back(100 * (with - timed.measuring + rest - without) / without);
    spent.push_back(1e6 * (timed.inside + rest) / steps);
    step.push_back(1e6 * without / steps);
  }
  state.counters["step_us"] = median(step);
  state.counters["callback_us"] = median(spent);
  state.counters["callback_percent"] = 100 * median(spent) / median(step);
  state.counters["added_percent"] = median(added);
}

void DefaultCadence(benchmark::State& state) {
  Example example;
  TrainingCallback callback(*example.net, example.optimizer,
                            CallbackOptions((example.directory.path() / "run").string())
                                .hyper_parameters({{"lr", 1e-3}, {"batch_size", kBatch}})
                                .steps_per_epoch(kStepsPerEpoch));
  int64_t epoch = 0;
  callback.on_train_begin(example.input);
  callback.on_epoch_begin(epoch);
  compare(state, kStepsPerEpoch, example, callback, [&] {
    callback.on_epoch_end({{"loss", 0.5}, {"accuracy", 0.5}});
    callback.on_epoch_begin(++epoch);
    callback.writer().flush();  // what the writer's thread has still to do
  });
}
BENCHMARK(DefaultCadence)->Iterations(3)->Unit(benchmark::kMillisecond);

/// What is due at every step.
void every_step(benchmark::State& state, const CallbackOptions& options) {
  Example example;
  TrainingCallback callback(*example.net, example.optimizer,
                            CallbackOptions(options)
                                .log_directory((example.directory.path() / "run").string())
                                .progress(false));
  callback.on_epoch_begin(0);
  compare(state, /*steps=*/10, example, callback, [&] { callback.writer().flush(); });
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
  struct Sums : Callback {
    explicit Sums(std::vector<torch::Tensor> of) : parameters(std::move(of)) {}
    void on_batch_end(const Batch&) override {
      const torch::NoGradGuard no_grad;
      for (const torch::Tensor& parameter : parameters) {
        benchmark::DoNotOptimize(parameter.sum());
        benchmark::DoNotOptimize(parameter.grad().sum());
      }
    }
    const std::vector<torch::Tensor> parameters;
  };
  Example example;
  Sums sums(example.net->parameters());
  compare(state, /*steps=*/10, example, sums, [] {});
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
