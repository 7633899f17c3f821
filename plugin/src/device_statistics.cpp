#include "device_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include "default_buckets.h"
#include "number_transfer.h"
#include "real_elements.h"

namespace suar {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// What `compute_device_statistics` returns: first the counts of the classes that the edges below
// make, then these.
enum Number : std::size_t { nan, zeros, min, max, sum, norm_1, norm_2, kNumbers };

/// -Infinity; the buckets; +infinity together with NaN, which no comparison finds.
std::size_t class_count() {
  return default_bucket_edges().size() + 3;
}

/// The smallest float that has reached an edge: comparing floats with it is exact.
float first_float_from(double edge) {
  const auto nearest = static_cast<float>(edge);
  return static_cast<double>(nearest) >= edge
             ? nearest
             : std::nextafter(nearest, std::numeric_limits<float>::infinity());
}

torch::Tensor make_edges(at::ScalarType type) {
  const bool wide = type == at::kDouble;
  std::vector<double> edges = {wide ? std::numeric_limits<double>::lowest()
                                    : double{std::numeric_limits<float>::lowest()}};
  for (const double edge : default_bucket_edges()) {
    edges.push_back(wide ? edge : double{first_float_from(edge)});
  }
  edges.push_back(kInfinity);
  return at::tensor(edges, at::kDouble).to(type);
}

/// The edges between the classes on a device; they are sent there once.
torch::Tensor edges_on(at::Device device, at::ScalarType type) {
  using Key = std::pair<std::pair<int, int>, at::ScalarType>;
  static std::mutex mutex;
  // Never freed: at the program's end their device may be gone already.
  static auto& known = *new std::map<Key, torch::Tensor>;
  const std::lock_guard<std::mutex> lock(mutex);
  auto& edges = known[{{static_cast<int>(device.type()), device.index()}, type}];
  if (!edges.defined()) edges = make_edges(type).to(device);
  return edges;
}

/// Of 0, which begins a bucket.
int64_t zero_class() {
  const auto& edges = default_bucket_edges();
  return 1 + (std::upper_bound(edges.begin(), edges.end(), 0.0) - edges.begin());
}

/// How many elements fall into each class.
torch::Tensor count_classes(const torch::Tensor& values) {
  const auto edges = edges_on(values.device(), values.scalar_type());
  const auto classes = at::bucketize(values, edges, /*out_int32=*/false, /*right=*/true);
  const auto options = values.options().dtype(at::kLong);
  return at::zeros({static_cast<int64_t>(class_count())}, options)
      .scatter_add_(0, classes, at::ones({1}, options).expand_as(classes));
}

}  // namespace

torch::Tensor compute_device_statistics(const torch::Tensor& tensor) {
  const at::NoGradGuard no_grad;
  torch::Tensor values = real_elements(tensor).reshape({-1}).contiguous();
  if (values.scalar_type() != at::kDouble) values = values.to(at::kFloat);
  // The zeros that a sparse tensor does not store: one stands for all.
  const int64_t missing = tensor.numel() - values.numel();
  if (missing > 0) values = at::cat({values, at::zeros({1}, values.options())});
  const double more_zeros = missing > 0 ? static_cast<double>(missing - 1) : 0;
  const auto type = widest_type(values.device());
  const auto finite = at::nan_to_num(values, 0, 0, 0);
  std::vector<torch::Tensor> numbers(kNumbers);
  numbers[nan] = values.isnan().sum();
  numbers[zeros] = values.eq(0).sum().to(type) + more_zeros;
  numbers[min] = at::nan_to_num(values, kInfinity, kInfinity, kInfinity).min();
  numbers[max] = at::nan_to_num(values, -kInfinity, -kInfinity, -kInfinity).max();
  numbers[sum] = finite.sum(type);
  numbers[norm_1] = at::linalg_vector_norm(finite, 1, at::OptionalIntArrayRef(), false, type);
  numbers[norm_2] = at::linalg_vector_norm(finite, 2, at::OptionalIntArrayRef(), false, type);
  for (torch::Tensor& number : numbers) number = number.to(type);
  const auto counts = count_classes(values).to(type);
  counts[zero_class()] += more_zeros;
  return at::cat({counts, at::stack(numbers)});
}

NumberStatistics read_device_statistics(const double* numbers, uint64_t size) {
  const double* const counts = numbers;
  const double* const others = numbers + class_count();
  const auto count = [](double number) { return static_cast<uint64_t>(number); };
  NumberStatistics statistics;
  statistics.nan = count(others[nan]);
  statistics.negative_infinity = count(counts[0]);
  statistics.positive_infinity = count(counts[class_count() - 1]) - statistics.nan;
  statistics.finite = size - statistics.nonfinite();
  statistics.zeros = count(others[zeros]);
  if (statistics.finite > 0) {
    statistics.min = others[min];
    statistics.max = others[max];
  }
  statistics.sum = others[sum];
  statistics.sum_abs = others[norm_1];
  statistics.sum_squares = others[norm_2] * others[norm_2];
  statistics.buckets.resize(default_bucket_edges().size() + 1);
  std::transform(counts + 1, counts + 1 + statistics.buckets.size(), statistics.buckets.begin(),
                 count);
  return statistics;
}

}  // namespace suar
