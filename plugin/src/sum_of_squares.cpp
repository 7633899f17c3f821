#include "sum_of_squares.h"

#include <algorithm>
#include <array>

namespace suar {
namespace {

constexpr std::size_t kLanes = 16;    // independent sums, which a compiler can put in vectors
constexpr std::size_t kBlock = 1024;  // few enough for sums in single precision

/// Between these the sum of a block lost nothing of weight to overflow or underflow.
constexpr float kSmallest = 1e-25f, kGreatest = 1e35f;

float sum_block(const float* values, std::size_t size) {
  std::array<float, kLanes> sums{};
  std::size_t i = 0;
  for (; i + kLanes <= size; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      sums[lane] += values[i + lane] * values[i + lane];
    }
  }
  for (; i < size; ++i) sums[0] += values[i] * values[i];
  float sum = 0;
  for (const float lane : sums) sum += lane;
  return sum;
}

double sum_block_in_double(const float* values, std::size_t size) {
  double sum = 0;
  for (std::size_t i = 0; i < size; ++i) sum += static_cast<double>(values[i]) * values[i];
  return sum;
}

}  // namespace

double sum_of_squares(const float* values, std::size_t size) {
  double total = 0;
  for (std::size_t begin = 0; begin < size; begin += kBlock) {
    const std::size_t block = std::min(kBlock, size - begin);
    const float sum = sum_block(values + begin, block);
    const bool exact = sum >= kSmallest && sum <= kGreatest;
    total += exact ? sum : sum_block_in_double(values + begin, block);
  }
  return total;
}

}  // namespace suar
