#pragma once

#include <string>
#include <vector>

#include <torch/types.h>

#include <suar/callback_options.h>
#include <suar/event.h>
#include <suar/statistics.h>

#include "histogram_kernel.h"
#include "parameter_selection.h"

namespace suar {

/// Takes the histograms and statistics of every parameter.
class ParameterRecorder {
 public:
  ParameterRecorder(const std::vector<SelectedParameters>& models, const CallbackOptions& options);

  /// Copies the weights, so that `record` can tell what the step after this call changed.
  void keep_weights();

  /// Reads the gradients as they are now; else `record` does. Waits for the parameters' device.
  void read_gradients();

  /// Appends the summaries of weights, gradients and updates (histograms only where
  /// `with_histograms`) and returns the statistics, one element for each parameter of each
  /// model in turn. Waits for the
  /// parameters' device.
  std::vector<ParameterStatistics> record(bool with_histograms, std::vector<Summary>& summaries);

 private:
  /// What was read of one gradient, if there was one.
  struct Gradient {
    bool defined = false;
    NumberStatistics numbers;
    torch::Tensor silent;  ///< for each unit whether its gradient is exactly 0
  };

  ParameterStatistics record_weight(std::size_t index, bool kept, bool with_histograms,
                                    std::vector<Summary>& summaries);
  void record_gradient(std::size_t index, const Gradient& gradient, bool with_histograms,
                       std::vector<Summary>& summaries, ParameterStatistics& result);

  /// `ParameterStatistics::dead_units`, counting this observation in.
  double observe_dead_units(std::size_t index, const torch::Tensor& silent);

  const bool weights_, gradients_, updates_;
  std::vector<std::string> names_;
  std::vector<torch::Tensor> parameters_;
  std::vector<torch::Tensor> kept_weights_;
  bool kept_ = false;                     ///< `kept_weights_` are those before the step under way
  std::vector<Gradient> gradients_read_;  ///< of the step under way; empty until they are read
  std::vector<torch::Tensor> silent_;     ///< of each unit: observations in a row without gradient
};

}  // namespace suar
