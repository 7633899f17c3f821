#include "image_grid.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <suar/error.h>

namespace suar {
namespace {

TEST(MakePixels, InterleavesChannelsAndScalesFloatingPoint) {
  const auto image = torch::tensor({0.0f, 1.0f, 0.5f, -3.0f, 7.0f, NAN}).reshape({3, 1, 2});
  const Pixels pixels = make_pixels(image);
  EXPECT_EQ(pixels.width, 2);
  EXPECT_EQ(pixels.height, 1);
  EXPECT_EQ(pixels.channels, 3);
  EXPECT_EQ(pixels.bytes, (std::vector<uint8_t>{0, 128, 255, 255, 0, 0}));
}

TEST(MakePixels, StretchesTheRangeThatIsStated) {
  const auto image = torch::tensor({-1.0f, 1.0f, 0.0f, -3.0f, 7.0f, NAN}).reshape({1, 6});
  EXPECT_EQ(make_pixels(image, {-1, 1}).bytes, (std::vector<uint8_t>{0, 255, 128, 0, 255, 0}));
  EXPECT_EQ(make_pixels(image.slice(1, 0, 2).to(torch::kByte), {-1, 1}).bytes[1], 1)
      << "bytes are as they are";
}

TEST(MakePixels, TakesBytesAsTheyAreAndGreyWithoutAChannel) {
  const auto image = torch::arange(6, torch::kByte).reshape({2, 3});
  EXPECT_EQ(make_pixels(image).bytes, (std::vector<uint8_t>{0, 1, 2, 3, 4, 5}));
}

TEST(MakePixels, ShowsTrueWhite) {
  EXPECT_EQ(make_pixels(torch::eye(2).to(torch::kBool)).bytes,
            (std::vector<uint8_t>{255, 0, 0, 255}));
}

TEST(MakePixels, RefusesIntegersOfUnknownRange) {
  EXPECT_THROW(make_pixels(torch::ones({2, 2}, torch::kLong)), Error);
}

TEST(MakePixels, RefusesOtherShapes) {
  EXPECT_THROW(make_pixels(torch::zeros({5, 2, 2})), Error);
  EXPECT_THROW(make_pixels(torch::zeros({1, 1, 2, 2})), Error);
  EXPECT_THROW(make_pixels(torch::zeros({1, 0, 2})), Error);
  EXPECT_THROW(make_pixels(torch::zeros({2})), Error);
}

TEST(MakeImageGrid, PutsTheTilesInRowsWithBorders) {
  const auto images = torch::ones({5, 1, 4, 6});
  const auto grid = make_image_grid(images, 3);
  EXPECT_EQ(grid.sizes(), (torch::IntArrayRef{1, 2 * 6 + 2, 3 * 8 + 2}));
  EXPECT_EQ(grid.sum().item<float>(), 5 * 4 * 6);
  EXPECT_EQ(grid[0][2][2].item<float>(), 1);
  EXPECT_EQ(grid[0][1][2].item<float>(), 0);
  EXPECT_EQ(grid[0][8][18].item<float>(), 0) << "the sixth tile is empty";
  EXPECT_EQ(make_image_grid(images).sizes(), grid.sizes()) << "about square";
}

TEST(MakeImageGrid, RefusesOtherShapes) {
  EXPECT_THROW(make_image_grid(torch::zeros({1, 4, 6})), Error);
  EXPECT_THROW(make_image_grid(torch::zeros({0, 1, 4, 6})), Error);
}

}  // namespace
}  // namespace suar
