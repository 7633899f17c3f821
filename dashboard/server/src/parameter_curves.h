#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <suar/statistics.h>

#include "run.h"
#include "scalar_points.h"

namespace suar::dashboard {

/// The recorded statistics of a model's parameters, taken out of the store.
struct ParameterCurves {
  struct Curve {
    const StatisticTag* statistic;
    std::size_t parameter;  ///< index in `parameters`
    ScalarView points;
  };
  std::vector<std::string> parameters;  ///< in the order of the model's layers
  std::vector<Curve> curves;            ///< one for each parameter and statistic that was recorded
};

/// The curves of a run. A training logs its parameters in the order of its layers, so the order of
/// the tags is theirs.
ParameterCurves parameter_curves(const Run& run);

}  // namespace suar::dashboard
