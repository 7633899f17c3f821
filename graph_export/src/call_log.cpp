#include "call_log.h"

#include <memory>

#include <ATen/record_function.h>

namespace suar::graph_export {
namespace {

thread_local CallLog* current_log = nullptr;

std::unique_ptr<at::ObserverContext> on_begin(const at::RecordFunction& function) {
  if (current_log != nullptr) current_log->begin(function.name());
  return nullptr;
}

void on_end(const at::RecordFunction&, at::ObserverContext*) {
  if (current_log != nullptr) current_log->end();
}

}  // namespace

CallLog::CallLog() {
  callback_ = at::addThreadLocalCallback(
      at::RecordFunctionCallback(on_begin, on_end).scopes({at::RecordScope::FUNCTION}));
  current_log = this;
}

CallLog::~CallLog() {
  current_log = nullptr;
  at::removeCallback(callback_);
}

CallLog* CallLog::current() {
  return current_log;
}

std::optional<std::size_t> CallLog::innermost_open() const {
  if (open_.empty()) return std::nullopt;
  return open_.back().first;
}

void CallLog::begin(const char* name) {
  calls_.push_back({name, !open_.empty(), 0});
  open_.emplace_back(calls_.size() - 1, Clock::now());
}

void CallLog::end() {
  if (open_.empty()) return;
  const auto now = Clock::now();
  const auto [index, begin] = open_.back();
  open_.pop_back();
  calls_[index].microseconds = std::chrono::duration<double, std::micro>(now - begin).count();
}

}  // namespace suar::graph_export
