#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <suar/statistics.h>

namespace suar {

/// How bad a finding is.
enum class Severity {
  warning,  ///< training may succeed, but not as well as it could
  error,    ///< training cannot succeed like this
};

/// "warning" or "error".
const char* to_string(Severity severity);

/// One thing that is wrong with a training, with the place where it shows first.
struct Finding {
  std::string rule;  ///< "vanishing-gradients"; the rules are listed in RULES.md
  Severity severity = Severity::warning;
  std::string subject;     ///< the parameter where it shows, or the tag of the loss
  int64_t first_step = 0;  ///< since when
  int64_t last_step = 0;   ///< until when it was seen
  std::string message;     ///< one sentence: what, where, since when, with the number measured
  std::string advice;      ///< one sentence: what usually helps
};

/// Judges a training by its statistics, step by step. The result depends only on what was observed:
/// no clock, no files, no randomness. Memory does not grow with the number of steps.
/// Not thread-safe; no call blocks.
class Diagnosis {
 public:
  /// `parameters` are the names of the model's parameters in the order of its layers, input first.
  explicit Diagnosis(std::vector<std::string> parameters);
  ~Diagnosis();
  Diagnosis(Diagnosis&&) noexcept;
  Diagnosis& operator=(Diagnosis&&) noexcept;

  /// Takes in the statistics of one step. Steps ascend; `statistics.parameters` has one element for
  /// each parameter, or is empty when only the loss was measured.
  void observe(const StepStatistics& statistics);

  /// What is wrong so far, worst first; empty for a healthy training.
  std::vector<Finding> findings() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace suar
