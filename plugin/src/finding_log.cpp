#include "finding_log.h"

#include <cstdio>

namespace suar {

std::vector<Summary> FindingLog::observe(const StepStatistics& statistics) {
  diagnosis_.observe(statistics);
  std::vector<Summary> news;
  for (const Finding& finding : diagnosis_.findings()) {
    if (!known_.insert(finding.rule).second) continue;
    news.push_back({"Diagnosis",
                    Text{"**" + finding.rule + "** (" + to_string(finding.severity) +
                         "): " + finding.message + " " + finding.advice},
                    ""});
    if (!print_) continue;
    progress_.finish();
    std::fprintf(stderr, "suar: %s: %s\n", to_string(finding.severity), finding.message.c_str());
  }
  return news;
}

}  // namespace suar
