#include "traced_reads.h"

#include <memory>
#include <string_view>

#include <ATen/record_function.h>
#include <torch/csrc/jit/frontend/tracer.h>

namespace suar::graph_export {
namespace {

thread_local std::vector<const torch::jit::Value*>* current_values = nullptr;

std::unique_ptr<at::ObserverContext> on_begin(const at::RecordFunction& function) {
  const std::string_view name = function.name();
  if (name != "aten::_local_scalar_dense" && name != "aten::equal") return nullptr;
  // None inside of an operation that is traced, which is shown anyway.
  const auto& state = torch::jit::tracer::getTracingState();
  if (current_values == nullptr || state == nullptr) return nullptr;
  for (const c10::IValue& input : function.inputs()) {
    if (input.isTensor() && state->hasValue(input)) {
      current_values->push_back(state->getValue(input));
    }
  }
  return nullptr;
}

}  // namespace

TracedReads::TracedReads() {
  callback_ = at::addThreadLocalCallback(
      at::RecordFunctionCallback(on_begin).needsInputs(true).scopes({at::RecordScope::FUNCTION}));
  current_values = &values_;
}

TracedReads::~TracedReads() {
  current_values = nullptr;
  at::removeCallback(callback_);
}

}  // namespace suar::graph_export
