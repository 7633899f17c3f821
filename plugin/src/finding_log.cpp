#include "finding_log.h"

#include <algorithm>
#include <cstdio>

namespace suar {

FindingLog::FindingLog(const std::vector<SelectedParameters>& models, bool print,
                       ProgressReport& progress)
    : print_(print), progress_(progress) {
  for (const SelectedParameters& model : models) {
    models_.push_back({model.names.size(), Diagnosis(model.names)});
  }
}

std::vector<Summary> FindingLog::observe(const StepStatistics& statistics) {
  auto begin = statistics.parameters.begin();
  for (Model& model : models_) {
    StepStatistics own = statistics;
    if (!statistics.parameters.empty()) {
      const auto end = begin + static_cast<std::ptrdiff_t>(model.parameters);
      own.parameters.assign(begin, end);
      begin = end;
    }
    model.diagnosis.observe(own);
  }
  std::vector<Summary> news;
  for (const Finding& finding : findings()) {
    if (!known_.insert(finding.rule).second) continue;
    news.push_back({"Diagnosis", Text{"**" + finding.rule + "** (" + to_string(finding.severity) +
                                      "): " + finding.message + " " + finding.advice}});
    if (!print_) continue;
    progress_.finish();
    std::fprintf(stderr, "suar: %s: %s\n", to_string(finding.severity), finding.message.c_str());
  }
  return news;
}

std::vector<Finding> FindingLog::findings() const {
  std::vector<Finding> all;
  for (const Model& model : models_) {
    for (Finding& finding : model.diagnosis.findings()) {
      // The loss belongs to all models.
      const bool known = std::any_of(all.begin(), all.end(), [&](const Finding& other) {
        return other.rule == finding.rule && other.subject == finding.subject;
      });
      if (!known) all.push_back(std::move(finding));
    }
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Finding& a, const Finding& b) { return a.severity > b.severity; });
  return all;
}

}  // namespace suar
