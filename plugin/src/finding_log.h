#pragma once

#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include <suar/diagnosis.h>
#include <suar/event.h>

#include "progress_report.h"

namespace suar {

/// Tells of each finding of a diagnosis once.
class FindingLog {
 public:
  /// `print`: whether findings are printed on stderr too, below what `progress` shows.
  FindingLog(std::vector<std::string> parameters, bool print, ProgressReport& progress)
      : diagnosis_(std::move(parameters)), print_(print), progress_(progress) {}

  /// Takes in a step; returns what was found for the first time, as text summaries.
  std::vector<Summary> observe(const StepStatistics& statistics);

  std::vector<Finding> findings() const { return diagnosis_.findings(); }

 private:
  Diagnosis diagnosis_;
  const bool print_;
  ProgressReport& progress_;
  std::unordered_set<std::string> known_;
};

}  // namespace suar
