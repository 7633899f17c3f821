#include "gzip.h"

#include <string>

#include <gtest/gtest.h>

namespace suar::dashboard {
namespace {

TEST(Gzip, GivesBackWhatWentIn) {
  std::string bytes;
  for (unsigned i = 0; i < 100000; ++i) bytes += static_cast<char>(i * i % 251);
  const auto compressed = gzip(bytes, 1);
  EXPECT_LT(compressed.size(), bytes.size());
  EXPECT_EQ(gunzip(compressed), bytes);
  EXPECT_EQ(gunzip(gzip("", 9)), "");
}

TEST(Gunzip, RefusesWhatIsNotWhole) {
  const auto compressed = gzip(std::string(1000, 'x'), 6);
  EXPECT_EQ(gunzip(compressed.substr(0, compressed.size() / 2)), std::nullopt);
  EXPECT_EQ(gunzip("not gzip"), std::nullopt);
  EXPECT_EQ(gunzip(""), std::nullopt);
}

TEST(AcceptsGzip, ReadsTheHeader) {
  EXPECT_TRUE(accepts_gzip("gzip"));
  EXPECT_TRUE(accepts_gzip("br;q=1.0, gzip;q=0.8, *;q=0.1"));
  EXPECT_TRUE(accepts_gzip("deflate,gzip;q=0.01"));
  EXPECT_FALSE(accepts_gzip(""));
  EXPECT_FALSE(accepts_gzip("br, deflate"));
  EXPECT_FALSE(accepts_gzip("gzip;q=0"));
  EXPECT_FALSE(accepts_gzip("gzip;q=0.00, br"));
  EXPECT_FALSE(accepts_gzip("x-gzipped"));
}

}  // namespace
}  // namespace suar::dashboard
