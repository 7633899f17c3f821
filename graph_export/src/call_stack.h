#pragma once

#include <cstdint>
#include <vector>

namespace suar::graph_export {

/// One function that is being executed.
struct CallFrame {
  std::uintptr_t instruction = 0;    ///< inside the call instruction that it is executing
  std::uintptr_t stack_pointer = 0;  ///< while it executes that; ascends from callee to caller
};

/// Functions that are being executed by this thread, innermost first, up to the one whose frame
/// lies at or beyond `limit` on the stack. Empty where the platform has no unwinder.
std::vector<CallFrame> capture_call_stack(std::uintptr_t limit);

/// An address in the frame of the function that this is used in.
#define SUAR_STACK_ADDRESS() reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0))

}  // namespace suar::graph_export
