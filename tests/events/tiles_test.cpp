#include <cmath>

#include <gtest/gtest.h>

#include <suar/tiles.h>

namespace suar {
namespace {

TEST(Tiles, AreReadAsTheyWereMade) {
  const Tiles made{28,
                   30,
                   2,
                   8,
                   {{"Coat", "Shirt", 0.875f, TileVerdict::wrong},
                    {"\xff|", "", std::nanf(""), TileVerdict::not_judged},
                    {"Bag", "Bag", 1, TileVerdict::right}}};
  const Summary summary = make_tiles_summary("Samples/train", made);
  EXPECT_EQ(summary.tag, "Samples/train/tiles");
  const auto read = parse_tiles(summary);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->width, 28);
  EXPECT_EQ(read->height, 30);
  EXPECT_EQ(read->border, 2);
  EXPECT_EQ(read->columns, 8);
  ASSERT_EQ(read->captions.size(), 3u);
  EXPECT_EQ(read->captions[0].predicted, "Coat");
  EXPECT_EQ(read->captions[0].actual, "Shirt");
  EXPECT_EQ(read->captions[0].probability, 0.875f);
  EXPECT_EQ(read->captions[1].predicted, "\xef\xbf\xbd|") << "in UTF-8";
  EXPECT_TRUE(std::isnan(read->captions[1].probability));
  EXPECT_EQ(read->captions[0].verdict, TileVerdict::wrong);
  EXPECT_EQ(read->captions[1].verdict, TileVerdict::not_judged);
  EXPECT_EQ(read->captions[2].verdict, TileVerdict::right);
}

TEST(Tiles, AreNotReadOutOfAnythingElse) {
  const Summary good = make_tiles_summary("Samples", {1, 1, 0, 1, {}});
  ASSERT_TRUE(parse_tiles(good));
  Summary bad = good;
  bad.plugin.name = "text";
  EXPECT_FALSE(parse_tiles(bad));
  bad = good;
  std::get<TensorValue>(bad.value).strings[0] = "\xff\xff";
  EXPECT_FALSE(parse_tiles(bad));
  std::get<TensorValue>(bad.value).strings.clear();
  EXPECT_FALSE(parse_tiles(bad));
  bad.value = 0.5;
  EXPECT_FALSE(parse_tiles(bad));
  EXPECT_FALSE(parse_tiles(make_tiles_summary("Samples", {0, 1, 0, 1, {}})));
  EXPECT_FALSE(parse_tiles(make_tiles_summary("Samples", {1, 1, -1, 1, {}})));
  EXPECT_FALSE(parse_tiles(make_tiles_summary("Samples", {1, 1, 0, 0, {}})));
  EXPECT_FALSE(
      parse_tiles(make_tiles_summary("Samples", {1, 1, 0, 1, std::vector<TileCaption>(65537)})));
}

}  // namespace
}  // namespace suar
