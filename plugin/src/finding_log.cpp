#include "finding_log.h"

#include <cstdio>

namespace suar {

namespace {

std::vector<ModelParameters> names_of(const std::vector<SelectedParameters>& models) {
  std::vector<ModelParameters> names;
  for (const SelectedParameters& model : models) names.push_back({model.model, model.names});
  return names;
}

}  // namespace

FindingLog::FindingLog(const std::vector<SelectedParameters>& models, bool print,
                       ProgressReport& progress)
    : diagnosis_(names_of(models)), print_(print), progress_(progress) {}

std::vector<Summary> FindingLog::observe(const StepStatistics& statistics) {
  diagnosis_.observe(statistics);
  std::vector<Summary> news;
  for (const Finding& finding : findings()) {
    if (!known_.emplace(finding.rule, finding.model).second) continue;
    news.push_back({"Diagnosis", Text{"**" + finding.rule + "** (" + to_string(finding.severity) +
                                      "): " + finding.message + " " + finding.advice}});
    if (!print_) continue;
    progress_.finish();
    std::fprintf(stderr, "suar: %s: %s\n", to_string(finding.severity), finding.message.c_str());
  }
  return news;
}

}  // namespace suar
