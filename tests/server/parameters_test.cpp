#include "parameters.h"

#include <limits>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "answer.h"

namespace suar::dashboard {
namespace {

using Values = std::multimap<std::string, std::string>;

std::string refusal_of_whole(const std::string& value) {
  try {
    Parameters(Values{{"buckets", value}}).whole("buckets", 500, 1, 10000);
  } catch (const RequestError& error) {
    EXPECT_EQ(error.status(), 400);
    return error.what();
  }
  return "";
}

TEST(Parameters, TakeWholeNumbersInTheirRangeOnly) {
  EXPECT_EQ(Parameters(Values{}).whole("buckets", 500, 1, 10000), 500u);
  EXPECT_EQ(Parameters(Values{{"buckets", "7"}}).whole("buckets", 500, 1, 10000), 7u);
  for (const char* wrong : {"", "0", "10001", "-1", "1.5", "1e3", " 1", "1 ", "0x10", "many",
                            "99999999999999999999999"}) {
    EXPECT_EQ(refusal_of_whole(wrong),
              "expected 'buckets' to be a whole number from 1 to 10000, found \"" +
                  std::string(wrong) + '"');
  }
}

TEST(Parameters, TakeFiniteNumbersOnly) {
  EXPECT_EQ(Parameters(Values{{"from", "-1.5e3"}}).number("from"), -1500.0);
  EXPECT_EQ(Parameters(Values{}).number("from"), std::nullopt);
  for (const char* wrong : {"", "nan", "inf", "1e999", "1,5", "0x1p3x"}) {
    EXPECT_THROW(Parameters(Values{{"from", wrong}}).number("from"), RequestError) << wrong;
  }
  EXPECT_THROW(Parameters(Values{{"smoothing", "1"}}).number("smoothing", 0, 0, 0.999),
               RequestError);
  EXPECT_THROW(Parameters(Values{{"smoothing", "-0.1"}}).number("smoothing", 0, 0, 0.999),
               RequestError);
}

TEST(Parameters, DoNotRepeatAMegabyteInTheirMessage) {
  EXPECT_LT(refusal_of_whole(std::string(1 << 20, 'x')).size(), 200u);
}

TEST(StepRange, HoldsTheWholeStepsBetweenFractions) {
  const auto range = step_range(1.2, 3.8);
  EXPECT_EQ(range.first, 2);
  EXPECT_EQ(range.last, 3);
  const auto widest = step_range(-1e300, 1e300);
  EXPECT_EQ(widest.first, std::numeric_limits<int64_t>::min());
  EXPECT_EQ(widest.last, std::numeric_limits<int64_t>::max());
}

}  // namespace
}  // namespace suar::dashboard
