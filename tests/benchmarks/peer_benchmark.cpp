// The calls of SummaryWriter for which peers.py times the same in Python. An iteration is as many
// calls as the name says, and the flush that brings what they logged into the file.

#include <functional>
#include <string>

#include <benchmark/benchmark.h>
#include <torch/torch.h>

#include <suar/summary_writer.h>

#include "temporary_directory.h"

namespace suar {
namespace {

using Call = std::function<void(SummaryWriter&, int64_t step)>;

void log(benchmark::State& state, int64_t calls, const Call& call) {
  const testing::TemporaryDirectory directory;
  SummaryWriter writer(directory.path());
  int64_t step = 0;
  for (auto _ : state) {
    for (int64_t i = 0; i < calls; ++i) call(writer, step++);
    writer.flush();
  }
}

void add(const std::string& name, int64_t calls, Call call) {
  benchmark::RegisterBenchmark(
      (name + "/" + std::to_string(calls)).c_str(),
      [calls, call = std::move(call)](benchmark::State& state) { log(state, calls, call); })
      ->UseRealTime()
      ->Unit(benchmark::kMicrosecond);
}

void add_calls() {
  add("add_scalar", 1000,
      [](auto& writer, int64_t step) { writer.add_scalar("Loss/train", 0.5, step); });
  for (const int64_t size : {1000, 1000000}) {
    add("add_histogram of " + std::to_string(size), 10,
        [values = torch::randn({size})](auto& writer, int64_t step) {
          writer.add_histogram("Weights", values, step);
        });
  }
  for (const int64_t size : {28, 256}) {
    add("add_image of 3x" + std::to_string(size) + "x" + std::to_string(size), 10,
        [image = torch::rand({3, size, size})](auto& writer, int64_t step) {
          writer.add_image("Samples", image, step);
        });
  }
  add("add_pr_curve of 10000", 10,
      [labels = torch::randint(2, {10000}), predictions = torch::rand({10000})](
          auto& writer, int64_t step) { writer.add_pr_curve("PR", labels, predictions, step); });
  add("add_text", 100, [](auto& writer, int64_t step) { writer.add_text("Notes", "text", step); });
  add("add_audio of 44100", 10, [sound = torch::rand({44100}) * 2 - 1](auto& writer, int64_t step) {
    writer.add_audio("Sound", sound, step);
  });
  add("add_mesh of 1000", 10, [vertices = torch::rand({1, 1000, 3})](auto& writer, int64_t step) {
    writer.add_mesh("Mesh", vertices, step);
  });
}

}  // namespace
}  // namespace suar

int main(int argc, char** argv) {
  torch::set_num_threads(1);
  suar::add_calls();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
