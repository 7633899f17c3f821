#include "hyper_parameter_run.h"

#include <algorithm>
#include <cmath>

#include <suar/error.h>

namespace suar {

void check_hyper_parameters(const HyperParameters& parameters, const HyperParameterDomains& domains,
                            const std::string& run_name) {
  if (parameters.empty()) throw Error("expected at least one hyper-parameter, found none");
  for (const auto& [name, domain] : domains) {
    const auto parameter = parameters.find(name);
    if (parameter == parameters.end()) {
      throw Error("expected domains of the hyper-parameters that are given, found one of " + name);
    }
    const auto type = parameter->second.value().index();
    if (std::any_of(domain.begin(), domain.end(),
                    [&](const HyperParameter& choice) { return choice.value().index() != type; })) {
      throw Error("expected the values that " + name +
                  " is chosen from to be of its own type: numbers, truth values or texts");
    }
  }
  const std::filesystem::path path = run_name;
  if (path.is_absolute() || std::find(path.begin(), path.end(), "..") != path.end()) {
    throw Error("expected the name of a run below the log directory, found " + run_name);
  }
}

std::vector<Summary> make_hyper_parameter_row(const HyperParameters& parameters,
                                              const std::map<std::string, double>& metrics,
                                              const HyperParameterDomains& domains) {
  const double now = wall_time_now();
  std::vector<Summary> summaries;
  if (!domains.empty()) {
    std::vector<std::string> tags;
    for (const auto& metric : metrics) tags.push_back(metric.first);
    summaries.push_back(make_hyper_parameter_columns(parameters, domains, tags, now));
  }
  summaries.push_back(make_session_start(parameters, now));
  for (const auto& [tag, value] : metrics) summaries.push_back({tag, value});
  summaries.push_back(make_session_end(SessionStatus::success, now));
  return summaries;
}

std::filesystem::path choose_row_directory(const std::filesystem::path& directory,
                                           const std::string& run_name) {
  if (!run_name.empty()) return directory / run_name;
  const double now = wall_time_now();
  for (auto microseconds = static_cast<int64_t>(now * 1e6);; ++microseconds) {
    const std::string fraction = std::to_string(microseconds % 1000000);
    const auto path = directory / (std::to_string(microseconds / 1000000) + '.' +
                                   std::string(6 - fraction.size(), '0') + fraction);
    if (!std::filesystem::exists(path)) return path;
  }
}

}  // namespace suar
