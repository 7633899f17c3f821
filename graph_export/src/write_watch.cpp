#include "write_watch.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include <ATen/TracerMode.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/record_function.h>
#include <torch/utils.h>

namespace suar::graph_export {
namespace {

thread_local WriteWatch* current_watch = nullptr;

bool is_running_statistic(const c10::Argument& argument) {
  return argument.name().rfind("running_", 0) == 0;
}

/// Whether a norm updates its running statistics, which no schema says.
bool updates_statistics(const c10::FunctionSchema& schema,
                        c10::ArrayRef<const c10::IValue> inputs) {
  const auto& arguments = schema.arguments();
  if (std::none_of(arguments.begin(), arguments.end(), is_running_statistic)) return false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& name = arguments[i].name();
    const bool says = name == "training" || name == "train" || name == "use_input_stats";
    if (says && inputs[i].isBool()) return inputs[i].toBool();
  }
  return true;
}

std::unique_ptr<at::ObserverContext> on_call(const at::RecordFunction& function) {
  const WriteWatch* const watch = current_watch;
  if (watch == nullptr) return nullptr;
  const auto name = function.operator_name();
  if (!name) return nullptr;
  const auto handle = c10::Dispatcher::singleton().findSchema(*name);
  if (!handle) return nullptr;
  const c10::FunctionSchema& schema = handle->schema();
  // TorchScript hands over all that it has on its stack, the arguments last.
  const std::size_t size = schema.arguments().size();
  if (function.inputs().size() < size) return nullptr;
  const auto inputs = function.inputs().slice(function.inputs().size() - size);
  const bool trains = updates_statistics(schema, inputs);
  if (!trains && !schema.is_mutable()) return nullptr;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const c10::Argument& argument = schema.arguments()[i];
    const bool is_written = argument.alias_info() != nullptr && argument.alias_info()->isWrite();
    if (is_written || (trains && is_running_statistic(argument))) watch->report(inputs[i]);
  }
  return nullptr;
}

}  // namespace

WriteWatch::WriteWatch(BeforeWrite before_write)
    : before_write_(std::move(before_write)), outer_(std::exchange(current_watch, this)) {
  callback_ = at::addThreadLocalCallback(
      at::RecordFunctionCallback(on_call).needsInputs(true).scopes({at::RecordScope::FUNCTION}));
}

WriteWatch::~WriteWatch() {
  at::removeCallback(callback_);
  current_watch = outer_;
}

void WriteWatch::report(const c10::IValue& written) const {
  const torch::NoGradGuard no_grad;
  const at::tracer::impl::NoTracerDispatchMode no_tracing;
  const at::DisableRecordFunctionGuard unwatched;
  if (written.isTensor()) {
    if (written.toTensor().defined()) before_write_(written.toTensor());
  } else if (written.isTensorList()) {
    for (const torch::Tensor& tensor : written.toTensorVector()) {
      if (tensor.defined()) before_write_(tensor);
    }
  }
}

}  // namespace suar::graph_export
