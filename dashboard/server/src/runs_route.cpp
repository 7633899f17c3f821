#include <chrono>

#include "routes.h"

namespace suar::dashboard {
namespace {

using nlohmann::json;

constexpr uint64_t kLongestWait = 30;  // seconds

template <typename T>
json or_null(const std::optional<T>& value) {
  return value ? json(*value) : json(nullptr);
}

json last_value(const Series<ScalarPoints>& series) {
  const ScalarView view = series.view();
  return view.empty() ? json(nullptr) : json(view[view.size() - 1].value);
}

template <typename Points>
json describe(const typename TagTable<Points>::Entry& entry) {
  json description = {{"tag", entry.tag},
                      {"points", entry.series.size()},
                      {"last_step", or_null(entry.series.last_step())},
                      {"version", entry.series.version()},
                      {"description", entry.description}};
  if constexpr (std::is_same_v<Points, ScalarPoints>) {
    description["last_value"] = last_value(entry.series);
  }
  return description;
}

// The series that changed after `since`; of a run that the client does not know, those with points.
template <typename Points>
json describe_all(const TagTable<Points>& table, uint64_t since, bool whole_run) {
  json descriptions = json::array();
  for (const auto& entry : table.entries()) {
    if (whole_run ? entry->series.size() > 0 : entry->series.version() > since) {
      descriptions.push_back(describe<Points>(*entry));
    }
  }
  return descriptions;
}

template <typename Points>
void raise_to_last_step(const TagTable<Points>& table, std::optional<int64_t>& last_step) {
  for (const auto& entry : table.entries()) {
    const auto step = entry->series.last_step();
    if (step && (!last_step || *step > *last_step)) last_step = step;
  }
}

std::optional<int64_t> last_step(const Run& run) {
  std::optional<int64_t> step;
  raise_to_last_step(run.scalars(), step);
  raise_to_last_step(run.histograms(), step);
  raise_to_last_step(run.images(), step);
  raise_to_last_step(run.texts(), step);
  return step;
}

json describe_damage(const Run& run) {
  json damages = json::array();
  for (const auto& [file, of_file] : run.damage()) {
    for (const Damage& damage : of_file.places) {
      damages.push_back({{"file", file},
                         {"offset", damage.offset},
                         {"length", damage.length},
                         {"reason", damage.reason}});
    }
  }
  return damages;
}

json describe(const std::string& name, const Run& run, uint64_t since) {
  const bool whole = run.created() > since;
  const auto graph = run.graph();
  return {{"name", name},
          {"first_wall_time", or_null(run.first_wall_time())},
          {"last_wall_time", or_null(run.last_wall_time())},
          {"last_step", or_null(last_step(run))},
          {"scalars", describe_all(run.scalars(), since, whole)},
          {"histograms", describe_all(run.histograms(), since, whole)},
          {"images", describe_all(run.images(), since, whole)},
          {"texts", describe_all(run.texts(), since, whole)},
          {"graph_version", graph ? json(graph->version) : json(nullptr)},
          {"damage", describe_damage(run)},
          {"damage_count", run.damage_count()}};
}

// Runs that the client may hold something of that is no more.
json removed_since(const Catalog& catalog, uint64_t since) {
  json removed = json::array();
  for (const auto& [name, version] : catalog.removed) {
    if (version > since) removed.push_back(name);
  }
  for (const auto& [name, run] : catalog.runs) {
    const auto gone = catalog.removed.find(name);
    const bool named = gone != catalog.removed.end() && gone->second > since;
    if (!named && run->created() > since && run->born() <= since) removed.push_back(name);
  }
  return removed;
}

}  // namespace

json runs_route(const Store& store, const Parameters& parameters) {
  uint64_t since = parameters.whole("since", 0, 0, UINT64_MAX);
  const uint64_t wait = parameters.whole("wait", 0, 0, kLongestWait);
  if (parameters.text("session") != store.session()) since = 0;
  if (!store.wait_for_newer(since, std::chrono::seconds(wait))) {
    throw RequestError(503, "too many clients wait for news at once: ask again without 'wait'");
  }
  return store.read([&](const Catalog& catalog) {
    // A version that this session has not reached is none of its own.
    if (since > catalog.version) since = 0;
    json runs = json::array();
    for (const auto& [name, run] : catalog.runs) {
      if (run->version() > since) runs.push_back(describe(name, *run, since));
    }
    return json{{"session", store.session()},
                {"version", catalog.version},
                {"full", since == 0},
                {"log_directory", store.log_directory()},
                {"loading", catalog.loading},
                {"runs", std::move(runs)},
                {"removed", since == 0 ? json::array() : removed_since(catalog, since)},
                {"problems", catalog.problems}};
  });
}

}  // namespace suar::dashboard
