#include "image_grid.h"

#include <algorithm>
#include <cmath>

#include <ATen/ATen.h>

#include <suar/error.h>

#include "tensor_form.h"

namespace suar {

void check_range(PixelRange range) {
  if (std::isfinite(range.black) && std::isfinite(range.white) && range.black < range.white) return;
  throw Error("expected a range of pixels with black below white, both finite, found " +
              std::to_string(range.black) + " and " + std::to_string(range.white));
}

namespace {

void check_pixel_type(const torch::Tensor& pixels, const torch::Tensor& given) {
  const auto type = pixels.scalar_type();
  if (type == at::kByte || type == at::kBool || pixels.is_floating_point()) return;
  throw Error("expected an image of uint8, bool or floating point, found " + describe(given) +
              "; convert it with .to(torch::kByte)");
}

}  // namespace

void check_pictures(const torch::Tensor& pictures, const torch::Tensor& given) {
  const bool has_channels = pictures.defined() && (pictures.dim() == 3 || pictures.dim() == 4);
  if (!has_channels || pictures.size(-3) < 1 || pictures.size(-3) > 4 || pictures.numel() == 0) {
    throw Error("expected pictures of 1 to 4 channels, none of them empty, found " +
                describe(given));
  }
  check_pixel_type(pictures, given);
}

torch::Tensor to_bytes(const torch::Tensor& pixels, PixelRange range) {
  const at::NoGradGuard no_grad;
  check_range(range);
  check_pixel_type(pixels, pixels);
  if (pixels.scalar_type() == at::kByte) return pixels.detach();
  if (pixels.scalar_type() == at::kBool) return pixels.detach().to(at::kByte).mul(255);
  at::Tensor values = pixels.detach().to(at::kFloat);
  if (range.black != 0 || range.white != 1) {
    values = (values - range.black) / (range.white - range.black);
  }
  return values.nan_to_num(0).clamp(0, 1).mul(255).round().to(at::kByte);
}

Pixels make_pixels(const torch::Tensor& image, PixelRange range) {
  const at::NoGradGuard no_grad;
  at::Tensor planes = to_plain(image, "the image");
  if (planes.dim() == 2) planes = planes.unsqueeze(0);
  if (planes.dim() != 3) {
    throw Error("expected an image of shape [C, H, W] or [H, W], found " + describe(image));
  }
  check_pictures(planes, image);
  planes = to_bytes(planes, range);
  const at::Tensor rows = planes.permute({1, 2, 0}).contiguous();
  Pixels pixels;
  pixels.height = static_cast<int>(rows.size(0));
  pixels.width = static_cast<int>(rows.size(1));
  pixels.channels = static_cast<int>(rows.size(2));
  const auto* bytes = rows.data_ptr<uint8_t>();
  pixels.bytes.assign(bytes, bytes + rows.numel());
  return pixels;
}

int64_t grid_columns(int64_t count) {
  return static_cast<int64_t>(std::ceil(std::sqrt(static_cast<double>(count))));
}

torch::Tensor make_image_grid(const torch::Tensor& images, int64_t columns) {
  const at::NoGradGuard no_grad;
  if (!images.defined() || images.dim() != 4 || images.numel() == 0) {
    throw Error("expected images of shape [N, C, H, W], found " + describe(images));
  }
  const int64_t count = images.size(0), height = images.size(2), width = images.size(3);
  columns = std::min(columns > 0 ? columns : grid_columns(count), count);
  const int64_t rows = (count + columns - 1) / columns;
  // Each with a border above and to the left of it, and black ones where the last row has none.
  const int64_t missing = rows * columns - count;
  const at::Tensor tiles =
      at::constant_pad_nd(images.detach(), {kGridBorder, 0, kGridBorder, 0, 0, 0, 0, missing});
  const at::Tensor grid =
      tiles.reshape({rows, columns, images.size(1), height + kGridBorder, width + kGridBorder})
          .permute({2, 0, 3, 1, 4})
          .reshape(
              {images.size(1), rows * (height + kGridBorder), columns * (width + kGridBorder)});
  return at::constant_pad_nd(grid, {0, kGridBorder, 0, kGridBorder});
}

}  // namespace suar
