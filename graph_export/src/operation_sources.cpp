#include "operation_sources.h"

#include <cstdint>
#include <unordered_set>

namespace suar::graph_export {

void look_up_calls(const Trace& trace, CodeMap& code) {
  std::unordered_set<const CallStack*> stacks;
  std::unordered_set<std::uintptr_t> instructions;
  for (const OperationRecord& record : trace.records) {
    for (const auto& mark : record.marks) {
      if (mark->instruction != 0) instructions.insert(mark->instruction);
    }
    if (!stacks.insert(record.frames.get()).second) continue;
    for (const CallFrame& frame : *record.frames) instructions.insert(frame.instruction);
  }
  code.look_up(instructions);
}

std::unordered_map<const torch::jit::Node*, SourceLocation> find_sources(const Trace& trace,
                                                                         CodeMap& code) {
  std::unordered_set<const CallStack*> stacks;
  for (const OperationRecord& record : trace.records) stacks.insert(record.frames.get());
  std::unordered_map<const CallStack*, const SourceLocation*> lines;
  for (const CallStack* stack : stacks) {
    for (const CallFrame& frame : *stack) {
      const SourceLocation& source = code.at(frame.instruction).debug.source;
      if (source.file.empty()) continue;
      lines.emplace(stack, &source);
      break;
    }
  }
  std::unordered_map<const torch::jit::Node*, SourceLocation> sources;
  for (const OperationRecord& record : trace.records) {
    const auto line = lines.find(record.frames.get());
    if (line != lines.end()) sources.emplace(record.node, *line->second);
  }
  return sources;
}

}  // namespace suar::graph_export
