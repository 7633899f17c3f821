#pragma once

#include <map>
#include <set>
#include <string>
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

  /// A loss of one model.
  struct Loss {
    std::string tag;
    double value = 0;
  };

  /// Takes in a step, with the statistics of the models' parameters in turn, if they were taken,
  /// and the losses that models have beside the step's. Returns what was found for the first time,
  /// as text summaries: of each model each rule once.
  std::vector<Summary> observe(const StepStatistics& statistics,
                               const std::map<std::size_t, Loss>& losses);

  /// Worst first.
  std::vector<Finding> findings() const;

 private:
  struct Model {
    std::size_t parameters;  ///< how many
    Diagnosis diagnosis;
    std::set<std::string> known_rules{};
  };

  bool learn(const Finding& finding);
  void tell(const Finding& finding, std::vector<Summary>& news) const;

  std::vector<Model> models_;
  const bool print_;
  ProgressReport& progress_;
};

}  // namespace suar
