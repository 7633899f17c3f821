#pragma once

#include <string>
#include <vector>

#include <torch/types.h>

#include <suar/callback_options.h>
#include <suar/event.h>
#include <suar/statistics.h>

#include "parameter_selection.h"
#include "rank_numbers.h"

namespace suar {

/// Takes the histograms and statistics of every parameter.
class ParameterRecorder {
 public:
  ParameterRecorder(const std::vector<SelectedParameters>& models, const CallbackOptions& options);

  /// Copies the weights, so that `record` can tell what the step after this call changed.
  void keep_weights();

  /// Reads the gradients as they are now; else `take_gradients` does. Waits for the parameters'
  /// device.
  void read_gradients();

  /// What was read of the gradients, one element for each parameter of each model in turn.
  std::vector<GradientNumbers> take_gradients();

  /// Appends the summaries of weights, updates and of these gradients (histograms only where
  /// `with_histograms`) and returns the statistics, one element for each parameter of each model in
  /// turn. Waits for the parameters' device.
  std::vector<ParameterStatistics> record(const std::vector<GradientNumbers>& gradients,
                                          bool with_histograms, std::vector<Summary>& summaries);

 private:
  ParameterStatistics record_weight(std::size_t index, bool kept, bool with_histograms,
                                    std::vector<Summary>& summaries);
  void record_gradient(std::size_t index, const GradientNumbers& gradient, bool with_histograms,
                       std::vector<Summary>& summaries, ParameterStatistics& result);

  /// `ParameterStatistics::dead_units`, counting this observation in.
  double observe_dead_units(std::size_t index, const std::vector<uint8_t>& silent);

  const bool weights_, gradients_, updates_;
  std::vector<std::string> names_;
  std::vector<torch::Tensor> parameters_;
  std::vector<torch::Tensor> kept_weights_;
  bool kept_ = false;  ///< `kept_weights_` are those before the step under way
  std::vector<GradientNumbers> gradients_read_;  ///< of the step under way; empty until read
  std::vector<std::vector<int>> silent_;  ///< of each unit: observations in a row without gradient
};

}  // namespace suar
