#include "buckets.h"

namespace suar::dashboard {
namespace {

constexpr int kWidestSteps = 63;
constexpr int kNarrowestSeconds = -20;

}  // namespace

int64_t left_edge(int64_t x, int exponent) {
  // Clearing the low bits rounds down on both sides of 0.
  return static_cast<int64_t>(static_cast<uint64_t>(x) & (~uint64_t{0} << exponent));
}

double left_edge(double x, int exponent) {
  return std::ldexp(std::floor(std::ldexp(x, -exponent)), exponent);
}

double bucket_width(int exponent) {
  return std::ldexp(1.0, exponent);
}

int width_exponent(int64_t first, int64_t last, std::size_t most) {
  int exponent = 0;
  const auto needed_less_one = [&] {
    const auto distance = static_cast<uint64_t>(left_edge(last, exponent)) -
                          static_cast<uint64_t>(left_edge(first, exponent));
    return distance >> exponent;
  };
  while (exponent < kWidestSteps && needed_less_one() >= most) ++exponent;
  return exponent;
}

int width_exponent(double first, double last, std::size_t most) {
  int exponent = kNarrowestSeconds;
  const auto needed = [&] {
    return std::floor(std::ldexp(last, -exponent)) - std::floor(std::ldexp(first, -exponent)) + 1;
  };
  // With the widest each number lies in the bucket beside 0.
  while (exponent < std::numeric_limits<double>::max_exponent &&
         !(needed() <= static_cast<double>(most))) {
    ++exponent;
  }
  return exponent;
}

}  // namespace suar::dashboard
