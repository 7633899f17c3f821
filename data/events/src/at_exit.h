#pragma once

#include <functional>

namespace suar {

/// Calls a function when the program ends by exit() or by returning from main while this object
/// lives: exit() destroys nothing that lies on a stack or was allocated. Does nothing in a child of
/// fork(). Thread-safe; the destructor blocks while the function is called.
class AtExit {
 public:
  explicit AtExit(std::function<void()> act);
  ~AtExit();
  AtExit(const AtExit&) = delete;
  AtExit& operator=(const AtExit&) = delete;

 private:
  friend class AtExitList;
  const std::function<void()> act_;
};

}  // namespace suar
