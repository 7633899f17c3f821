#include "inspection.h"

#include <chrono>
#include <map>

#include <suar/error.h>

#include "run_discovery.h"
#include "run_loader.h"
#include "store.h"

namespace suar::dashboard {
namespace {

namespace fs = std::filesystem;

template <typename Points>
void add_tags(const std::string& kind, const TagTable<Points>& table,
              std::vector<InspectedTag>& tags) {
  for (const auto& entry : table.entries()) {
    const auto& series = entry->series;
    tags.push_back({kind, entry->tag, series.size(), series.first_step(), series.last_step()});
  }
}

// A tag's kind is the plugin that its points name; a file may name it at the first of them only.
std::string kind_of(const SharedPoints<OtherPoint>::View& points) {
  for (const auto& point : points) {
    if (!point->plugin.empty()) return point->plugin;
  }
  return "other";
}

void add_other_tags(const TagTable<SharedPoints<OtherPoint>>& table,
                    std::vector<InspectedTag>& tags) {
  for (const auto& entry : table.entries()) {
    const auto& series = entry->series;
    tags.push_back({kind_of(series.view()), entry->tag, series.size(), series.first_step(),
                    series.last_step()});
  }
}

std::map<std::string, uint64_t> sizes_of(const fs::path& directory,
                                         const std::vector<std::string>& files) {
  std::map<std::string, uint64_t> sizes;
  for (const auto& file : files) {
    std::error_code error;  // what is gone meanwhile holds nothing
    const auto size = fs::file_size(directory / file, error);
    if (!error) sizes[file] = size;
  }
  return sizes;
}

InspectedRun inspect_run(const std::string& name, const fs::path& directory,
                         const std::vector<std::string>& files,
                         std::vector<std::string>& problems) {
  Store store(directory.string());
  RunLoader loader(store, name, directory);
  // The sizes come first: what a training appends meanwhile is no unfinished end.
  const auto sizes = sizes_of(directory, files);
  while (loader.poll(files)) {
  }
  problems.insert(problems.end(), loader.problems().begin(), loader.problems().end());

  InspectedRun inspected;
  inspected.name = name;
  inspected.files = files;
  for (const auto& [file, offset] : loader.offsets()) {
    const auto size = sizes.find(file);
    if (size == sizes.end() || size->second <= offset) continue;
    inspected.unfinished.push_back({file, {offset, size->second - offset, "no whole record"}});
  }
  store.read([&](const Catalog& catalog) {
    const Run& run = *catalog.runs.at(name);
    inspected.first_wall_time = run.first_wall_time();
    inspected.last_wall_time = run.last_wall_time();
    add_tags("scalar", run.scalars(), inspected.tags);
    add_tags("histogram", run.histograms(), inspected.tags);
    add_tags("image", run.images(), inspected.tags);
    add_tags("text", run.texts(), inspected.tags);
    add_tags("tiles", run.tiles(), inspected.tags);
    add_other_tags(run.others(), inspected.tags);
    inspected.graph = run.graph().has_value();
    for (const auto& [file, damage] : run.damage()) {
      for (const Damage& place : damage.places) inspected.damage.push_back({file, place});
    }
    inspected.damage_count = run.damage_count();
  });
  return inspected;
}

Inspection inspect_file(const fs::path& path) {
  Inspection inspection;
  const auto directory = path.has_parent_path() ? path.parent_path() : fs::path(".");
  inspection.runs.push_back(
      inspect_run(".", directory, {path.filename().string()}, inspection.problems));
  if (!inspection.problems.empty()) throw Error(inspection.problems.front());
  return inspection;
}

Inspection inspect_directory(const fs::path& path) {
  std::error_code error;
  const fs::directory_iterator entries(path, error);
  if (error) throw Error("cannot read the directory " + path.string() + ": " + error.message());
  RunDiscovery discovery(path);
  while (!discovery.advance(std::chrono::steady_clock::now() + std::chrono::seconds(1))) {
  }
  Inspection inspection;
  inspection.problems = discovery.problems();
  for (const auto& [name, files] : discovery.runs()) {
    inspection.runs.push_back(
        inspect_run(name, name == "." ? path : path / name, files, inspection.problems));
  }
  return inspection;
}

}  // namespace

Inspection inspect(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (fs::is_directory(status)) return inspect_directory(path);
  if (fs::is_regular_file(status)) return inspect_file(path);
  throw Error("cannot inspect " + path.string() + ": " +
              (error ? error.message() : "expected an event file or a directory of runs"));
}

}  // namespace suar::dashboard
