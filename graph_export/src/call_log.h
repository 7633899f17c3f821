#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace suar::graph_export {

/// A call of one of LibTorch's operators.
struct OperatorCall {
  std::string name;         ///< "aten::addmm"
  bool is_inside = false;   ///< called by another operator
  double microseconds = 0;  ///< until it returned, with the operators that it called
};

/// Notes the calls of operators by this thread, until the end of the block.
class CallLog {
 public:
  CallLog();
  ~CallLog();
  CallLog(const CallLog&) = delete;
  CallLog& operator=(const CallLog&) = delete;

  /// The log of this thread, or null.
  static CallLog* current();

  /// In the order in which they began.
  const std::vector<OperatorCall>& calls() const { return calls_; }

  /// The call that is going on, not the one that called it.
  std::optional<std::size_t> innermost_open() const;

  void begin(const char* name);
  void end();

 private:
  using Clock = std::chrono::steady_clock;

  uint64_t callback_ = 0;
  std::vector<OperatorCall> calls_;
  std::vector<std::pair<std::size_t, Clock::time_point>> open_;
};

}  // namespace suar::graph_export
