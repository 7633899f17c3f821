#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>

#include "parameters.h"
#include "store.h"

namespace suar::dashboard {

/// /api/diagnosis: feeds what a run recorded to the rules, and keeps the result until the run
/// changes. Thread-safe.
class DiagnosisRoute {
 public:
  explicit DiagnosisRoute(const Store& store) : store_(store) {}

  /// Throws `RequestError` for what it cannot answer.
  nlohmann::json operator()(const Parameters& parameters);

 private:
  struct Cached {
    uint64_t run_version = 0;
    nlohmann::json answer;
  };

  const Store& store_;
  std::mutex mutex_;
  std::map<std::string, Cached> cache_;  ///< by the name of the run
};

}  // namespace suar::dashboard
