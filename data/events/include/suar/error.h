#pragma once

#include <stdexcept>

namespace suar {

/// What Suar throws for a mistake that its caller can mend: a wrong argument, a missing file, a
/// directory that cannot be written. The message says what was expected, what was found and what to
/// do.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace suar
