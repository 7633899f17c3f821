#include "invocation_path.h"

#include <cstddef>
#include <iterator>
#include <unordered_map>

namespace suar::graph_export {

namespace {

using Marks = std::vector<std::shared_ptr<const ScopeMark>>;

/// How many of the functions that were inlined around an instruction had been entered when the mark
/// was set; all of them where nothing tells.
std::size_t depth_of(const ScopeMark& mark, const CodePlace& place, CodeMap& code) {
  const std::vector<InlinedFunction>& inlined = place.debug.inlined;
  if (mark.instruction == 0 || inlined.empty()) return inlined.size();
  const CodePlace& setter = code.at(mark.instruction);
  if (setter.function != place.function) return inlined.size();
  const std::vector<InlinedFunction>& around = setter.debug.inlined;
  std::size_t depth = 0;
  while (depth < inlined.size() && depth < around.size() &&
         inlined[depth].start == around[depth].start) {
    ++depth;
  }
  return depth;
}

/// The function of a frame, those that were inlined into it, and the marks that lie in the frame.
/// Where a function was inlined, its start is the place from which it was called.
void append_frame(const CallFrame& frame, Marks::const_iterator begin, Marks::const_iterator end,
                  CodeMap& code, InvocationPath& path) {
  const CodePlace& place = code.at(frame.instruction);
  const std::vector<InlinedFunction>& inlined = place.debug.inlined;
  const auto instruction = [&](std::size_t depth) {
    return depth < inlined.size() ? inlined[depth].start : frame.instruction;
  };
  std::size_t depth = 0;
  const auto enter_down_to = [&](std::size_t wanted) {
    for (; depth < wanted; ++depth) {
      path.push_back({inlined[depth].start, instruction(depth + 1), frame.stack_pointer,
                      &inlined[depth].name, nullptr});
    }
  };
  path.push_back({place.function, instruction(0), frame.stack_pointer,
                  place.function != 0 ? &place.name : nullptr, nullptr});
  for (auto mark = begin; mark != end; ++mark) {
    enter_down_to(depth_of(**mark, place, code));
    path.push_back({0, 0, 0, nullptr, *mark});
  }
  enter_down_to(inlined.size());
}

InvocationPath invocation_path(const OperationRecord& record, CodeMap& code) {
  InvocationPath path;
  const CallStack& frames = *record.frames;
  path.reserve(frames.size() + record.marks.size());
  auto mark = record.marks.begin();
  for (auto frame = frames.rbegin(); frame != frames.rend(); ++frame) {
    // The stack grows down: what lies above this frame's stack pointer was there before it called
    // on.
    const bool is_innermost = std::next(frame) == frames.rend();
    auto behind = mark;
    while (behind != record.marks.end() &&
           (is_innermost || (*behind)->stack_address >= frame->stack_pointer)) {
      ++behind;
    }
    append_frame(*frame, mark, behind, code, path);
    mark = behind;
  }
  for (; mark != record.marks.end(); ++mark) path.push_back({0, 0, 0, nullptr, *mark});
  return path;
}

}  // namespace

InvocationPaths invocation_paths(const std::vector<OperationRecord>& records, CodeMap& code) {
  struct Known {
    const OperationRecord* record;
    std::shared_ptr<const InvocationPath> path;
  };
  std::unordered_map<const CallStack*, Known> last;
  InvocationPaths paths;
  paths.reserve(records.size());
  for (const OperationRecord& record : records) {
    Known& known = last[record.frames.get()];
    if (known.path == nullptr || known.record->marks != record.marks) {
      known = {&record, std::make_shared<const InvocationPath>(invocation_path(record, code))};
    }
    paths.push_back(known.path);
  }
  return paths;
}

bool is_same_at(const InvocationPath& a, const InvocationPath& b, std::size_t level) {
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
