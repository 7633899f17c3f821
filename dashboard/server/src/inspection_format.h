#pragma once

#include <string>

#include "inspection.h"

namespace suar::dashboard {

/// For people: a table for each run, with what is wrong below it. Without `problems`.
std::string to_text(const Inspection& inspection);

/// For scripts: as INSPECT.md describes it, ending with a newline.
std::string to_json(const Inspection& inspection);

}  // namespace suar::dashboard
