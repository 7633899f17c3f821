#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace suar::dashboard {

/// The parameters of a request. What a route does not know is ignored; of a parameter that stands
/// more than once the first counts. Wrong values throw `RequestError` 400 with a text that says
/// what was expected and what was found.
class Parameters {
 public:
  explicit Parameters(std::multimap<std::string, std::string> values);

  bool has(const std::string& name) const { return values_.count(name) > 0; }

  std::optional<std::string> text(const std::string& name) const;
  std::string needed_text(const std::string& name) const;
  std::vector<std::string> texts(const std::string& name) const;

  /// A whole number in [least, most].
  uint64_t whole(const std::string& name, uint64_t fallback, uint64_t least, uint64_t most) const;

  /// A number in [least, most].
  double number(const std::string& name, double fallback, double least, double most) const;

  /// Whether 'passes' is "all" and not "shown", the default: every pass of a restarted training is
  /// wanted, each for itself.
  bool all_passes() const;

  /// Any finite number.
  std::optional<double> number(const std::string& name) const;

 private:
  std::multimap<std::string, std::string> values_;
};

/// The steps that lie in [from, to], where both may be fractions and may be missing.
struct StepRange {
  int64_t first;
  int64_t last;
};
StepRange step_range(std::optional<double> from, std::optional<double> to);

}  // namespace suar::dashboard
