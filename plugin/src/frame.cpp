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
  at::Tensor edges = at::ones({height, width}, at::kBool);
  if (height > 2 * frame && width > 2 * frame) {
    edges.narrow(0, frame, height - 2 * frame).narrow(1, frame, width - 2 * frame).fill_(false);
  }
  at::Tensor is_marked = at::zeros({framed.size(0), 1, 1}, at::kBool);
  std::copy(marked.begin(), marked.end(), is_marked.data_ptr<bool>());
  const at::Tensor frames = edges.logical_and(is_marked);
  const double full = framed.scalar_type() == at::kByte ? 255 : 1;
  for (int64_t channel = 0; channel < framed.size(1); ++channel) {
    framed.select(1, channel).masked_fill_(frames, full * kRed[static_cast<std::size_t>(channel)]);
  }
  return framed;
}

}  // namespace suar
