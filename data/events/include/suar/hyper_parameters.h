#pragma once

#include <map>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <suar/event.h>

namespace suar {

/// The value of a hyper-parameter: a number, a truth value or a text.
class HyperParameter {
 public:
  template <typename Number, std::enable_if_t<std::is_arithmetic_v<Number>, bool> = true>
  HyperParameter(Number number) : value_(static_cast<double>(number)) {}
  HyperParameter(bool truth) : value_(truth) {}
  HyperParameter(std::string text) : value_(std::move(text)) {}
  HyperParameter(const char* text) : value_(std::string(text)) {}

  const std::variant<double, bool, std::string>& value() const { return value_; }

 private:
  std::variant<double, bool, std::string> value_;
};

/// `{{"lr", 0.1}, {"optimizer", "adam"}, {"augment", true}}`
using HyperParameters = std::map<std::string, HyperParameter>;

/// The values that each hyper-parameter is chosen from.
using HyperParameterDomains = std::map<std::string, std::vector<HyperParameter>>;

/// How a training ended, numbered as in TensorBoard's `Status`.
enum class SessionStatus { unknown = 0, success = 1, failure = 2, running = 3 };

/// The summary that makes a run a row of TensorBoard's HParams page: what it was trained with.
/// The scalars of the run, and of runs in directories below its own, are the row's metrics. A
/// number that is not finite is written as text: TensorBoard's page fails over it.
Summary make_session_start(const HyperParameters& parameters, double start_time);

/// The summary that says how the training of `make_session_start` ended.
Summary make_session_end(SessionStatus status, double end_time);

/// The summary that fixes the columns of the HParams page for all runs of a log directory:
/// TensorBoard takes the first one that it finds, and hides the hyper-parameters and metrics that
/// are not in it. Without one it gathers the columns from all runs.
Summary make_hyper_parameter_columns(const HyperParameters& parameters,
                                     const HyperParameterDomains& domains,
                                     const std::vector<std::string>& metrics, double time);

}  // namespace suar
