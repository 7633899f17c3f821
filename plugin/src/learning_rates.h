#pragma once

#include <string>
#include <utility>
#include <vector>

#include <suar/event.h>
#include <suar/trained_model.h>

namespace suar {

/// Takes the learning rate of every parameter group of every optimizer: "LearningRate", followed by
/// what tells it from the others: "/generator", "/optimizer1", "/group0".
class LearningRates {
 public:
  explicit LearningRates(const std::vector<TrainedModel>& models);

  std::vector<Summary> take() const;

 private:
  std::vector<std::pair<std::string, std::reference_wrapper<torch::optim::Optimizer>>> optimizers_;
};

}  // namespace suar
