#include "image_boxes.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <ATen/ATen.h>
#include <torch/nn/functional/upsampling.h>

#include <suar/error.h>

#include "bounding_box.h"
#include "image_grid.h"
#include "tensor_form.h"

namespace suar {
namespace {

constexpr double kLargestSide = 65535;  // pixels

/// `[3, H, W]` or `[4, H, W]`.
at::Tensor to_color(const Pixels& pixels) {
  const at::Tensor rows = at::from_blob(const_cast<uint8_t*>(pixels.bytes.data()),
                                        {pixels.height, pixels.width, pixels.channels}, at::kByte);
  const at::Tensor planes = rows.permute({2, 0, 1}).clone();
  if (pixels.channels >= 3) return planes;
  const at::Tensor grey = planes.narrow(0, 0, 1).expand({3, -1, -1});
  return pixels.channels == 1 ? grey.clone() : at::cat({grey, planes.narrow(0, 1, 1)});
}

at::Tensor resize(const at::Tensor& planes, double factor) {
  const auto scaled = [&](int64_t size) {
    return std::max<int64_t>(1, std::llround(static_cast<double>(size) * factor));
  };
  namespace F = torch::nn::functional;
  return F::interpolate(
             planes.to(at::kFloat).unsqueeze(0),
             F::InterpolateFuncOptions()
                 .size(std::vector<int64_t>{scaled(planes.size(1)), scaled(planes.size(2))})
                 .mode(torch::kBilinear)
                 .align_corners(false)
                 .antialias(true))
      .squeeze(0)
      .round()
      .clamp(0, 255)
      .to(at::kByte);
}

at::Tensor check_boxes(const torch::Tensor& boxes, std::size_t labels) {
  const at::Tensor plain = to_plain(boxes, "the boxes");
  const bool right_shape = plain.dim() == 2 && plain.size(1) == 4 && !plain.is_complex();
  if (!right_shape || (labels > 0 && labels != static_cast<std::size_t>(plain.size(0)))) {
    throw Error("expected boxes of shape [N, 4] and no labels or one for each box, found " +
                describe(boxes) + " and " + std::to_string(labels) + " labels");
  }
  const at::Tensor corners = plain.to(at::kDouble);
  const bool ordered = corners.isfinite().all().item<bool>() &&
                       corners.narrow(1, 0, 2).le(corners.narrow(1, 2, 2)).all().item<bool>();
  if (!ordered) {
    throw Error(
        "expected boxes as (xmin, ymin, xmax, ymax) with xmin <= xmax and ymin <= ymax, "
        "all finite");
  }
  return corners;
}

}  // namespace

Pixels make_pixels_with_boxes(const torch::Tensor& image, const torch::Tensor& boxes,
                              const std::vector<std::string>& labels, double rescale,
                              PixelRange range) {
  const at::NoGradGuard no_grad;
  const at::Tensor corners = check_boxes(boxes, labels.size());
  at::Tensor planes = to_color(make_pixels(image, range));
  const auto longest = static_cast<double>(std::max(planes.size(1), planes.size(2)));
  if (!(rescale > 0) || longest * rescale > kLargestSide) {
    throw Error(
        "expected a factor above 0 that leaves the picture at most 65535 pixels a side, "
        "found " +
        std::to_string(rescale));
  }
  if (rescale != 1) planes = resize(planes, rescale);
  Pixels pixels = make_pixels(planes);
  for (int64_t i = 0; i < corners.size(0); ++i) {
    const auto place = [&](int64_t corner) {
      const double scaled = corners[i][corner].item<double>() * rescale;
      return static_cast<int>(std::lround(std::clamp(scaled, -kLargestSide, 2 * kLargestSide)));
    };
    draw_bounding_box(pixels, {place(0), place(1), place(2), place(3)},
                      labels.empty() ? "" : labels[static_cast<std::size_t>(i)]);
  }
  return pixels;
}

}  // namespace suar
