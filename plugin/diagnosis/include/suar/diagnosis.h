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
  /// The parameter where it shows, or the tag of the loss, or what `suar::watch` calls an
  /// activation.
  std::string subject;
  int64_t first_step = 0;  ///< since when
  int64_t last_step = 0;   ///< until when it was seen
  std::string message;     ///< one sentence: what, where, since when, with the number measured
  std::string advice;      ///< one sentence: what usually helps
  std::string model{};     ///< the one that has it; empty where there is only one, and of the loss
};

/// The parameters of one of the models that are trained together.
struct ModelParameters {
  std::string model;               ///< its name; may be empty when it is the only one
  std::vector<std::string> names;  ///< in the order of its layers, input first
};

/// Judges a training by its statistics, step by step. Each model is judged by itself: what is a
/// small gradient for one says nothing of the others. The result depends only on what was observed:
/// no clock, no files, no randomness. Memory does not grow with the number of steps.
/// Not thread-safe; no call blocks.
class Diagnosis {
 public:
  /// Of several models, an activation belongs to the one with whose name and a '.' it begins
  /// ("generator.relu1").
  explicit Diagnosis(const std::vector<ModelParameters>& models);
  ~Diagnosis();
  Diagnosis(Diagnosis&&) noexcept;
  Diagnosis& operator=(Diagnosis&&) noexcept;

  /// Takes in the statistics of one step. Steps ascend; `statistics.parameters` has one element for
  /// each parameter of each model in turn, or is empty when none was measured.
  void observe(const StepStatistics& statistics);

  /// What is wrong so far, worst first; empty for a healthy training. At most one of each rule and
  /// model.
  std::vector<Finding> findings() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace suar
