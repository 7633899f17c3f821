#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

namespace suar::graph_export {

/// One function that is being executed.
struct CallFrame {
  std::uintptr_t instruction = 0;    ///< inside the call instruction that it is executing
  std::uintptr_t stack_pointer = 0;  ///< while it executes that; ascends from callee to caller
  bool operator==(const CallFrame& other) const {
    return instruction == other.instruction && stack_pointer == other.stack_pointer;
  }
};

/// Functions that call each other, innermost first.
using CallStack = std::vector<CallFrame>;

/// Reads the call stack of its thread again and again.
///
/// An unwinder takes about a third of a microsecond for each function. But the same instruction at
/// the same stack pointer has its caller at the same place, so that what the unwinder has found
/// once is only looked up from then on; where it leads to a return address that was never seen
/// there, the unwinder is asked anew.
class CallStackReader {
 public:
  /// The functions that are being executed by this thread, without this one, up to the one whose
  /// frame lies at or beyond `limit` on the stack. Equal stacks are one object. Empty where the
  /// platform has no unwinder.
  std::shared_ptr<const CallStack> read(std::uintptr_t limit);

 private:
  /// Where a function will go on, and its stack pointer then.
  struct Return {
    std::uintptr_t address = 0;
    std::uintptr_t stack_pointer = 0;
    bool operator==(const Return& other) const {
      return address == other.address && stack_pointer == other.stack_pointer;
    }
  };
  struct Hash {
    std::size_t operator()(const Return& place) const {
      return place.address * 31 + (place.stack_pointer >> 3);
    }
  };
  struct Unwinding;

  bool look_up(Return place, std::uintptr_t limit);
  std::shared_ptr<const CallStack> shared_stack();

  /// The stack pointer of the caller, by where the callee goes on.
  std::unordered_map<Return, std::uintptr_t, Hash> callers_;
  std::unordered_multimap<std::uintptr_t, std::shared_ptr<const CallStack>> stacks_;  // by hash
  CallStack frames_;  // that are being read
};

/// An address in the frame of the function that this is used in.
#define SUAR_STACK_ADDRESS() reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0))

}  // namespace suar::graph_export
