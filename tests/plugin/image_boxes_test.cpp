#include "image_boxes.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace suar {
namespace {

std::array<int, 3> pixel_at(const Pixels& pixels, int x, int y) {
  const uint8_t* pixel = pixels.bytes.data() + (y * pixels.width + x) * pixels.channels;
  return {pixel[0], pixel[1], pixel[2]};
}

constexpr std::array<int, 3> kRed = {255, 0, 0};

TEST(MakePixelsWithBoxes, DrawsWhereTheBoxesAre) {
  const auto image = torch::full({3, 20, 30}, 0.2);
  const auto boxes = torch::tensor({{5, 6, 15, 18}, {20, 0, 30, 20}});
  const Pixels pixels = make_pixels_with_boxes(image, boxes, {}, 1);
  for (const auto& [x, y] : {std::pair{5, 6}, {14, 17}, {5, 12}, {20, 0}, {29, 19}}) {
    EXPECT_EQ(pixel_at(pixels, x, y), kRed) << x << ", " << y;
  }
  for (const auto& [x, y] : {std::pair{4, 6}, {15, 17}, {10, 12}, {25, 10}}) {
    EXPECT_EQ(pixel_at(pixels, x, y), (std::array<int, 3>{51, 51, 51})) << x << ", " << y;
  }
}

TEST(MakePixelsWithBoxes, EnlargesTheBoxesWithThePicture) {
  const Pixels pixels =
      make_pixels_with_boxes(torch::zeros({10, 20}), torch::tensor({{2, 3, 8, 9}}), {}, 3);
  EXPECT_EQ(pixels.width, 60);
  EXPECT_EQ(pixels.height, 30);
  EXPECT_EQ(pixel_at(pixels, 6, 9), kRed);
  EXPECT_EQ(pixel_at(pixels, 23, 26), kRed);
  EXPECT_NE(pixel_at(pixels, 5, 9), kRed);
}

TEST(MakePixelsWithBoxes, KeepsTheColorsOfAPictureThatItMakesSmaller) {
  const auto image = torch::stack(
      {torch::full({64, 64}, 0.25), torch::full({64, 64}, 0.5), torch::full({64, 64}, 1.0)});
  const Pixels pixels = make_pixels_with_boxes(image, torch::empty({0, 4}), {}, 0.1);
  EXPECT_EQ(pixels.width, 6);
  EXPECT_EQ(pixel_at(pixels, 3, 3), (std::array<int, 3>{64, 128, 255}));
}

TEST(MakePixelsWithBoxes, KeepsTransparency) {
  const auto image = torch::full({2, 8, 8}, 128, torch::kByte);
  const Pixels pixels = make_pixels_with_boxes(image, torch::tensor({{0, 0, 4, 4}}), {}, 1);
  ASSERT_EQ(pixels.channels, 4);
  EXPECT_EQ(pixels.bytes[3], 255) << "a box is opaque";
  EXPECT_EQ(pixels.bytes[4 * 7 + 3], 128);
}

}  // namespace
}  // namespace suar
