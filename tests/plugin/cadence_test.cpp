#include <gtest/gtest.h>

#include <suar/cadence.h>
#include <suar/error.h>

namespace suar {
namespace {

/// The steps of two epochs of four steps each that are due, when training begins with `first`.
std::vector<int64_t> due_steps(const Cadence& cadence, int64_t first = 0) {
  std::vector<int64_t> due;
  for (int64_t step = first; step < first + 8; ++step) {
    if (cadence.is_due(step, step == first, (step - first) % 4 == 0)) due.push_back(step);
  }
  return due;
}

using Steps = std::vector<int64_t>;

TEST(Cadence, OfANumberIsDueAtItsMultiples) {
  EXPECT_EQ(due_steps(3), (Steps{0, 3, 6}));
  EXPECT_EQ(due_steps(every_n_steps(3), 10), (Steps{12, 15}));
  EXPECT_EQ(due_steps(1).size(), 8u);
}

TEST(Cadence, OfZeroIsNeverDue) {
  EXPECT_EQ(due_steps(0), Steps{});
  EXPECT_EQ(due_steps(never()), Steps{});
  EXPECT_TRUE(never().is_never());
  EXPECT_FALSE(once().is_never());
}

TEST(Cadence, OfEveryEpochIsDueAtTheFirstStepOfEach) {
  EXPECT_EQ(due_steps(every_epoch(), 10), (Steps{10, 14}));
}

TEST(Cadence, OfOnceIsDueAtTheFirstStepOfTheTraining) {
  EXPECT_EQ(due_steps(once(), 10), Steps{10});
}

TEST(Cadence, OfStepsIsDueAtThemInAnyOrder) {
  EXPECT_EQ(due_steps(at({7, 0, 3, 100})), (Steps{0, 3, 7}));
}

TEST(Cadence, OfNoStepsIsNeverDue) {
  EXPECT_TRUE(at({}).is_never());
  EXPECT_EQ(due_steps(at({})), Steps{});
}

TEST(Cadence, CanBeDescribed) {
  EXPECT_EQ(every_n_steps(1).describe(), "every step");
  EXPECT_EQ(every_n_steps(10).describe(), "every 10 steps");
  EXPECT_EQ(every_epoch().describe(), "every epoch");
  EXPECT_EQ(once().describe(), "once");
  EXPECT_EQ(at({7, 0, 7}).describe(), "at the steps 0, 7");
  EXPECT_EQ(at({}).describe(), "never");
  EXPECT_EQ(never().describe(), "never");
}

TEST(Cadence, OfANegativeNumberIsAnError) {
  EXPECT_THROW(every_n_steps(-1), Error);
  EXPECT_THROW(at({3, -1}), Error);
}

}  // namespace
}  // namespace suar
