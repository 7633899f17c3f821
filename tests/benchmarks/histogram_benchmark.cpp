// What the statistics and histogram of a tensor cost, as ratios of processor times taken by turns
// on one thread: `histogram_benchmark`. The column "ratio" counts. CountingAloneAgainstSum tells
// how much of AgainstSum no kernel could save.

#include <cstring>
#include <vector>

#include <benchmark/benchmark.h>
#include <torch/torch.h>

#include "float_kernel.h"
#include "histogram_kernel.h"
#include "paired_times.h"
#include "single_thread.h"

namespace suar {
namespace {

enum class Kind { normal, mostly_zeros, constant };

torch::Tensor make_tensor(int64_t size, Kind kind = Kind::normal) {
  torch::manual_seed(1);
  auto values = torch::randn({size});
  if (kind == Kind::mostly_zeros) values.mul_(torch::rand({size}).gt(0.95));
  if (kind == Kind::constant) values.fill_(0.37F);
  return values;
}

/// Ours against `other`, for tensors that fit the first cache, the last one, and none.
template <class Other>
void compare_with(benchmark::State& state, Kind kind, const Other& other) {
  const torch::NoGradGuard no_grad;
  const auto tensor = make_tensor(state.range(0), kind);
  const auto size = static_cast<std::size_t>(tensor.numel());
  const int repetitions = static_cast<int>(std::max<int64_t>(1, 1'000'000 / tensor.numel()));
  testing::compare_times(
      state, repetitions,
      [&] { benchmark::DoNotOptimize(compute_statistics(tensor.data_ptr<float>(), size)); },
      [&] { other(tensor); });
}

void torch_sum(const torch::Tensor& tensor) {
  benchmark::DoNotOptimize(tensor.sum());
}

void AgainstSum(benchmark::State& state) {
  compare_with(state, Kind::normal, torch_sum);
}

void MostlyZerosAgainstSum(benchmark::State& state) {
  compare_with(state, Kind::mostly_zeros, torch_sum);
}

void OneValueAgainstSum(benchmark::State& state) {
  compare_with(state, Kind::constant, torch_sum);
}

void AgainstMinMaxSumAndDot(benchmark::State& state) {
  compare_with(state, Kind::normal, [](const torch::Tensor& tensor) {
    benchmark::DoNotOptimize(tensor.min());
    benchmark::DoNotOptimize(tensor.max());
    benchmark::DoNotOptimize(tensor.sum());
    benchmark::DoNotOptimize(tensor.dot(tensor));
  });
}

/// The least that counting by the memory's counters can cost: one increment for each number, whose
/// slot is known beforehand. A Zen 4 takes one store a cycle, unless neighbours fall on one line of
/// its cache (1.1 cycles for the stores alone, 1.1 where the counters are also read): no kernel of
/// this kind gets below. Nor does leaving the counting out help much: the sums and the slots alone
/// take 0.6 of our time there, and the two run side by side.
///
/// A kernel that counts pairs of neighbours, in a table for all pairs of slots that a tensor mostly
/// has, stores half as often; the best of several (slots of eight bits, pairs in order, AVX-512
/// VBMI) took 0.88 of the time of ours on a Zen 4, for large tensors that spread over 17 octaves,
/// and more than ours for others: not enough for a kernel more. With slots looked up in registers
/// instead of computed, its arithmetic alone took 0.15 ns a number and its counting alone 0.17, but
/// both together 0.35 to 0.42, where ours took 0.35 to 0.38. Nor is that for want of a better
/// table: with all pairs counted at fixed places, which is no histogram any more, it took 0.24 to
/// 0.27, 5.6 to 6 times `torch::sum`.
void CountingAloneAgainstSum(benchmark::State& state) {
  const auto tensor = make_tensor(state.range(0));
  const auto size = static_cast<std::size_t>(tensor.numel());
  std::vector<uint16_t> slots(size);
  for (std::size_t i = 0; i < size; ++i) {
    uint32_t bits;
    std::memcpy(&bits, tensor.data_ptr<float>() + i, sizeof bits);
    slots[i] = static_cast<uint16_t>(BucketTable::instance().slot_of(bits));
  }
  SlotCounts counts(size);
  const int repetitions = static_cast<int>(std::max<int64_t>(1, 1'000'000 / tensor.numel()));
  testing::compare_times(
      state, repetitions,
      [&] {
        uint32_t* const rows = counts.data();
        for (std::size_t i = 0; i + SlotCounts::kRows <= size; i += SlotCounts::kRows) {
          for (std::size_t row = 0; row < SlotCounts::kRows; ++row) {
            ++rows[row * SlotCounts::kRowSize + slots[i + row]];
          }
        }
        benchmark::ClobberMemory();
      },
      [&] { torch_sum(tensor); });
}

/// The histogram that is recorded, made of the counts, which costs the same for any tensor.
void RecordedHistogramAgainstSumOf1000(benchmark::State& state) {
  const auto tensor = make_tensor(1000);
  const auto statistics = compute_statistics(tensor.data_ptr<float>(), 1000);
  testing::compare_times(
      state, 1000, [&] { benchmark::DoNotOptimize(make_histogram(statistics)); },
      [&] { torch_sum(tensor); });
}

/// The fastest kernel against each that this processor can run, by its number.
void FastestAgainstKernel(benchmark::State& state) {
  const auto& kernel = float_kernels()[static_cast<std::size_t>(state.range(0))];
  const auto tensor = make_tensor(1'000'000);
  const auto* values = tensor.data_ptr<float>();
  state.SetLabel(kernel.name);
  testing::compare_times(
      state, 1, [&] { benchmark::DoNotOptimize(compute_statistics(values, 1'000'000)); },
      [&] { benchmark::DoNotOptimize(compute_statistics(values, 1'000'000, kernel)); });
}

void take_turns(benchmark::internal::Benchmark* benchmark) {
  benchmark->UseManualTime()->Iterations(100)->Unit(benchmark::kMicrosecond);
}

void for_sizes(benchmark::internal::Benchmark* benchmark) {
  take_turns(benchmark);
  benchmark->Arg(1000)->Arg(100'000)->Arg(1'000'000)->Arg(10'000'000);
}

BENCHMARK(AgainstSum)->Apply(for_sizes);
BENCHMARK(MostlyZerosAgainstSum)->Apply(for_sizes);
BENCHMARK(OneValueAgainstSum)->Apply(for_sizes);
BENCHMARK(AgainstMinMaxSumAndDot)->Apply(for_sizes);
BENCHMARK(CountingAloneAgainstSum)
    ->Apply(take_turns)
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Arg(10'000'000);
BENCHMARK(RecordedHistogramAgainstSumOf1000)->Apply(take_turns);
BENCHMARK(FastestAgainstKernel)
    ->Apply(take_turns)
    ->DenseRange(0, static_cast<int>(float_kernels().size()) - 1);

}  // namespace
}  // namespace suar

int main(int argc, char** argv) {
  suar::testing::use_a_single_thread(argv);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
}
