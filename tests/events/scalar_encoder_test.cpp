#include "scalar_encoder.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "event_encoder.h"

namespace suar {
namespace {

TEST(ScalarEncoder, WritesTheBytesThatProtobufWrites) {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double wall_time : {0.0, -0.0, 1e-9, 1700000000.123456, -1.0, infinity}) {
    for (const int64_t step : {int64_t{0}, int64_t{1}, int64_t{127}, int64_t{128}, int64_t{-1},
                               int64_t{1} << 40, std::numeric_limits<int64_t>::min()}) {
      for (const std::size_t tag_size : {0, 1, 110, 111, 112, 127, 128, 10000, 20000}) {
        for (const double value : {0.0, -0.0, 0.1, infinity, std::nan("")}) {
          const std::string tag(tag_size, 'x');
          std::string ours = "before", theirs = "before";
          encode_scalar_event(wall_time, step, tag, static_cast<float>(value), ours);
          EventEncoder encoder;
          encoder.encode({wall_time, step, std::vector<Summary>{{tag, value, ""}}}, theirs);
          ASSERT_EQ(ours, theirs) << wall_time << " " << step << " " << tag_size << " " << value;
        }
      }
    }
  }
}

}  // namespace
}  // namespace suar
