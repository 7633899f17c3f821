#pragma once

#include <cstdint>
#include <cstring>

#include "histogram_kernel.h"

namespace suar {

/// The value as a float, exactly. Without branches, so that a compiler can convert many at once,
/// and by integers where a trainer may have told the processor to take the smallest floats for
/// zero.
inline float to_float(Float16 half) {
  const uint32_t magnitude = half.bits & 0x7fffu;
  const uint32_t exponent = magnitude >> 10;
  const float subnormal = static_cast<float>(static_cast<int32_t>(magnitude)) * 0x1p-24F;
  uint32_t bits;
  std::memcpy(&bits, &subnormal, sizeof bits);
  const uint32_t normal = (magnitude << 13) + (uint32_t{127 - 15} << 23);
  const uint32_t special = (magnitude << 13) | 0x7f800000u;
  bits = exponent == 0 ? bits : exponent == 31 ? special : normal;
  bits |= (half.bits & 0x8000u) << 16;
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

inline float to_float(BFloat16 number) {
  const uint32_t bits = uint32_t{number.bits} << 16;
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

}  // namespace suar
