#include "wav.h"

#include <gtest/gtest.h>

#include <suar/error.h>

namespace suar {
namespace {

TEST(EncodeWav, WritesTheHeaderAndTheSamples) {
  EXPECT_EQ(encode_wav({1, -2, 32767, -32768}, 2, 8000),
            std::string("RIFF\x2c\0\0\0WAVE"
                        "fmt \x10\0\0\0\1\0\2\0\x40\x1f\0\0\0\x7d\0\0\4\0\x10\0"
                        "data\x08\0\0\0\1\0\xfe\xff\xff\x7f\0\x80",
                        52));
}

TEST(EncodeWav, RefusesSoundThatIsNone) {
  EXPECT_THROW(encode_wav({}, 1, 8000), Error);
  EXPECT_THROW(encode_wav({1, 2, 3}, 2, 8000), Error);
  EXPECT_THROW(encode_wav({1}, 0, 8000), Error);
  EXPECT_THROW(encode_wav({1}, 1, 0), Error);
}

}  // namespace
}  // namespace suar
