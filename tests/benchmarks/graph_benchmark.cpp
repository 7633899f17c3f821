// What exporting a model's graph costs, in forward passes of the model. Read "ratio": export and
// forward pass run in turn, in one thread, and its processor time is taken.

#include <fstream>
#include <string>

#include <benchmark/benchmark.h>
#include <malloc.h>
#include <torch/torch.h>

#include <suar/graph_export.h>

#include "paired_times.h"
#include "resnet18.h"
#include "single_thread.h"

namespace suar {
namespace {

/// A field of /proc/self/status, in MB; 0 where there is none.
double status_megabytes(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind(field + ":", 0) == 0) return std::stod(line.substr(field.size() + 1)) / 1024;
  }
  return 0;
}

/// The most memory that `work` takes at a time beside what there was before, in MB. What was freed
/// before goes back to the system first, and the peak of the process begins anew.
template <typename Work>
double added_megabytes(Work work) {
  malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";
  const double before = status_megabytes("VmRSS");
  work();
  return status_megabytes("VmHWM") - before;
}

template <typename Model>
void compare(benchmark::State& state, Model model, const torch::Tensor& input) {
  model->eval();
  const torch::NoGradGuard no_grad;
  model->forward(input);
  std::size_t nodes = 0;
  const double added = added_megabytes([&] { nodes = export_graph(model, input).nodes.size(); });
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

int main(int argc, char** argv) {
  suar::testing::use_a_single_thread(argv);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
}
