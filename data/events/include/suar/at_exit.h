#pragma once

#include <functional>
#include <thread>

namespace suar {

/// How a program ends of itself.
struct ProgramEnd {
  bool by_exception = false;  ///< uncaught, or by std::terminate(); else by exit() or main's end
  std::thread::id thread;     ///< the one that ends it
};

/// Calls a function when the program ends while this object lives: exit() and std::terminate()
/// destroy nothing that lies on a stack or was allocated. Does nothing in a child of fork().
/// Thread-safe; the destructor blocks while the function is called.
///
/// At an exception the function is called on a thread of its own, since the one that threw may hold
/// any lock, and the program waits for it for at most five seconds. Then the terminate handler is
/// called that was there before the first of these objects.
class AtExit {
 public:
  explicit AtExit(std::function<void(const ProgramEnd&)> act);
  ~AtExit();
  AtExit(const AtExit&) = delete;
  AtExit& operator=(const AtExit&) = delete;

 private:
  friend class AtExitList;
  const std::function<void(const ProgramEnd&)> act_;
};

}  // namespace suar
