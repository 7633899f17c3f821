#pragma once

#include <string>
#include <vector>

#include <torch/nn/module.h>
#include <torch/types.h>

#include <suar/callback_options.h>
#include <suar/event.h>
#include <suar/statistics.h>

namespace suar {

/// Takes the histograms and statistics of every parameter of a model.
class ParameterRecorder {
 public:
  /// Parameters that are registered twice (tied weights) count once, under their first name.
  ParameterRecorder(const torch::nn::Module& model, const CallbackOptions& options);

  /// In the order of registration.
  const std::vector<std::string>& names() const { return names_; }

  /// Copies the weights, so that `record` can tell what the step after this call changed.
  void keep_weights();

  /// Appends the summaries of weights, gradients and updates and returns the statistics, one
  /// element for each parameter. Waits for the parameters' device.
  std::vector<ParameterStatistics> record(std::vector<Summary>& summaries);

 private:
  ParameterStatistics record_parameter(std::size_t index, std::vector<Summary>& summaries);

  /// `ParameterStatistics::dead_units`, counting this observation in.
  double observe_dead_units(std::size_t index, const torch::Tensor& gradient, bool all_zero);

  bool weights_, gradients_, updates_;
  std::vector<std::string> names_;
  std::vector<torch::Tensor> parameters_;
  std::vector<torch::Tensor> kept_weights_;  ///< empty until they are kept
  std::vector<torch::Tensor> silent_;  ///< of each unit: observations in a row without gradient
};

}  // namespace suar
