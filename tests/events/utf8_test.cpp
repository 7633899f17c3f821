#include <gtest/gtest.h>

#include <suar/utf8.h>

namespace suar {
namespace {

TEST(ToUtf8, LeavesUtf8Alone) {
  for (const std::string text : {"", "Loss/train", "a tag that is longer than a word\n",
                                 "Gr\xc3\xb6\xc3\x9f"
                                 "e",
                                 "\xe6\x90\x8d\xe5\xa4\xb1", "\xf0\x9f\x94\xa5 hot", "\x7f\xc2\x80",
                                 "\xef\xbf\xbd", "\xed\x9f\xbf\xee\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_EQ(to_utf8(text), text);
  }
  EXPECT_EQ(to_utf8(std::string_view("a\0b", 3)), std::string("a\0b", 3));
}

TEST(ToUtf8, ReplacesEachByteThatIsOfNoCharacter) {
  const std::string unknown = "\xef\xbf\xbd";
  EXPECT_EQ(to_utf8("caf\xe9"), "caf" + unknown);
  EXPECT_EQ(to_utf8("\xe9t\xe9 in 1998"), unknown + "t" + unknown + " in 1998");
  EXPECT_EQ(to_utf8("\x80\xff"), unknown + unknown);
  EXPECT_EQ(to_utf8("\xc3\xa4\xc3"), "\xc3\xa4" + unknown) << "cut short";
  EXPECT_EQ(to_utf8("\xc3("), unknown + "(");
  EXPECT_EQ(to_utf8("\xc0\xaf"), unknown + unknown) << "longer than need be";
  EXPECT_EQ(to_utf8("\xed\xa0\x80"), unknown + unknown + unknown) << "half a pair";
  EXPECT_EQ(to_utf8("\xf4\x90\x80\x80"), unknown + unknown + unknown + unknown)
      << "beyond the last character";
}

TEST(ToUtf8, FindsABadByteAtAnyPlace) {
  for (std::size_t size = 1; size < 40; ++size) {
    for (std::size_t place = 0; place < size; ++place) {
      std::string text(size, 'x');
      text[place] = '\xe9';
      ASSERT_EQ(to_utf8(text), text.substr(0, place) + "\xef\xbf\xbd" + text.substr(place + 1));
    }
  }
}

TEST(ToUtf8, MakesTheSameOfAPartAsOfTheWhole) {
  EXPECT_EQ(to_utf8("\xe2\x82/tiles"), to_utf8("\xe2\x82") + "/tiles");
}

TEST(FirstCharacter, TellsCodeAndSize) {
  const auto expect = [](std::string_view text, uint32_t code, std::size_t size) {
    EXPECT_EQ(first_character(text).code, code);
    EXPECT_EQ(first_character(text).size, size);
  };
  expect("ab", 'a', 1);
  expect(
      "\xc3\xa4"
      "b",
      0xe4, 2);
  expect("\xe2\x82\xac", 0x20ac, 3);
  expect("\xf0\x9f\x94\xa5", 0x1f525, 4);
  expect("\xe4", 0, 0);
}

}  // namespace
}  // namespace suar
