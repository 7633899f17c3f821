#include "frame.h"

#include <algorithm>
#include <array>

#include <ATen/ATen.h>

namespace suar {
namespace {

constexpr int64_t kPixelsPerFrame = 28;  // of a tile, for each of its frame
constexpr std::array<double, 4> kRed = {0.9, 0.1, 0.1, 1};

}  // namespace

torch::Tensor frame_tiles(const torch::Tensor& tiles, const std::vector<bool>& marked) {
  const at::NoGradGuard no_grad;
  torch::Tensor framed = tiles.detach().to(at::kCPU);
  if (framed.size(1) < 3) {
    const auto grey = framed.narrow(1, 0, 1).expand({-1, 3, -1, -1});
    framed = at::cat({grey, framed.narrow(1, 1, framed.size(1) - 1)}, 1);
  }
  framed = framed.clone(at::MemoryFormat::Contiguous);
  const int64_t height = framed.size(2), width = framed.size(3);
  const int64_t frame = std::max<int64_t>(std::min(height, width) / kPixelsPerFrame, 1);
  const double full = framed.scalar_type() == at::kByte ? 255 : 1;
  for (std::size_t i = 0; i < marked.size(); ++i) {
    if (!marked[i]) continue;
    for (int64_t channel = 0; channel < framed.size(1); ++channel) {
      const double value = full * kRed[static_cast<std::size_t>(channel)];
      const auto tile = framed[static_cast<int64_t>(i)][channel];
      for (const int64_t edge : {int64_t{0}, height - frame})
        tile.narrow(0, edge, frame).fill_(value);
      for (const int64_t edge : {int64_t{0}, width - frame})
        tile.narrow(1, edge, frame).fill_(value);
    }
  }
  return framed;
}

}  // namespace suar
