#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace suar {

/// A number that was not measured.
constexpr double kNotMeasured = std::numeric_limits<double>::quiet_NaN();

/// Observations in a row without gradient after which a unit counts as dead.
constexpr int kDeadObservations = 5;

/// What is measured of one parameter at one step. Sums run over the finite elements.
struct ParameterStatistics {
  double gradient_norm = kNotMeasured;      ///< L2 norm
  double gradient_mean_abs = kNotMeasured;  ///< mean of |x|
  double gradient_zeros = kNotMeasured;     ///< share of elements that are exactly 0, in [0, 1]
  /// Share of the units whose gradient was exactly 0 in each of the last `kDeadObservations`
  /// observations, in [0, 1]. The units of a bias are its elements; any other parameter counts as
  /// one unit.
  double dead_units = kNotMeasured;
  double gradient_nonfinite = kNotMeasured;  ///< number of NaN and infinite elements
  double weight_norm = kNotMeasured;         ///< L2 norm
  double weight_mean_abs = kNotMeasured;     ///< mean of |x|
  double weight_zeros = kNotMeasured;        ///< share of elements that are exactly 0, in [0, 1]
  double weight_nonfinite = kNotMeasured;    ///< number of NaN and infinite elements
  double update_norm = kNotMeasured;         ///< L2 norm of what the optimizer's step changed
  double update_mean_abs = kNotMeasured;     ///< mean of |x| of that
  double update_zeros = kNotMeasured;        ///< share of weights that it left alone, in [0, 1]
  double update_nonfinite = kNotMeasured;    ///< number of weights whose change is not finite
  double update_ratio = kNotMeasured;        ///< `update_norm` over `weight_norm`
};

/// Tag of the training loss: "Loss/train".
extern const char* const kTrainingLossTag;

/// Tag of the loss of one of several models: "Loss/train/generator".
std::string training_loss_tag(const std::string& model);

/// The loss of one of several models.
struct ModelLoss {
  std::string model;
  double value = kNotMeasured;  ///< may be non-finite
};

/// What is measured at one step of what passes `suar::watch` under one name.
struct ActivationStatistics {
  std::string name;
  double zeros = kNotMeasured;      ///< share of elements that are exactly 0, in [0, 1]
  double nonfinite = kNotMeasured;  ///< number of NaN and infinite elements
};

/// What is measured of the models of a training at one step.
struct StepStatistics {
  int64_t step = 0;
  /// Training loss of the step's batch, which all models have, or `kNotMeasured` with `has_loss`
  /// false; may be non-finite.
  double loss = kNotMeasured;
  bool has_loss = false;
  std::string loss_tag = kTrainingLossTag;  ///< under which that loss is recorded
  std::vector<ModelLoss> losses;            ///< of those models that tell theirs
  /// One for each parameter, in the order of the models and of their layers; empty: none were
  /// taken.
  std::vector<ParameterStatistics> parameters;
  std::vector<ActivationStatistics> activations;  ///< in the order of the forward pass
};

/// A statistic and the group of tags under which it is recorded: "GradientNorm/conv1.weight".
struct StatisticTag {
  const char* name;    ///< in the HTTP API: "gradient_norm"
  const char* prefix;  ///< of the tag: "GradientNorm/"
  double ParameterStatistics::*member;
};

/// Every statistic that is recorded of each parameter.
const std::vector<StatisticTag>& statistic_tags();

/// Tag of the norm over all gradients: "TotalGradientNorm". Of several models each has its own,
/// "TotalGradientNorm/generator", by which a reader can tell what models there are.
extern const char* const kTotalGradientNormTag;

/// Of the tags of `ActivationStatistics`, which the name follows: "ActivationZeros/" and
/// "ActivationNonFinite/".
extern const char* const kActivationZerosPrefix;
extern const char* const kActivationNonFinitePrefix;

}  // namespace suar
