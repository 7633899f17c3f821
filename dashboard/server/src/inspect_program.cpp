#include "inspect_program.h"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>

#include "inspection.h"
#include "inspection_format.h"
#include "printable.h"

namespace suar::dashboard {
namespace {

constexpr int kDamaged = 1;
constexpr int kUnreadable = 2;

void complain(const std::string& message) {
  std::fprintf(stderr, "suar: %s\n", printable(message).c_str());
}

}  // namespace

int run_inspect(const InspectCommandLine& line) {
  try {
    const Inspection inspection = inspect(line.path);
    const std::string text = line.json ? to_json(inspection) : to_text(inspection);
    if (std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0) {
      complain("cannot write the result");
      return kUnreadable;
    }
    for (const auto& problem : inspection.problems) complain(problem);
    if (!inspection.problems.empty()) return kUnreadable;
    const bool damaged = std::any_of(inspection.runs.begin(), inspection.runs.end(),
                                     [](const auto& run) { return run.damage_count > 0; });
    return damaged ? kDamaged : 0;
  } catch (const std::exception& error) {
    complain(error.what());
    return kUnreadable;
  }
}

}  // namespace suar::dashboard
