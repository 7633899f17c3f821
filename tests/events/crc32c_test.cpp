#include "crc32c.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "crc32c_instruction.h"

namespace suar {
namespace {

TEST(Crc32c, AgreesWithTheVectorsOfRfc3720) {
  EXPECT_EQ(crc32c(std::string(32, '\0').data(), 32), 0x8a9136aau);
  EXPECT_EQ(crc32c(std::string(32, '\xff').data(), 32), 0x62a8ab43u);
  std::string ascending(32, '\0');
  for (int i = 0; i < 32; ++i) ascending[static_cast<std::size_t>(i)] = static_cast<char>(i);
  EXPECT_EQ(crc32c(ascending.data(), 32), 0x46dd794eu);
}

TEST(Crc32c, MasksAsRecordFilesDo) {
  const std::string text =
      "\x1a\x11"
      "CRC test, one two";
  EXPECT_EQ(mask_crc(crc32c(text.data(), text.size())), 0x5794d08au);
}

SUAR_CRC32C_INSTRUCTION void expect_the_same_with_known_end(const std::string& bytes) {
  for (std::size_t overlap = 0; overlap <= kKnownEndBegin; ++overlap) {
    for (std::size_t known = std::max<std::size_t>(4, overlap + 1);
         kKnownEndBegin - overlap + known + 4 <= bytes.size(); ++known) {
      const KnownEnd end = make_known_end(bytes.data() + kKnownEndBegin - overlap, known, overlap);
      const std::size_t size = kKnownEndBegin - overlap + known + 4;
      ASSERT_EQ(crc32c_with_known_end(bytes.data(), size, end), crc32c_portable(bytes.data(), size))
          << known << " bytes are known, " << overlap << " of them among the first";
    }
  }
}

TEST(Crc32c, IsTheSameOfBytesWhoseEndIsKnown) {
  if (!has_crc32c_instruction()) GTEST_SKIP() << "this processor has no instruction for CRC-32C";
  std::mt19937 random(2);
  std::string bytes(200, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  expect_the_same_with_known_end(bytes);
}

TEST(Crc32c, IsTheSameByInstructionAndByTableForEverySizeAndAlignment) {
  std::mt19937 random(1);
  std::string bytes(300, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  for (std::size_t begin = 0; begin < 9; ++begin) {
    for (std::size_t size = 0; size + begin <= bytes.size(); ++size) {
      ASSERT_EQ(crc32c(bytes.data() + begin, size), crc32c_portable(bytes.data() + begin, size));
    }
  }
}

}  // namespace
}  // namespace suar
