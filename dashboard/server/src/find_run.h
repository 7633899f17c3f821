#pragma once

#include <string>

#include "answer.h"
#include "store.h"

namespace suar::dashboard {

/// The run of that name; throws `RequestError` 404 when there is none.
inline const Run& find_run(const Catalog& catalog, const std::string& name) {
  const auto found = catalog.runs.find(name);
  if (found == catalog.runs.end()) throw RequestError(404, "there is no run \"" + name + "\"");
  return *found->second;
}

/// The entry of a tag in one of a run's tables; throws `RequestError` 404 when there is none, or
/// none that shows a point and `hidden` is false. `kind` is for the message: "histogram".
template <typename Points>
const typename TagTable<Points>::Entry& find_tag(const TagTable<Points>& table,
                                                 const std::string& tag, const std::string& run,
                                                 const char* kind, bool hidden = false) {
  const auto* entry = table.find(tag);
  if (entry == nullptr || (hidden ? entry->series.stored() : entry->series.size()) == 0) {
    throw RequestError(404, "the run \"" + run + "\" has no " + kind + " \"" + tag + "\"");
  }
  return *entry;
}

}  // namespace suar::dashboard
