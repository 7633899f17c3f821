#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "histogram_kernel.h"

namespace suar {

/// What one number is made of that each rank of a distributed training has for itself.
enum class Across : uint8_t { mean, root_mean_square, sum };

/// What a number says to those who follow a training.
enum class Meaning : uint8_t { other, loss, accuracy };

/// A loss of the whole step, not of one model.
inline constexpr int32_t kEveryModel = -1;

struct RankScalar {
  std::string tag;
  int64_t step = 0;
  double value = 0;
  Across across = Across::mean;
  double weight = 1;  ///< in a mean; greater than 0
  Meaning meaning = Meaning::other;
  int32_t model = kEveryModel;  ///< of a loss: which one it is of
  std::string description{};    ///< stays with the rank
  std::string validation{};     ///< of a metric of a validation: what the user calls it
};

/// A table of counts, row by row, of which all ranks together have the sum.
struct RankCounts {
  std::string tag;
  int64_t step = 0;
  std::vector<double> counts;
};

/// What not all ranks need have, nor at the same moment: each keeps it until they meet.
struct RankLog {
  std::vector<RankScalar> scalars;
  std::vector<RankCounts> counts;
};

/// What was read of the gradient of one parameter.
struct GradientNumbers {
  uint32_t ranks = 0;  ///< that had a gradient
  NumberStatistics numbers;
  double dead_units = 0;  ///< share of them; of several ranks the least: dead are those on all.
                          ///< `kNotMeasured` of a frozen parameter
};

/// What was seen by `suar::watch` under one name, and of its gradient.
struct ActivationNumbers {
  std::string name;
  std::optional<NumberStatistics> values, gradient;
};

/// What a rank takes from a training step that is not the same on all ranks, before anything is
/// derived from it; the only rank's, where there is one.
struct RankNumbers {
  std::string moment;  ///< of the training, at which ranks meet: "step 20"
  std::vector<RankScalar> scalars;
  RankLog logged;                          ///< since ranks met before
  std::vector<GradientNumbers> gradients;  ///< of each parameter in turn; empty when none is due
  std::vector<ActivationNumbers> activations;
};

/// Makes `numbers` those of its ranks and of the ranks of `more` together. Scalars and counts meet
/// those of the same tag and step, the first with the first; activations those of the same name.
/// What only one of them has is kept as it is.
void merge(RankNumbers& numbers, const RankNumbers& more);

}  // namespace suar
