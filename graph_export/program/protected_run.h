#pragma once

#include <functional>
#include <string>

namespace suar::graph_export {

/// Runs `work` in a child process and returns its exit status: files come from strangers, and
/// LibTorch may crash on one. Then it says so on stderr, and 1 is returned. `what` names the file.
/// Where the reader of its output has gone, as in `| head`, 141 is returned without a word. The
/// child ends with this process. Must be called before the process has threads.
int run_protected(const std::string& what, const std::function<int()>& work);

}  // namespace suar::graph_export
