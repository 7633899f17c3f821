#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include <torch/types.h>

#include <suar/callback_options.h>
#include <suar/event.h>
#include <suar/statistics.h>

#include "dead_units.h"
#include "failure_report.h"
#include "measured_statistics.h"
#include "number_transfer.h"
#include "parameter_selection.h"
#include "rank_numbers.h"
#include "seen_gradient.h"

namespace suar {

/// Takes the histograms and statistics of every parameter. What lies on an accelerator is computed
/// there, and none of these calls waits for it.
class ParameterRecorder {
 public:
  ParameterRecorder(const std::vector<SelectedParameters>& models, const CallbackOptions& options,
                    FailureReport& failures);

  /// What was measured of one parameter; a size of 0 tells that there was nothing.
  struct Measured {
    MeasuredStatistics weight, gradient, update;
    std::optional<NumberTransfer::Place> dead_units;  ///< of a bias that has a gradient
    bool is_frozen = false;  ///< then a gradient of zeros is none, and tells nothing of units
  };

  /// A step begins: a frozen parameter's gradient that is there now is none of it.
  void see_gradients();

  /// Copies the weights as they are now, so that `measure` can tell what was changed after this
  /// call, the last one.
  void keep_weights();

  /// Reads the gradients of a model as they are now; those of the other models are none then. When
  /// this was called for no model, `measure` reads those of all.
  void read_gradients(std::size_t model);

  /// Measures each parameter of each model in turn; without `with_weights` its gradient alone. One
  /// that cannot be measured is reported, and has nothing.
  std::vector<Measured> measure(bool with_weights, NumberTransfer& transfer);

  /// Appends what was measured of the gradients, and the norms over all of them where all are
  /// recorded; once the transfer has arrived, and in the order of the steps.
  void take_gradients(std::vector<Measured>& measured, const NumberTransfer& transfer, int64_t step,
                      RankNumbers& numbers);

  /// Appends the summaries of weights, updates and of these gradients, one for each that was
  /// measured if they could be taken (histograms only where `with_histograms`), and returns the
  /// statistics.
  std::vector<ParameterStatistics> record(std::vector<Measured> measured,
                                          const NumberTransfer& transfer,
                                          const std::vector<GradientNumbers>& gradients,
                                          bool with_histograms, std::vector<Summary>& summaries);

 private:
  struct Parameter {
    explicit Parameter(const std::string& name, torch::Tensor tensor);

    torch::Tensor tensor;
    std::string weights_tag, gradients_tag, updates_tag;
    std::string recording;                    ///< "log the parameter <name>"
    std::vector<std::string> statistic_tags;  ///< in the order of `suar::statistic_tags`
    DeadUnits dead_units;
    SeenGradient seen;
    torch::Tensor kept;           ///< the weights before the step under way
    MeasuredStatistics gradient;  ///< of the step under way, once it is read
    bool has_units = false;       ///< more than one: that gradient is a bias's
    bool is_frozen = false;       ///< when that was read
  };

  /// One model's share of the parameters.
  struct Model {
    std::string norm_tag;
    std::size_t first, parameters;  ///< which one, and how many
    bool all_recorded;              ///< the model has no others
    bool gradients_read = false;    ///< of the step under way
  };

  ParameterStatistics record_weight(const Parameter& parameter, Measured& measured,
                                    const NumberTransfer& transfer, bool with_histograms,
                                    std::vector<Summary>& summaries) const;
  void record_gradient(const Parameter& parameter, const GradientNumbers& gradient,
                       bool with_histograms, ParameterStatistics& result,
                       std::vector<Summary>& summaries) const;

  Measured measure(Parameter& parameter, bool with_weight, bool with_update,
                   NumberTransfer& transfer);

  const bool weights_, gradients_, updates_;
  FailureReport& failures_;
  std::vector<Model> models_;
  std::vector<Parameter> parameters_;
  bool kept_ = false;  ///< the weights are
};

}  // namespace suar
