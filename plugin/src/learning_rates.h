#pragma once

#include <functional>
#include <string>
#include <vector>

#include <suar/event.h>
#include <suar/trained_model.h>

#include "failure_report.h"

namespace suar {

/// Takes the learning rate of every parameter group of every optimizer: "LearningRate", followed by
/// what tells it from the others: "/generator", "/optimizer1", "/group0".
class LearningRates {
 public:
  explicit LearningRates(const std::vector<TrainedModel>& models);

  /// Leaves out an optimizer that cannot tell.
  std::vector<Summary> take(FailureReport& failures) const;

 private:
  struct Entry {
    std::string tag;
    std::reference_wrapper<torch::optim::Optimizer> optimizer;
  };
  std::vector<Entry> optimizers_;
};

}  // namespace suar
