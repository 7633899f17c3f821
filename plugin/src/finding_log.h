#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include <suar/diagnosis.h>
#include <suar/event.h>

#include "parameter_selection.h"
#include "progress_report.h"

namespace suar {

/// Tells of each finding once. Each model of a training is judged by itself: what is a small
/// gradient for one says nothing of the others.
class FindingLog {
 public:
  /// `print`: whether findings are printed on stderr too, below what `progress` shows.
  FindingLog(const std::vector<SelectedParameters>& models, bool print, ProgressReport& progress);

  /// Takes in a step, with the statistics of the models' parameters in turn, if they were taken;
  /// returns what was found for the first time, as text summaries.
  std::vector<Summary> observe(const StepStatistics& statistics);

  /// Worst first.
  std::vector<Finding> findings() const;

 private:
  struct Model {
    std::size_t parameters;  ///< how many
    Diagnosis diagnosis;
  };

  std::vector<Model> models_;
  const bool print_;
  ProgressReport& progress_;
  std::unordered_set<std::string> known_;
};

}  // namespace suar
