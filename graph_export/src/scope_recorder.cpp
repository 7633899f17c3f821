#include "scope_recorder.h"

#include <utility>

#include <torch/csrc/jit/ir/ir.h>

#include "call_log.h"

namespace suar::graph_export {
namespace {

thread_local ScopeRecorder* current_recorder = nullptr;

}  // namespace

ScopeRecorder::ScopeRecorder(const ModuleRegistry& registry, std::uintptr_t stack_limit)
    : stack_limit_(stack_limit) {
  for (ModuleIndex index = 0; index < registry.modules().size(); ++index) {
    indices_.emplace(registry.modules()[index].module, index);
  }
  current_recorder = this;
}

ScopeRecorder::~ScopeRecorder() {
  current_recorder = nullptr;
}

ScopeRecorder* ScopeRecorder::current() {
  return current_recorder;
}

void ScopeRecorder::enter(ScopeMark mark) {
  marks_.push_back(std::make_shared<const ScopeMark>(std::move(mark)));
}

void ScopeRecorder::leave() {
  marks_.pop_back();
}

void ScopeRecorder::record(const torch::jit::Node* node) {
  if (node->kind() == c10::prim::Constant) return;
  OperationRecord& record = records_.emplace_back();
  record.node = node;
  record.frames = call_stack_.read(stack_limit_);
  record.marks = marks_;
  if (const CallLog* log = CallLog::current()) record.call = log->innermost_open();
}

std::optional<ModuleIndex> ScopeRecorder::index_of(const torch::nn::Module& module) const {
  const auto found = indices_.find(&module);
  if (found == indices_.end()) return std::nullopt;
  return found->second;
}

}  // namespace suar::graph_export
