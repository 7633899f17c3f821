#include "call_stack.h"

#if __has_include(<unwind.h>)
#include <unwind.h>
#define SUAR_UNWINDER 1
#endif

namespace suar::graph_export {

#ifdef SUAR_UNWINDER
namespace {

struct Capture {
  std::vector<CallFrame> frames;
  std::uintptr_t limit;
};

_Unwind_Reason_Code append_frame(_Unwind_Context* context, void* data) {
  auto& capture = *static_cast<Capture*>(data);
  const std::uintptr_t stack_pointer = _Unwind_GetCFA(context);
  if (stack_pointer >= capture.limit) return _URC_END_OF_STACK;
  int before_instruction = 0;
  std::uintptr_t instruction = _Unwind_GetIPInfo(context, &before_instruction);
  // A return address may already belong to the next function, when the call is the last
  // instruction.
  if (before_instruction == 0 && instruction != 0) --instruction;
  capture.frames.push_back({instruction, stack_pointer});
  return _URC_NO_REASON;
}

}  // namespace

std::vector<CallFrame> capture_call_stack(std::uintptr_t limit) {
  Capture capture{{}, limit};
  capture.frames.reserve(64);
  _Unwind_Backtrace(append_frame, &capture);
  return std::move(capture.frames);
}
#else
std::vector<CallFrame> capture_call_stack(std::uintptr_t) {
  return {};
}
#endif

}  // namespace suar::graph_export
