#pragma once

#include <string>

#include "answer.h"
#include "diagnosis_route.h"
#include "parameters.h"
#include "store.h"

namespace suar::dashboard {

/// Answers the addresses below /api/. Thread-safe.
class Api {
 public:
  /// `store` outlives this.
  explicit Api(const Store& store) : store_(store), diagnosis_(store) {}

  /// Never throws for what a client asks: errors are answers. Blocks as the routes do.
  Answer answer(const std::string& path, const Parameters& parameters);

 private:
  Answer route(const std::string& path, const Parameters& parameters);

  const Store& store_;
  DiagnosisRoute diagnosis_;
};

}  // namespace suar::dashboard
