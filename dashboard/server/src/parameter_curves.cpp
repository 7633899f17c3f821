#include "parameter_curves.h"

#include <cstring>
#include <map>

namespace suar::dashboard {

ParameterCurves parameter_curves(const Run& run) {
  ParameterCurves found;
  std::map<std::string, std::size_t> indices;
  for (const auto& entry : run.scalars().entries()) {
    if (entry->series.size() == 0) continue;
    for (const StatisticTag& statistic : statistic_tags()) {
      const std::size_t prefix = std::strlen(statistic.prefix);
      if (entry->tag.compare(0, prefix, statistic.prefix) != 0) continue;
      const std::string parameter = entry->tag.substr(prefix);
      const auto [index, added] = indices.try_emplace(parameter, found.parameters.size());
      if (added) found.parameters.push_back(parameter);
      found.curves.push_back({&statistic, index->second, entry->series.view()});
    }
  }
  return found;
}

}  // namespace suar::dashboard
