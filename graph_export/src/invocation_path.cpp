#include "invocation_path.h"

#include <iterator>
#include <unordered_map>

namespace suar::graph_export {

namespace {

InvocationPath invocation_path(const OperationRecord& record, CodeMap& code) {
  InvocationPath path;
  const CallStack& frames = *record.frames;
  path.reserve(frames.size() + record.marks.size());
  auto mark = record.marks.begin();
  for (auto frame = frames.rbegin(); frame != frames.rend(); ++frame) {
    // The stack grows down: what lies above this frame's stack pointer was there before it called
    // on. A mark that lies in a frame was set by it, so that it comes behind it.
    while (mark != record.marks.end() && frame != frames.rbegin() &&
           (*mark)->stack_address >= std::prev(frame)->stack_pointer) {
      path.push_back({0, 0, 0, nullptr, *mark++});
    }
    const CodePlace& place = code.at(frame->instruction);
    path.push_back({place.function, frame->instruction, frame->stack_pointer,
                    place.function != 0 ? &place.name : nullptr, nullptr});
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
