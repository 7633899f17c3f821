#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "call_stack.h"
#include "module_registry.h"

namespace torch::jit {
struct Node;
}

namespace suar::graph_export {

/// A scope that the running code has said it is in, or that we saw it enter.
struct ScopeMark {
  std::uintptr_t stack_address = 0;   ///< of an object in the frame that entered it
  std::optional<ModuleIndex> module;  ///< empty: a named scope inside the current one
  std::string name;                   ///< of a named scope
  bool before_forward = false;        ///< the module's own forward() is called inside of the mark
  std::uintptr_t instruction = 0;     ///< that entered it; 0 where that tells nothing
};

/// What was known about an operation when it ran.
struct OperationRecord {
  const torch::jit::Node* node = nullptr;
  std::shared_ptr<const CallStack> frames;              ///< operations with equal ones share them
  std::vector<std::shared_ptr<const ScopeMark>> marks;  ///< outermost first
  std::optional<std::size_t> call;  ///< index in the log of calls, if there is one
};

/// Notes for each operation that this thread traces in which scopes and functions it ran.
class ScopeRecorder {
 public:
  /// Frames at or beyond `stack_limit` are ours, not the model's. Becomes the current recorder of
  /// this thread until its end.
  ScopeRecorder(const ModuleRegistry& registry, std::uintptr_t stack_limit);
  ~ScopeRecorder();
  ScopeRecorder(const ScopeRecorder&) = delete;
  ScopeRecorder& operator=(const ScopeRecorder&) = delete;

  /// The recorder of this thread, or null.
  static ScopeRecorder* current();

  void enter(ScopeMark mark);
  void leave();
  void record(const torch::jit::Node* node);

  /// The module that was registered first under this address.
  std::optional<ModuleIndex> index_of(const torch::nn::Module& module) const;

  const std::vector<OperationRecord>& records() const { return records_; }

 private:
  std::uintptr_t stack_limit_;
  CallStackReader call_stack_;
  std::unordered_map<const torch::nn::Module*, ModuleIndex> indices_;
  std::vector<std::shared_ptr<const ScopeMark>> marks_;
  std::vector<OperationRecord> records_;
};

}  // namespace suar::graph_export
