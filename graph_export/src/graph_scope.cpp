#include <cstdint>
#include <optional>
#include <string>

#include <suar/graph_scope.h>

#include "scope_recorder.h"

namespace suar {

using graph_export::ScopeRecorder;

// Never inlined: the return address tells where the guard stands.
#define SUAR_CALLER (reinterpret_cast<std::uintptr_t>(__builtin_return_address(0)) - 1)

[[gnu::noinline]] GraphScope::GraphScope(const torch::nn::Module& module) {
  ScopeRecorder* recorder = ScopeRecorder::current();
  if (recorder == nullptr) return;
  const std::optional<graph_export::ModuleIndex> index = recorder->index_of(module);
  if (!index) return;
  recorder->enter({reinterpret_cast<std::uintptr_t>(this), index, {}, false, SUAR_CALLER});
  entered_ = true;
}

[[gnu::noinline]] GraphScope::GraphScope(std::string_view name) {
  ScopeRecorder* recorder = ScopeRecorder::current();
  if (recorder == nullptr) return;
  recorder->enter({reinterpret_cast<std::uintptr_t>(this), std::nullopt, std::string(name), false,
                   SUAR_CALLER});
  entered_ = true;
}

GraphScope::~GraphScope() {
  // The recorder may be gone when the scope was made to outlive the run.
  ScopeRecorder* recorder = ScopeRecorder::current();
  if (entered_ && recorder != nullptr) recorder->leave();
}

}  // namespace suar
