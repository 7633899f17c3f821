// What is computed on an accelerator. It runs on any device: here on the processor, against the
// kernel that counts there.

#include "device_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <set>

#include <ATen/record_function.h>
#include <c10/core/Allocator.h>
#include <c10/util/ThreadLocalDebugInfo.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "default_buckets.h"
#include "tensor_statistics.h"

namespace suar {
namespace {

NumberStatistics compute(const torch::Tensor& tensor) {
  const auto numbers = compute_device_statistics(tensor);
  EXPECT_EQ(numbers.dim(), 1);
  EXPECT_EQ(numbers.scalar_type(), torch::kDouble);
  return read_device_statistics(numbers.data_ptr<double>(), static_cast<uint64_t>(tensor.numel()));
}

void expect_same(const torch::Tensor& tensor) {
  const NumberStatistics found = compute(tensor), expected = compute_statistics(tensor);
  EXPECT_EQ(found.buckets, expected.buckets);
  EXPECT_EQ(found.finite, expected.finite);
  EXPECT_EQ(found.nan, expected.nan);
  EXPECT_EQ(found.positive_infinity, expected.positive_infinity);
  EXPECT_EQ(found.negative_infinity, expected.negative_infinity);
  EXPECT_EQ(found.zeros, expected.zeros);
  EXPECT_EQ(found.min, expected.min);
  EXPECT_EQ(found.max, expected.max);
  EXPECT_NEAR(found.sum, expected.sum, 1e-6 * expected.sum_abs);
  EXPECT_NEAR(found.sum_abs, expected.sum_abs, 1e-6 * expected.sum_abs);
  EXPECT_NEAR(found.sum_squares, expected.sum_squares, 1e-6 * expected.sum_squares);
}

/// Follows how much memory LibTorch holds for tensors of this thread, in its life.
class MemoryWitness : public c10::MemoryReportingInfoBase {
 public:
  // Without "override": LibTorch changed the types of the two totals, and calls one of these.
  bool memoryProfilingEnabled() const { return true; }
  void reportMemoryUsage(void*, int64_t size, int64_t, int64_t, c10::Device) { report(size); }
  void reportMemoryUsage(void*, int64_t size, size_t, size_t, c10::Device) { report(size); }

  int64_t most() const { return most_; }

