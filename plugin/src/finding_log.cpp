#include "finding_log.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace suar {
namespace {

bool is_same(const Finding& a, const Finding& b) {
  return a.rule == b.rule && a.subject == b.subject;
}

}  // namespace

FindingLog::FindingLog(const std::vector<SelectedParameters>& models, bool print,
                       ProgressReport& progress)
    : print_(print), progress_(progress) {
  for (const SelectedParameters& model : models) {
    models_.push_back({model.names.size(), Diagnosis(model.names)});
  }
}

std::vector<Summary> FindingLog::observe(const StepStatistics& statistics,
                                         const std::map<std::size_t, Loss>& losses) {
  auto begin = statistics.parameters.begin();
  for (std::size_t i = 0; i < models_.size(); ++i) {
    Model& model = models_[i];
    StepStatistics own = statistics;
    const auto loss = losses.find(i);
    // A loss of the step that is not finite is every model's trouble.
    if (loss != losses.end() && !(own.has_loss && !std::isfinite(own.loss))) {
      own.has_loss = true;
      own.loss = loss->second.value;
      own.loss_tag = loss->second.tag;
    }
    if (!statistics.parameters.empty()) {
      const auto end = begin + static_cast<std::ptrdiff_t>(model.parameters);
      own.parameters.assign(begin, end);
      begin = end;
    }
    model.diagnosis.observe(own);
  }
  std::vector<Summary> news;
  for (const Finding& finding : findings()) {
    if (learn(finding)) tell(finding, news);
  }
  return news;
}

/// Notes that the models that have the finding are known to; false when that is no news.
bool FindingLog::learn(const Finding& finding) {
  bool is_new = false;
  for (Model& model : models_) {
    const auto findings = model.diagnosis.findings();
    if (std::any_of(findings.begin(), findings.end(),
                    [&](const Finding& other) { return is_same(finding, other); })) {
      is_new |= model.known_rules.insert(finding.rule).second;
    }
  }
  return is_new;
}

void FindingLog::tell(const Finding& finding, std::vector<Summary>& news) const {
  news.push_back({"Diagnosis", Text{"**" + finding.rule + "** (" + to_string(finding.severity) +
                                    "): " + finding.message + " " + finding.advice}});
  if (!print_) return;
  progress_.finish();
  std::fprintf(stderr, "suar: %s: %s\n", to_string(finding.severity), finding.message.c_str());
}

std::vector<Finding> FindingLog::findings() const {
  std::vector<Finding> all;
  for (const Model& model : models_) {
    for (Finding& finding : model.diagnosis.findings()) {
      // The loss belongs to all models.
      const bool known = std::any_of(all.begin(), all.end(),
                                     [&](const Finding& other) { return is_same(other, finding); });
      if (!known) all.push_back(std::move(finding));
    }
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Finding& a, const Finding& b) { return a.severity > b.severity; });
  return all;
}

}  // namespace suar
