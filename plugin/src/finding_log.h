#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include <suar/diagnosis.h>
#include <suar/event.h>

#include "parameter_selection.h"
#include "progress_report.h"

namespace suar {

/// Tells of each finding once.
class FindingLog {
 public:
  /// `print`: whether findings are printed on stderr too, below what `progress` shows.
  FindingLog(const std::vector<SelectedParameters>& models, bool print, ProgressReport& progress);

  /// Takes in a step; returns what was found for the first time, as text summaries.
  std::vector<Summary> observe(const StepStatistics& statistics);

  /// Worst first.
  std::vector<Finding> findings() const { return diagnosis_.findings(); }

 private:
  Diagnosis diagnosis_;
  const bool print_;
  ProgressReport& progress_;
  std::set<std::pair<std::string, std::string>> known_;  ///< rule and model
};

}  // namespace suar
