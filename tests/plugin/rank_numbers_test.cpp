// What ranks tell each other: as bytes and back, and put together.

#include "rank_numbers.h"

#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include <suar/error.h>

#include "rank_message.h"

namespace suar {
namespace {

std::vector<double> random_values(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  std::vector<double> values(size);
  for (double& value : values) value = normal(random);
  values[0] = 0;
  values[1] = std::nan("");
  values[2] = -std::numeric_limits<double>::infinity();
  return values;
}

NumberStatistics statistics_of(const std::vector<double>& values) {
  return compute_statistics(values.data(), values.size());
}

RankNumbers example(unsigned seed) {
  const auto values = random_values(1000, seed);
  RankNumbers numbers;
  numbers.moment = "step 7";
  numbers.scalars = {{"Loss/train", 7, 0.5, Across::mean, 1, Meaning::loss, 3},
                     {"Accuracy/train", 7, 0.25, Across::mean, 8, Meaning::accuracy},
                     {"Norm", 7, 3, Across::root_mean_square},
                     {"Throughput", 7, 100, Across::sum}};
  numbers.logged.scalars = {{"f1", 5, 1}, {"f1", 6, 2}};
  numbers.logged.scalars[1].validation = "F1";
  numbers.logged.counts = {{"Confusion", 6, {1, 0, 0, 3}}};
  numbers.gradients = {{}, {1, statistics_of(values), 0.25}};
  numbers.activations = {{"relu", statistics_of(values), std::nullopt}};
  return numbers;
}

void expect_equal(const NumberStatistics& a, const NumberStatistics& b) {
  EXPECT_EQ(a.finite, b.finite);
  EXPECT_EQ(a.nan, b.nan);
  EXPECT_EQ(a.positive_infinity, b.positive_infinity);
  EXPECT_EQ(a.negative_infinity, b.negative_infinity);
  EXPECT_EQ(a.zeros, b.zeros);
  EXPECT_EQ(a.min, b.min);
  EXPECT_EQ(a.max, b.max);
  EXPECT_NEAR(a.sum, b.sum, 1e-9);
  EXPECT_NEAR(a.sum_squares, b.sum_squares, 1e-9);
  EXPECT_NEAR(a.sum_abs, b.sum_abs, 1e-9);
  EXPECT_EQ(a.buckets, b.buckets);
}

TEST(RankMessage, BringsEveryNumberThere) {
  const RankNumbers sent = example(1), received = decode_rank_numbers(encode(sent));
  EXPECT_EQ(received.moment, "step 7");
  ASSERT_EQ(received.scalars.size(), 4u);
  EXPECT_EQ(received.scalars[1].tag, "Accuracy/train");
  EXPECT_EQ(received.scalars[0].meaning, Meaning::loss);
  EXPECT_EQ(received.scalars[0].model, 3);
  EXPECT_EQ(received.scalars[1].meaning, Meaning::accuracy);
  EXPECT_EQ(received.scalars[1].model, kEveryModel);
  EXPECT_EQ(received.scalars[1].step, 7);
  EXPECT_EQ(received.scalars[1].value, 0.25);
  EXPECT_EQ(received.scalars[1].weight, 8);
  EXPECT_EQ(received.scalars[2].across, Across::root_mean_square);
  ASSERT_EQ(received.logged.scalars.size(), 2u);
  EXPECT_EQ(received.logged.scalars[1].value, 2);
  EXPECT_EQ(received.logged.scalars[1].validation, "F1");
  ASSERT_EQ(received.logged.counts.size(), 1u);
  EXPECT_EQ(received.logged.counts[0].tag, "Confusion");
  EXPECT_EQ(received.logged.counts[0].step, 6);
  EXPECT_EQ(received.logged.counts[0].counts, (std::vector<double>{1, 0, 0, 3}));
  ASSERT_EQ(received.gradients.size(), 2u);
  EXPECT_EQ(received.gradients[0].ranks, 0u);
  EXPECT_EQ(received.gradients[1].ranks, 1u);
  EXPECT_EQ(received.gradients[1].dead_units, 0.25);
  expect_equal(received.gradients[1].numbers, sent.gradients[1].numbers);
  ASSERT_EQ(received.activations.size(), 1u);
  EXPECT_EQ(received.activations[0].name, "relu");
  expect_equal(*received.activations[0].values, *sent.activations[0].values);
  EXPECT_FALSE(received.activations[0].gradient);
}

TEST(RankMessage, RefusesBytesThatAreNone) {
  const std::string bytes = encode(example(1));
  for (std::size_t size = 0; size < bytes.size(); size += 7) {
    EXPECT_THROW(decode_rank_numbers(bytes.substr(0, size)), Error) << size;
  }
  EXPECT_THROW(decode_rank_numbers(bytes + "x"), Error);
  EXPECT_THROW(decode_rank_numbers(std::string(64, '\xff')), Error);
}

TEST(RankNumbers, OfTwoRanksAreThoseOfAllTheirValues) {
  RankNumbers both = example(1);
  merge(both, example(2));
  auto values = random_values(1000, 1);
  const auto more = random_values(1000, 2);
  values.insert(values.end(), more.begin(), more.end());
  expect_equal(both.gradients[1].numbers, statistics_of(values));
  expect_equal(*both.activations[0].values, statistics_of(values));
  EXPECT_EQ(both.gradients[1].ranks, 2u);
  EXPECT_EQ(both.gradients[0].ranks, 0u);
}

TEST(RankNumbers, OfScalarsAreMeansByWeightRootMeanSquaresOrSums) {
  RankNumbers all;
  for (const double value : {1.0, 2.0, 6.0}) {
    RankNumbers rank;
    rank.scalars = {{"mean", 0, value},
                    {"weighted", 0, value, Across::mean, value},
                    {"norm", 0, value, Across::root_mean_square},
                    {"sum", 0, value, Across::sum}};
    merge(all, rank);
  }
  ASSERT_EQ(all.scalars.size(), 4u);
  EXPECT_DOUBLE_EQ(all.scalars[0].value, 3);
  EXPECT_DOUBLE_EQ(all.scalars[1].value, (1 + 4 + 36) / 9.0);
  EXPECT_DOUBLE_EQ(all.scalars[2].value, std::sqrt((1 + 4 + 36) / 3.0));
  EXPECT_DOUBLE_EQ(all.scalars[3].value, 9);
}

TEST(RankNumbers, KeepWhatOnlyOneRankHas) {
  RankNumbers some, others;
  some.logged.scalars = {{"a", 1, 10}, {"a", 1, 20}, {"b", 1, 1}};
  others.logged.scalars = {{"c", 1, 5}, {"a", 1, 30}, {"a", 2, 7}, {"a", 1, 40}};
  others.activations = {{"relu", statistics_of({1.0, 2.0}), std::nullopt}};
  others.gradients = {{1, statistics_of({3.0}), 0.5}};
  merge(some, others);
  // The first "a" of step 1 meets the first, the second the second.
  std::vector<double> values;
  for (const RankScalar& scalar : some.logged.scalars) values.push_back(scalar.value);
  EXPECT_EQ(values, (std::vector<double>{20, 30, 1, 5, 7}));
  ASSERT_EQ(some.activations.size(), 1u);
  EXPECT_EQ(some.activations[0].values->finite, 2u);
  ASSERT_EQ(some.gradients.size(), 1u);
  EXPECT_EQ(some.gradients[0].numbers.sum, 3);
  EXPECT_EQ(some.gradients[0].dead_units, 0.5);
}

TEST(RankNumbers, AddUpTheCountsOfOneTagAndStep) {
  RankNumbers some, others;
  some.logged.counts = {{"train", 5, {1, 2, 3, 4}}, {"validation", 5, {1, 0, 0, 1}}};
  others.logged.counts = {{"train", 5, {10, 0, 0, 10}}, {"train", 6, {7, 7, 7, 7}}};
  merge(some, others);
  ASSERT_EQ(some.logged.counts.size(), 3u);
  EXPECT_EQ(some.logged.counts[0].counts, (std::vector<double>{11, 2, 3, 14}));
  EXPECT_EQ(some.logged.counts[1].counts, (std::vector<double>{1, 0, 0, 1}));
  EXPECT_EQ(some.logged.counts[2].step, 6);
}

TEST(RankNumbers, CallNoMoreUnitsDeadThanAnyRankDoes) {
  RankNumbers some, others;
  some.gradients = {{1, statistics_of({0.0}), 0.75}};
  others.gradients = {{1, statistics_of({0.0}), 0.5}};
  merge(some, others);
  EXPECT_EQ(some.gradients[0].dead_units, 0.5);
}

}  // namespace
}  // namespace suar
