#include <suar/statistics.h>

namespace suar {

const char* const kTrainingLossTag = "Loss/train";
const char* const kTotalGradientNormTag = "TotalGradientNorm";
const char* const kActivationZerosPrefix = "ActivationZeros/";
const char* const kActivationNonFinitePrefix = "ActivationNonFinite/";

std::string training_loss_tag(const std::string& model) {
  return std::string(kTrainingLossTag) + "/" + model;
}

const std::vector<StatisticTag>& statistic_tags() {
  static const std::vector<StatisticTag> tags = {
      {"gradient_norm", "GradientNorm/", &ParameterStatistics::gradient_norm},
      {"gradient_mean_abs", "GradientMeanAbs/", &ParameterStatistics::gradient_mean_abs},
      {"gradient_zeros", "GradientZeros/", &ParameterStatistics::gradient_zeros},
      {"dead_units", "DeadUnits/", &ParameterStatistics::dead_units},
      {"gradient_nonfinite", "GradientNonFinite/", &ParameterStatistics::gradient_nonfinite},
      {"weight_norm", "WeightNorm/", &ParameterStatistics::weight_norm},
      {"weight_mean_abs", "WeightMeanAbs/", &ParameterStatistics::weight_mean_abs},
      {"weight_zeros", "WeightZeros/", &ParameterStatistics::weight_zeros},
      {"weight_nonfinite", "WeightNonFinite/", &ParameterStatistics::weight_nonfinite},
      {"update_norm", "UpdateNorm/", &ParameterStatistics::update_norm},
      {"update_mean_abs", "UpdateMeanAbs/", &ParameterStatistics::update_mean_abs},
      {"update_zeros", "UpdateZeros/", &ParameterStatistics::update_zeros},
      {"update_nonfinite", "UpdateNonFinite/", &ParameterStatistics::update_nonfinite},
      {"update_ratio", "UpdateRatio/", &ParameterStatistics::update_ratio},
  };
  return tags;
}

}  // namespace suar
