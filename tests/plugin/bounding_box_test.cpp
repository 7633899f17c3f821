#include "bounding_box.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "label_text.h"

namespace suar {
namespace {

Pixels blank(int width, int height, int channels = 3) {
  return {width, height, channels, std::vector<uint8_t>(width * height * channels, 9)};
}

/// Rows of characters: "R" red, "#" black, "." untouched.
std::vector<std::string> picture_of(const Pixels& pixels) {
  std::vector<std::string> rows;
  for (int y = 0; y < pixels.height; ++y) {
    std::string row;
    for (int x = 0; x < pixels.width; ++x) {
      const uint8_t* pixel = pixels.bytes.data() + (y * pixels.width + x) * pixels.channels;
      row += pixel[0] == 255 ? 'R' : pixel[0] == 0 ? '#' : '.';
    }
    rows.push_back(row);
  }
  return rows;
}

std::size_t count(const Pixels& pixels, char what) {
  std::size_t sum = 0;
  for (const auto& row : picture_of(pixels)) {
    sum += static_cast<std::size_t>(std::count(row.begin(), row.end(), what));
  }
  return sum;
}

TEST(DrawBoundingBox, FramesTheBoxTwoPixelsWide) {
  Pixels pixels = blank(8, 8);
  draw_bounding_box(pixels, {1, 1, 7, 7}, "");
  const std::vector<std::string> expected = {"........",  //
                                             ".RRRRRR.",  //
                                             ".RRRRRR.",  //
                                             ".RR..RR.",  //
                                             ".RR..RR.",  //
                                             ".RRRRRR.",  //
                                             ".RRRRRR.",  //
                                             "........"};
  EXPECT_EQ(picture_of(pixels), expected);
}

TEST(DrawBoundingBox, LeavesOutWhatIsOutsideOfThePicture) {
  Pixels pixels = blank(6, 6);
  draw_bounding_box(pixels, {-100, -100, 3, 4}, "a long label that leaves the picture");
  EXPECT_GT(count(pixels, 'R'), 0u);
  const auto bytes = pixels.bytes;
  draw_bounding_box(pixels, {100, 100, 200, 200}, "x");
  draw_bounding_box(pixels, {-200, -200, -100, -100}, "x");
  EXPECT_EQ(pixels.bytes, bytes);
}

TEST(DrawBoundingBox, IsOpaque) {
  Pixels pixels = blank(4, 4, 4);
  draw_bounding_box(pixels, {0, 0, 4, 4}, "");
  EXPECT_EQ(pixels.bytes[3], 255);
}

TEST(DrawBoundingBox, PutsTheLabelOnAPlateInTheLowerLeftCorner) {
  Pixels pixels = blank(60, 40);
  draw_bounding_box(pixels, {5, 5, 55, 35}, "L");
  const auto rows = picture_of(pixels);
  EXPECT_GT(count(pixels, '#'), 5u);
  for (int y = 0; y < 40; ++y) {
    for (int x = 0; x < 60; ++x) {
      if (rows[y][x] != '#') continue;
      EXPECT_TRUE(x >= 5 && x < 20 && y >= 23 && y < 35) << x << ", " << y;
    }
  }
}

TEST(DrawText, DrawsTheShapesOfCharacters) {
  Pixels pixels = blank(12, kTextHeight);
  draw_text(pixels, 0, 0, "Lo", {0, 0, 0});
  const std::vector<std::string> expected = {"#...........",  //
                                             "#...........",  //
                                             "#......###..",  //
                                             "#.....#...#.",  //
                                             "#.....#...#.",  //
                                             "#.....#...#.",  //
                                             "#####..###.."};
  EXPECT_EQ(picture_of(pixels), expected);
}

TEST(DrawText, DrawsEveryCharacterDifferently) {
  const auto drawn = [](const std::string& text) {
    Pixels pixels = blank(20, kTextHeight);
    draw_text(pixels, 0, 0, text, {0, 0, 0});
    return picture_of(pixels);
  };
  std::set<std::vector<std::string>> pictures;
  for (char c = ' '; c <= '~'; ++c) pictures.insert(drawn({c}));
  EXPECT_EQ(pictures.size(), 95u);
  EXPECT_EQ(drawn(" "), picture_of(blank(20, kTextHeight)));
  EXPECT_EQ(drawn("\xc3\xa4\n"), drawn("???")) << "what is not printable ASCII";
}

TEST(DrawText, StaysWithinTheWidthThatItTells) {
  std::string all;
  for (char c = ' '; c <= '~'; ++c) all += c;
  const int width = text_width(all);
  EXPECT_EQ(text_width(""), 0);
  Pixels pixels = blank(width + 50, kTextHeight + 10);
  draw_text(pixels, 0, 0, all, {0, 0, 0});
  EXPECT_GT(count(pixels, '#'), 500u);
  const auto rows = picture_of(pixels);
  for (std::size_t y = 0; y < rows.size(); ++y) {
    EXPECT_EQ(rows[y].find('#', static_cast<std::size_t>(width)), std::string::npos);
    EXPECT_TRUE(y < kTextHeight || rows[y].find('#') == std::string::npos) << y;
  }
}

}  // namespace
}  // namespace suar
