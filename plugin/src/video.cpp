#include "video.h"

#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include <suar/error.h>

#include "gif.h"
#include "image_grid.h"
#include "tensor_form.h"

namespace suar {

Image make_video(const torch::Tensor& videos, double frames_per_second, PixelRange range) {
  const at::Tensor plain = to_bytes(to_plain(videos, "the video"), range);
  if (plain.dim() != 5 || plain.numel() == 0 || (plain.size(2) != 1 && plain.size(2) != 3)) {
    throw Error("expected a video of shape [N, T, C, H, W] with 1 or 3 channels, found " +
                describe(videos));
  }
  std::vector<Pixels> frames;
  for (int64_t t = 0; t < plain.size(1); ++t) {
    const at::Tensor tiles = plain.select(1, t);
    frames.push_back(make_pixels(tiles.size(0) == 1 ? tiles[0] : make_image_grid(tiles)));
  }
  return {frames[0].height, frames[0].width, frames[0].channels,
          encode_gif(frames, frames_per_second)};
}

}  // namespace suar
