#include "printable.h"

#include <gtest/gtest.h>

namespace suar::dashboard {
namespace {

TEST(PrintableTest, LeavesTextAlone) {
  for (const char* text : {"", "Loss/train", "größe ✓ 🔥", "\xef\xbf\xbd", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_EQ(printable(text), text);
  }
}

TEST(PrintableTest, ShowsControlCharactersAsHexadecimalNumbers) {
  EXPECT_EQ(printable("a\nb\x1b[2J\x7f"), "a\\x0ab\\x1b[2J\\x7f");
  EXPECT_EQ(printable(std::string_view("\0x", 2)), "\\x00x");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\xc2\\x9b31m")
      << "a control character above 0x7f";
  EXPECT_EQ(printable("a\xe2\x80\xae"
                      "b"),
            "a\\xe2\\x80\\xaeb")
      << "right-to-left override";
}

TEST(PrintableTest, ShowsBytesThatAreNoUtf8AsHexadecimalNumbers) {
  EXPECT_EQ(printable("\xff"), "\\xff");
  EXPECT_EQ(printable("a\x80"), "a\\x80");
  EXPECT_EQ(printable("\xc3"), "\\xc3") << "cut short";
  EXPECT_EQ(printable("\xc3("), "\\xc3(");
  EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf") << "longer than need be";
  EXPECT_EQ(printable("\xe0\x80\xaf"), "\\xe0\\x80\\xaf") << "longer than need be";
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "half a pair";
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "beyond the last character";
}

TEST(PrintableTest, CountsAColumnForEachCharacter) {
  EXPECT_EQ(columns(""), 0u);
  EXPECT_EQ(columns("größe"), 5u);
}

}  // namespace
}  // namespace suar::dashboard