 private:
  void report(int64_t size) {
    held_ += size;
    most_ = std::max(most_, held_);
  }
  int64_t held_ = 0, most_ = 0;  // bytes
};

/// The most bytes for each element that are held while the statistics are computed.
double measure_memory(const torch::Tensor& tensor) {
  compute_device_statistics(tensor);  // the edges stay
  const auto witness = std::make_shared<MemoryWitness>();
  {
    const c10::DebugInfoGuard guard(c10::DebugInfoKind::PROFILER_STATE, witness);
    compute_device_statistics(tensor);
  }
  return static_cast<double>(witness->most()) / static_cast<double>(tensor.numel());
}

TEST(DeviceStatistics, TakeAsMuchMemoryAsTheCallbackSays) {
  const auto values = torch::randn({1000000});
  EXPECT_LT(measure_memory(values), 13.5);
  EXPECT_LT(measure_memory(values.to(torch::kHalf)), 17.5);
  EXPECT_LT(measure_memory(values.to(torch::kDouble)), 17.5);
}

TEST(DeviceStatistics, AreThoseOfTheProcessorForRandomNumbersOfAllSizes) {
  torch::manual_seed(1);
  for (const double scale : {1e-20, 1e-6, 1.0, 1e10}) {
    SCOPED_TRACE(scale);
    expect_same(torch::randn({20000}) * scale);
  }
  expect_same(torch::randn({5000}) * torch::pow(10, torch::rand({5000}) * 70 - 45));
}

TEST(DeviceStatistics, CountAnEdgeAndItsNeighboursWhereTheProcessorCountsThem) {
  std::vector<float> values;
  for (const double edge : default_bucket_edges()) {
    const auto near = static_cast<float>(edge);
    const float infinity = std::numeric_limits<float>::infinity();
    for (const float value :
         {near, std::nextafter(near, infinity), std::nextafter(near, -infinity)}) {
      values.push_back(value);
    }
  }
  expect_same(torch::tensor(values));
  expect_same(torch::tensor(default_bucket_edges(), torch::kDouble));
}

TEST(DeviceStatistics, TellWhatIsNotFiniteFromTheGreatestNumbers) {
  const float greatest = std::numeric_limits<float>::max();
  expect_same(
      torch::tensor(std::vector<float>{NAN, HUGE_VALF, HUGE_VALF, -HUGE_VALF, greatest, -greatest,
                                       0.0F, -0.0F, 1e-45F, -1e-45F, 1e-38F, 2.0F}));
  expect_same(torch::tensor(std::vector<float>{NAN, NAN, -HUGE_VALF}));
  expect_same(torch::tensor(
      std::vector<double>{HUGE_VAL, std::numeric_limits<double>::max(), 5e-324, -1e300}));
}

TEST(DeviceStatistics, TakeEveryTypeAndLayout) {
  torch::manual_seed(2);
  const auto values = torch::randn({40, 50}) * 20;
  for (const auto type : {torch::kHalf, torch::kBFloat16, torch::kFloat, torch::kDouble,
                          torch::kInt, torch::kLong, torch::kShort, torch::kChar}) {
    SCOPED_TRACE(type);
    expect_same(values.to(type));
  }
  expect_same(values.gt(0));
  expect_same(torch::complex(values, values.flip(0)));
  expect_same(values.t());
  expect_same(values.slice(1, 3, 47, 4));
  expect_same(values[0][0].expand({7}));
  expect_same(values[0][0]);
  expect_same((values * values.gt(10)).to_sparse());
  const auto place = torch::tensor({{1, 1, 3}}, torch::kLong);
  expect_same(torch::sparse_coo_tensor(place, torch::tensor({1.5, 2.0, -4.0}), {9}));
  expect_same(torch::zeros({4, 3}).to_sparse());
  expect_same((values * values.gt(10)).to_sparse_csr());
}

TEST(DeviceStatistics, OfASparseTensorTakeNoMemoryForWhatItDoesNotStore) {
  const auto places = torch::tensor({int64_t{7}, int64_t{1} << 39, int64_t{7}}).unsqueeze(0);
  const auto rows = torch::randn({3, 1024});
  const auto tensor = torch::sparse_coo_tensor(places, rows, {int64_t{1} << 40, 1024});
  expect_same(tensor);
  const auto zeros = (uint64_t{1} << 50) - 2 * 1024;
  EXPECT_EQ(compute(tensor).zeros, zeros);
  EXPECT_EQ(compute_statistics(tensor).zeros, zeros);
}

TEST(DeviceStatistics, AreComputedWithoutACallThatWaitsForTheDevice) {
  // Calls that bring a number to the processor, or whose result has a size that it must know.
  static const std::set<std::string> waiting = {"aten::item",       "aten::_local_scalar_dense",
                                                "aten::is_nonzero", "aten::nonzero",
                                                "aten::equal",      "aten::masked_select",
                                                "aten::index",      "aten::unique",
                                                "aten::_unique2",   "aten::bincount",
                                                "aten::allclose",   "aten::coalesce",
                                                "aten::_coalesce",  "aten::unique_consecutive"};
  static std::vector<std::string> seen;
  static bool any_call;
  seen.clear();
  any_call = false;
  const auto handle =
      at::addThreadLocalCallback(at::RecordFunctionCallback([](const at::RecordFunction& function) {
                                   any_call = true;
                                   if (waiting.count(function.name()) > 0)
                                     seen.emplace_back(function.name());
                                   return std::unique_ptr<at::ObserverContext>();
                                 }).scopes({at::RecordScope::FUNCTION}));
  for (const auto type : {torch::kFloat, torch::kDouble, torch::kHalf, torch::kComplexFloat}) {
    compute_device_statistics(torch::randn({30, 3}).to(type));
    const auto places = torch::randint(9, {1, 30}, torch::kLong);
    compute_device_statistics(
        torch::sparse_coo_tensor(places, torch::randn({30, 3}).to(type), {99, 3}));
  }
  at::removeCallback(handle);
  EXPECT_TRUE(any_call);
  EXPECT_EQ(seen, std::vector<std::string>());
}

}  // namespace
}  // namespace suar
