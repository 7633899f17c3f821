#include "call_stack.h"

#if __has_include(<unwind.h>)
#include <unwind.h>
#define SUAR_UNWINDER 1
#endif

namespace suar::graph_export {

#ifdef SUAR_UNWINDER
namespace {

/// The return address lies right below where the caller's stack pointer will be, so that it can be
/// read without the unwinder.
#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
constexpr bool kHasReturnAddressOnStack = true;
#else
constexpr bool kHasReturnAddressOnStack = false;
#endif

/// What lies there may belong to another function's frame, which an address sanitizer guards.
__attribute__((no_sanitize("address"))) std::uintptr_t return_address_below(
    std::uintptr_t stack_pointer) {
  return *reinterpret_cast<const volatile std::uintptr_t*>(stack_pointer - sizeof(std::uintptr_t));
}

}  // namespace

struct CallStackReader::Unwinding {
  CallStackReader& reader;
  std::uintptr_t limit = 0;
  bool is_inside = false;  ///< behind the function that asks
  Return callee{};         ///< 0 where it is not on the stack

  static _Unwind_Reason_Code add(_Unwind_Context* context, void* data) {
    auto& unwinding = *static_cast<Unwinding*>(data);
    const std::uintptr_t stack_pointer = _Unwind_GetCFA(context);
    if (unwinding.callee.address != 0) {
      unwinding.reader.callers_[unwinding.callee] = stack_pointer;
    }
    if (stack_pointer >= unwinding.limit) return _URC_END_OF_STACK;
    int before_instruction = 0;
    std::uintptr_t instruction = _Unwind_GetIPInfo(context, &before_instruction);
    unwinding.callee = {};
    if (kHasReturnAddressOnStack && before_instruction == 0 &&
        return_address_below(stack_pointer) == instruction) {
      unwinding.callee = {instruction, stack_pointer};
    }
    // A return address may already belong to the next function, when the call is the last
    // instruction.
    if (before_instruction == 0 && instruction != 0) --instruction;
    if (unwinding.is_inside) unwinding.reader.frames_.push_back({instruction, stack_pointer});
    unwinding.is_inside = true;
    return _URC_NO_REASON;
  }
};

bool CallStackReader::look_up(Return place, std::uintptr_t limit) {
  while (place.stack_pointer < limit) {
    const auto caller = callers_.find(place);
    if (caller == callers_.end()) return false;
    frames_.push_back({place.address - 1, place.stack_pointer});
    place.stack_pointer = caller->second;
    if (place.stack_pointer < limit) place.address = return_address_below(place.stack_pointer);
  }
  return true;
}

__attribute__((noinline)) std::shared_ptr<const CallStack> CallStackReader::read(
    std::uintptr_t limit) {
  if (kHasReturnAddressOnStack) {
    // Behind the saved frame pointer lies the return address.
    const std::uintptr_t caller = SUAR_STACK_ADDRESS() + 2 * sizeof(std::uintptr_t);
    frames_.clear();
    if (look_up({return_address_below(caller), caller}, limit)) return shared_stack();
  }
  frames_.clear();
  Unwinding unwinding{*this, limit};
  _Unwind_Backtrace(Unwinding::add, &unwinding);
  return shared_stack();
}
#else
std::shared_ptr<const CallStack> CallStackReader::read(std::uintptr_t) {
  return shared_stack();
}
#endif

std::shared_ptr<const CallStack> CallStackReader::shared_stack() {
  std::uintptr_t hash = 0;
  for (const CallFrame& frame : frames_) {
    hash = hash * 31 + frame.instruction + (frame.stack_pointer >> 3);
  }
  const auto [begin, end] = stacks_.equal_range(hash);
  for (auto known = begin; known != end; ++known) {
    if (*known->second == frames_) return known->second;
  }
  return stacks_.emplace(hash, std::make_shared<const CallStack>(frames_))->second;
}

}  // namespace suar::graph_export
