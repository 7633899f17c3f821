// What encoding a picture as a PNG costs against stb_image_write with its own compressor, in
// processor time, by turns: `png_benchmark`. "ratio" is our time over stb's, "size" the same of the
// files.

#include <benchmark/benchmark.h>
#include <torch/torch.h>

#include <suar/fashion_mnist.h>

#include "image_grid.h"
#include "paired_times.h"
#include "png.h"

#define STB_IMAGE_WRITE_STATIC
#define STB_IMAGE_WRITE_IMPLEMENTATION
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb_image_write.h>
#pragma GCC diagnostic pop

namespace suar {
namespace {

std::string encode_by_stb(const Pixels& pixels) {
  std::string png;
  stbi_write_png_to_func(
      [](void* context, void* data, int size) {
        static_cast<std::string*>(context)->append(static_cast<const char*>(data),
                                                   static_cast<std::size_t>(size));
      },
      &png, pixels.width, pixels.height, pixels.channels, pixels.bytes.data(),
      pixels.width * pixels.channels);
  return png;
}

void compare(benchmark::State& state, const torch::Tensor& image) {
  const Pixels pixels = make_pixels(image);
  const auto ours = [&] { benchmark::DoNotOptimize(encode_png(pixels)); };
  const auto stb = [&] { benchmark::DoNotOptimize(encode_by_stb(pixels)); };
  testing::compare_times(state, 1, ours, stb);
  state.counters["size"] = static_cast<double>(encode_png(pixels).size()) /
                           static_cast<double>(encode_by_stb(pixels).size());
}

/// 8 x 8 pictures of 28 x 28.
void GridOfClothes(benchmark::State& state) {
  try {
    FashionMnist data(FashionMnist::default_directory(), FashionMnist::Split::test);
    compare(state, make_image_grid(data.images().narrow(0, 0, 64), 8));
  } catch (const Error& error) {
    state.SkipWithError(error.what());
  }
}

/// [3, 256, 256]: smooth colours with a little noise, as of a camera.
void Photograph(benchmark::State& state) {
  torch::manual_seed(1);
  const auto x = torch::linspace(0, 8, 256).view({1, 1, 256});
  const auto y = torch::linspace(0, 6, 256).view({1, 256, 1});
  const auto shift = torch::arange(3).view({3, 1, 1});
  compare(state, 0.5 + 0.2 * torch::sin(x + shift) + 0.2 * torch::sin(y - shift) +
                     0.01 * torch::randn({3, 256, 256}));
}

/// A matrix of 10 x 10 numbers as squares of 40 x 40.
void ConfusionMatrix(benchmark::State& state) {
  torch::manual_seed(1);
  compare(state, torch::rand({10, 10}).repeat_interleave(40, 0).repeat_interleave(40, 1));
}

void Noise(benchmark::State& state) {
  torch::manual_seed(1);
  compare(state, torch::rand({3, 256, 256}));
}

void take_turns(benchmark::internal::Benchmark* benchmark) {
  benchmark->UseManualTime()->Iterations(30)->Unit(benchmark::kMicrosecond);
}

BENCHMARK(GridOfClothes)->Apply(take_turns);
BENCHMARK(Photograph)->Apply(take_turns);
BENCHMARK(ConfusionMatrix)->Apply(take_turns);
BENCHMARK(Noise)->Apply(take_turns);

}  // namespace
}  // namespace suar

BENCHMARK_MAIN();
