#pragma once

namespace suar {

/// The numbers that stand for black and for full brightness in pictures of floating point: `{0,
/// 1}`, or `{-1, 1}` where that is what a network is fed. What lies outside is clamped, NaN is
/// black. Both are finite, and `black` is the lesser one, or what takes it throws `suar::Error`.
struct PixelRange {
  double black = 0;
  double white = 1;
};

}  // namespace suar
