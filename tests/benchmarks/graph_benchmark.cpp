// What exporting a model's graph costs, in forward passes of the model. Read "ratio": export and
// forward pass run in turn, in one thread, and its processor time is taken.

#include <benchmark/benchmark.h>
#include <sys/resource.h>
#include <torch/torch.h>

#include <suar/graph_export.h>

#include "paired_times.h"
#include "resnet18.h"

namespace suar {
namespace {

/// The most memory that the process has had, in MB.
double peak_megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

template <typename Model>
void compare(benchmark::State& state, Model model, const torch::Tensor& input) {
  at::set_num_threads(1);
  model->eval();
  const torch::NoGradGuard no_grad;
  model->forward(input);
  const double before = peak_megabytes();
  const std::size_t nodes = export_graph(model, input).nodes.size();
  const double added = peak_megabytes() - before;
  testing::compare_times(
      state, 1, [&] { benchmark::DoNotOptimize(export_graph(model, input)); },
      [&] { benchmark::DoNotOptimize(model->forward(input)); });
  state.counters["nodes"] = static_cast<double>(nodes);
  state.counters["added_MB"] = added;
}

/// At the size it was published for.
void BM_ResNet18(benchmark::State& state) {
  compare(state, std::make_shared<testing::ResNet18Impl<testing::Truth::inferred>>(),
          torch::rand({1, 3, 224, 224}));
}
BENCHMARK(BM_ResNet18)->UseManualTime()->Iterations(15)->Unit(benchmark::kMillisecond);

/// 48 layers, about 2000 operations, on 64 tokens; the argument is the number of features.
void BM_TransformerEncoder(benchmark::State& state) {
  const int64_t features = state.range(0);
  const torch::nn::TransformerEncoderLayerOptions layer =
      torch::nn::TransformerEncoderLayerOptions(features, 4).dim_feedforward(4 * features);
  compare(state, torch::nn::TransformerEncoder(torch::nn::TransformerEncoderOptions(layer, 48)),
          torch::rand({64, 1, features}));
}
BENCHMARK(BM_TransformerEncoder)
    ->Arg(64)
    ->Arg(256)
    ->UseManualTime()
    ->Iterations(15)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace suar

BENCHMARK_MAIN();
