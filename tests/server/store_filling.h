#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "event_files.h"
#include "parameters.h"
#include "store.h"

namespace suar::testing {

/// Commits events to a run as if they stood in `file`.
inline void commit(dashboard::Store& store, const std::string& run,
                   const std::vector<Event>& events, const std::string& file = "1.tfevents") {
  const auto path = std::make_shared<const std::filesystem::path>(file);
  store.commit(run, [&](dashboard::Run& target, uint64_t& next_image_id) {
    for (const auto& event : events) target.add(file, event, {path, 0}, next_image_id);
  });
}

/// The steps 0, 1, 2, … of one tag.
inline std::vector<Event> curve(const std::string& tag, const std::vector<double>& values,
                                int64_t first_step = 0) {
  std::vector<Event> events;
  for (std::size_t i = 0; i < values.size(); ++i) {
    events.push_back(scalar_event(first_step + static_cast<int64_t>(i), tag, values[i]));
  }
  return events;
}

inline dashboard::Parameters with(std::multimap<std::string, std::string> values) {
  return dashboard::Parameters(std::move(values));
}

/// As a client sees it: NaN as null.
inline nlohmann::json over_the_wire(const nlohmann::json& json) {
  return nlohmann::json::parse(json.dump());
}

}  // namespace suar::testing
