#pragma once

namespace torch::jit {
struct Value;
}

namespace suar::graph_export {

/// True where an operation changes the list or dictionary, also under another name: behind a branch
/// or a loop, or taken out of another container.
bool is_changed_by_any_name(const torch::jit::Value& container);

}  // namespace suar::graph_export
