#include "sample_tiles.h"

#include <cmath>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <suar/error.h>

#include "image_grid.h"

namespace suar {
namespace {

torch::Tensor draw(const torch::Tensor& input, std::optional<PixelRange> range = std::nullopt) {
  return draw_tiles(input, input.size(0), range);
}

TEST(SampleTiles, OfBytesAndTruthValuesAreAsTheyAre) {
  const auto bytes = torch::arange(24, torch::kByte).reshape({2, 3, 2, 2});
  EXPECT_TRUE(draw(bytes).equal(bytes));
  EXPECT_TRUE(draw(bytes, PixelRange{-1, 1}).equal(bytes));
  EXPECT_TRUE(draw(bytes.gt(11)).equal(bytes.gt(11).to(torch::kByte) * 255));
}

TEST(SampleTiles, AreTheFirstSamples) {
  const auto bytes = torch::arange(24, torch::kByte).reshape({6, 1, 2, 2});
  EXPECT_TRUE(draw_tiles(bytes, 4, {}).equal(bytes.narrow(0, 0, 4)));
}

TEST(SampleTiles, OfFloatingPointAreStretchedOverTheNumbersOfAllThatAreDrawn) {
  const auto input = torch::tensor({-2.0F, 0.0F, 1.0F, 2.0F, 100.0F, 0.0F}).reshape({3, 1, 1, 2});
  EXPECT_TRUE(
      draw_tiles(input, 2, {}).flatten().equal(torch::tensor({0, 128, 191, 255}, torch::kByte)));
  const auto constant = torch::full({2, 1, 2, 2}, 7.0F);
  EXPECT_TRUE(draw(constant).equal(torch::zeros({2, 1, 2, 2}, torch::kByte)));
}

TEST(SampleTiles, OfFloatingPointAreDrawnInTheRangeThatIsStated) {
  const auto input = torch::tensor({-3.0F, -1.0F, 0.0F, 1.0F}).reshape({1, 1, 2, 2});
  for (const auto type : {torch::kFloat, torch::kDouble, torch::kHalf}) {
    EXPECT_TRUE(draw(input.to(type), PixelRange{-1, 1})
                    .flatten()
                    .equal(torch::tensor({0, 0, 128, 255}, torch::kByte)));
  }
}

TEST(SampleTiles, ShowTheOtherPixelsWhereSomeAreNotFinite) {
  const auto input = torch::tensor({NAN, 1.0F, HUGE_VALF, -HUGE_VALF, 0.5F, 0.0F});
  EXPECT_TRUE(draw(input.reshape({1, 1, 2, 3}))
                  .flatten()
                  .equal(torch::tensor({0, 255, 255, 0, 128, 0}, torch::kByte)));
  EXPECT_TRUE(draw(torch::full({1, 1, 2, 2}, NAN)).equal(torch::zeros({1, 1, 2, 2}, torch::kByte)));
}

TEST(SampleTiles, AreTheSameDrawnInPartsAsInOne) {
  torch::manual_seed(1);
  for (const auto& input : {torch::randn({2, 3, 600, 500}), torch::randn({40, 1, 100, 100}),
                            torch::randn({1, 4, 3, 200000}), torch::randn({3, 2, 600, 500}).mT()}) {
    const auto low = input.min();
    EXPECT_TRUE(draw(input).equal(to_bytes((input - low) / (input.max() - low))));
    EXPECT_TRUE(draw(input, PixelRange{-1, 2}).equal(to_bytes(input, {-1, 2})));
  }
}

TEST(SampleTiles, ShowEverySecondRowAndColumnOfAPictureThatIsTooLargeByItself) {
  const auto large = torch::arange(3000 * 2000).remainder(251).reshape({1, 1, 3000, 2000});
  const auto expected = large.slice(2, 0, 3000, 2).slice(3, 0, 2000, 2);
  EXPECT_TRUE(draw(large.to(torch::kByte)).equal(expected.to(torch::kByte)));
  EXPECT_TRUE(draw(large.to(torch::kHalf), PixelRange{0, 255}).equal(expected.to(torch::kByte)));
}

TEST(SampleTiles, AreFewerWherePicturesAreLargeButAtLeastOne) {
  const auto count = [](torch::IntArrayRef sizes) {
    return count_tiles(torch::zeros(1, torch::kByte).expand(sizes), 64);
  };
  EXPECT_EQ(count({100, 3, 256, 256}), 64);
  EXPECT_EQ(count({10, 3, 256, 256}), 10);
  EXPECT_EQ(count({100, 1024, 1024}), 4);
  EXPECT_EQ(count({100, 1, 5000, 5000}), 1);
  EXPECT_EQ(count({100, 20}), 64) << "whose samples are no pictures";
  EXPECT_EQ(count({100, 3, 0, 8}), 64);
}

TEST(SampleTiles, OfSamplesWithoutChannelsAreGreyWhereTheirRangeIsStated) {
  const auto input = torch::rand({3, 8, 6});
  EXPECT_TRUE(draw(input, PixelRange()).equal(draw(input.unsqueeze(1), PixelRange())));
}

TEST(SampleTiles, AreNoneOfWhatNobodyWouldTakeForPictures) {
  for (const auto& input : {torch::rand({2, 7, 5}), torch::rand({2, 5}), torch::rand({2})}) {
    EXPECT_FALSE(draw(input).defined());
  }
}

TEST(SampleTiles, AreRefusedOfWhatOnlySeemsToBePictures) {
  EXPECT_THROW(draw(torch::rand({2, 6, 8, 8})), Error);
  EXPECT_THROW(draw(torch::rand({2, 5}), PixelRange()), Error);
  EXPECT_THROW(draw(torch::rand({2, 1, 4, 8, 8}), PixelRange()), Error);
  EXPECT_THROW(draw(torch::ones({2, 1, 8, 8}, torch::kLong)), Error);
}

}  // namespace
}  // namespace suar
