#include "sample_tiles.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include <suar/error.h>

#include "image_grid.h"
#include "tensor_form.h"

namespace suar {
namespace {

constexpr int64_t kMostChannels = 4;
constexpr int64_t kMostPixels = int64_t{1} << 22;   // of all tiles together
constexpr int64_t kMostOfAPart = int64_t{1} << 18;  // elements
constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// The inputs as `[N, C, H, W]`; undefined when nobody would take them for pictures: samples
/// without channels look like sequences `[N, T, features]`, so their range must be stated.
torch::Tensor pictures_in(const torch::Tensor& input, bool range_is_stated) {
  const torch::Tensor pictures = input.detach();
  if (input.dim() == 4 && input.size(1) <= kMostChannels) return pictures;
  if (input.dim() == 3 && range_is_stated) return pictures.unsqueeze(1);
  if (input.dim() != 4 && !range_is_stated) return {};
  throw Error("expected inputs [N, C, H, W] of 1 to 4 channels or [N, H, W], found " +
              describe(input) +
              "; leave them out of the batch, or set CallbackOptions::sample_images(0).");
}

/// Every second (third...) pixel, where one picture alone has too many.
torch::Tensor thin_out(const torch::Tensor& pictures) {
  const int64_t height = pictures.size(2), width = pictures.size(3);
  int64_t step = 1;
  while (((height + step - 1) / step) * ((width + step - 1) / step) > kMostPixels) ++step;
  return pictures.slice(2, 0, height, step).slice(3, 0, width, step);
}

/// `tensor.split(size, dim)`, which some devices leave to the processor.
std::vector<torch::Tensor> slices(const torch::Tensor& tensor, int64_t size, int64_t dim) {
  std::vector<torch::Tensor> parts;
  for (int64_t i = 0; i < tensor.size(dim); i += size) {
    parts.push_back(tensor.narrow(dim, i, std::min(size, tensor.size(dim) - i)));
  }
  return parts;
}

torch::Tensor join(const std::vector<torch::Tensor>& parts, int64_t dim) {
  return parts.size() == 1 ? parts[0] : at::cat(parts, dim);
}

/// Pictures in parts, the rows of some of them: what is computed of one part after the other takes
/// no more room for many pixels than for few.
std::vector<std::vector<torch::Tensor>> cut(const torch::Tensor& pictures) {
  const int64_t row = pictures.size(1) * pictures.size(3), height = pictures.size(2);
  const int64_t rows = std::clamp<int64_t>(kMostOfAPart / row, 1, height);
  const int64_t tiles = std::max<int64_t>(kMostOfAPart / (row * height), 1);
  std::vector<std::vector<torch::Tensor>> parts;
  for (const torch::Tensor& some : slices(pictures, tiles, 0))
    parts.push_back(slices(some, rows, 2));
  return parts;
}

/// The least finite number of all parts, and how far from it the greatest one is.
std::pair<torch::Tensor, torch::Tensor> find_range(
    const std::vector<std::vector<torch::Tensor>>& pictures) {
  std::vector<torch::Tensor> lows, highs;
  for (const auto& some : pictures) {
    for (const torch::Tensor& part : some) {
      const auto pixels = part.to(at::kFloat);
      const auto finite = pixels.isfinite();
      lows.push_back(at::where(finite, pixels, kInfinity).min());
      highs.push_back(at::where(finite, pixels, -kInfinity).max());
    }
  }
  const auto low = at::stack(lows).min();
  return {low, (at::stack(highs).max() - low).clamp_min(1e-12)};
}

/// The bytes of pictures of floating point.
torch::Tensor draw(const torch::Tensor& pictures, const std::optional<PixelRange>& stated) {
  const auto parts = cut(pictures);
  torch::Tensor low, range;
  if (!stated) std::tie(low, range) = find_range(parts);
  std::vector<torch::Tensor> bytes;
  for (const auto& some : parts) {
    std::vector<torch::Tensor> rows;
    for (const torch::Tensor& part : some) {
      rows.push_back(stated ? to_bytes(part, *stated)
                            : to_bytes((part.to(at::kFloat) - low) / range));
    }
    bytes.push_back(join(rows, 2));
  }
  return join(bytes, 0);
}

}  // namespace

int64_t count_tiles(const torch::Tensor& input, int64_t most) {
  const int64_t pixels = input.dim() < 3 ? 1 : input.size(-2) * input.size(-1);
  const int64_t fit = std::max<int64_t>(kMostPixels / std::max<int64_t>(pixels, 1), 1);
  return std::min({input.size(0), most, fit});
}

torch::Tensor draw_tiles(const torch::Tensor& input, int64_t count,
                         const std::optional<PixelRange>& range) {
  const at::NoGradGuard no_grad;
  const torch::Tensor pictures = pictures_in(input, range.has_value());
  if (!pictures.defined()) return {};
  const torch::Tensor tiles = thin_out(pictures.narrow(0, 0, count));
  return tiles.is_floating_point() ? draw(tiles, range) : to_bytes(tiles);
}

}  // namespace suar
