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
  std::vector<ParameterStatistics> record(std::vector<Summary>& summaries) const;

 private:
  ParameterStatistics record_parameter(std::size_t index, std::vector<Summary>& summaries) const;

  bool weights_, gradients_, updates_;
  std::vector<std::string> names_;
  std::vector<torch::Tensor> parameters_;
  std::vector<torch::Tensor> kept_weights_;  ///< empty until they are kept
};

}  // namespace suar
