#pragma once

#include <cstddef>
#include <functional>
#include <optional>
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

  /// Reads those of a model as they are now, in the step under way. Leaves out an optimizer that
  /// cannot tell.
  void read(std::size_t model, FailureReport& failures);

  /// Takes those of all models; of one that was not read in this step, as they are now.
  std::vector<Summary> take(FailureReport& failures);

 private:
  struct Entry {
    std::string tag;
    std::reference_wrapper<torch::optim::Optimizer> optimizer;
  };
  struct Model {
    std::vector<Entry> optimizers;
    std::optional<std::vector<Summary>> rates;  ///< once they are read
  };
  std::vector<Model> models_;
};

}  // namespace suar
