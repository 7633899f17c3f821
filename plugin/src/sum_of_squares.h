#pragma once

#include <cstddef>

namespace suar {

/// Sum of the squares of `size` numbers, to about 1e-6 of itself; NaN or infinite where one of them
/// is. Squares that a float cannot hold are taken in double precision.
double sum_of_squares(const float* values, std::size_t size);

}  // namespace suar
