#include "run_notes.h"

namespace suar {

std::vector<Summary> RunNotes::begin() const {
  std::vector<Summary> summaries;
  if (!parameters_.empty()) summaries.push_back(make_session_start(parameters_, wall_time_now()));
  if (!notes_.empty()) summaries.push_back({"Notes", Text{notes_}});
  return summaries;
}

std::vector<Summary> RunNotes::end(SessionStatus status) const {
  if (parameters_.empty()) return {};
  return {make_session_end(status, wall_time_now())};
}

}  // namespace suar
