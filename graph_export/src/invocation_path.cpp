#include "invocation_path.h"

#include <algorithm>
#include <optional>

namespace suar::graph_export {

const InvocationPaths::Function& InvocationPaths::function_at(std::uintptr_t instruction) {
  const auto known = functions_.find(instruction);
  if (known != functions_.end()) return known->second;
  Function function;
  if (const std::optional<FunctionSymbol> symbol = symbols_.find(instruction)) {
    function = {symbol->start, true, parse_function_name(symbol->name)};
  }
  return functions_.emplace(instruction, std::move(function)).first->second;
}

InvocationPath InvocationPaths::of(const OperationRecord& record) {
  InvocationPath path;
  path.reserve(record.frames.size() + record.marks.size());
  auto mark = record.marks.begin();
  for (auto frame = record.frames.rbegin(); frame != record.frames.rend(); ++frame) {
    // The stack grows down: what lies above this frame's stack pointer was there before it called
    // on. A mark that lies in a frame was set by it, so that it comes behind it.
    while (mark != record.marks.end() && frame != record.frames.rbegin() &&
           (*mark)->stack_address >= std::prev(frame)->stack_pointer) {
      path.push_back({0, 0, 0, nullptr, *mark++});
    }
    const Function& function = function_at(frame->instruction);
    path.push_back({function.start, frame->instruction, frame->stack_pointer,
                    function.known ? &function.name : nullptr, nullptr});
  }
  for (; mark != record.marks.end(); ++mark) path.push_back({0, 0, 0, nullptr, *mark});
  return path;
}

bool InvocationPaths::same_at(const InvocationPath& a, const InvocationPath& b, std::size_t level) {
  const Invocation& in_a = a[level];
  const Invocation& in_b = b[level];
  if (in_a.mark != in_b.mark) return false;
  if (in_a.mark != nullptr) return true;
  if (in_a.function != in_b.function || in_a.stack_pointer != in_b.stack_pointer) return false;
  // Called from the same place?
  while (level > 0) {
    --level;
    if (a[level].mark == nullptr) return a[level].instruction == b[level].instruction;
  }
  return true;
}

}  // namespace suar::graph_export
