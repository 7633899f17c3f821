#include "inspection_format.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "printable.h"

namespace suar::dashboard {
namespace {

using nlohmann::ordered_json;

using Row = std::array<std::string, 5>;
constexpr std::array<bool, 5> kAlignRight = {false, true, true, true, false};

template <typename T>
ordered_json or_null(const std::optional<T>& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

std::string step_text(const std::optional<int64_t>& step) {
  return step ? std::to_string(*step) : "-";
}

std::string table(const std::vector<Row>& rows) {
  std::array<std::size_t, 5> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], columns(row[i]));
    }
  }
  std::string text;
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - columns(row[i]), ' ');
      const bool last = i + 1 == row.size();
      text += "  " + (kAlignRight[i] ? padding + row[i] : row[i] + (last ? "" : padding));
    }
    text += '\n';
  }
  return text;
}

std::string describe(const char* what, const InspectedPlace& place) {
  return std::string("  ") + what + ": " + printable(place.file) + " from byte " +
         std::to_string(place.place.offset) + ", " + std::to_string(place.place.length) +
         " bytes: " + place.place.reason + '\n';
}

ordered_json describe(const std::vector<InspectedPlace>& places) {
  auto list = ordered_json::array();
  for (const auto& [file, place] : places) {
    list.push_back({{"file", file},
                    {"offset", place.offset},
                    {"length", place.length},
                    {"reason", place.reason}});
  }
  return list;
}

}  // namespace

std::string to_text(const Inspection& inspection) {
  if (inspection.runs.empty()) return "No event files.\n";
  std::string text;
  for (const auto& run : inspection.runs) {
    if (!text.empty()) text += '\n';
    text += printable(run.name) + '\n';
    std::vector<Row> rows;
    for (const auto& tag : run.tags) {
      rows.push_back({printable(tag.kind), std::to_string(tag.points), step_text(tag.first_step),
                      step_text(tag.last_step), printable(tag.tag)});
    }
    if (!rows.empty()) {
      rows.insert(rows.begin(), {"kind", "points", "first step", "last step", "tag"});
      text += table(rows);
    }
    if (run.graph) text += "  graph\n";
    if (run.tags.empty() && !run.graph) text += "  holds nothing\n";
    for (const auto& place : run.damage) text += describe("damaged", place);
    if (const uint64_t more = run.damage_count - run.damage.size(); more > 0) {
      text += "  damaged: … and " + std::to_string(more) +
              (more == 1 ? " more place\n" : " more places\n");
    }
    for (const auto& place : run.unfinished) text += describe("unfinished", place);
  }
  return text;
}

std::string to_json(const Inspection& inspection) {
  auto runs = ordered_json::array();
  for (const auto& run : inspection.runs) {
    auto tags = ordered_json::array();
    for (const auto& tag : run.tags) {
      tags.push_back({{"kind", tag.kind},
                      {"tag", tag.tag},
                      {"points", tag.points},
                      {"first_step", or_null(tag.first_step)},
                      {"last_step", or_null(tag.last_step)}});
    }
    runs.push_back({{"name", run.name},
                    {"files", run.files},
                    {"first_wall_time", or_null(run.first_wall_time)},
                    {"last_wall_time", or_null(run.last_wall_time)},
                    {"tags", std::move(tags)},
                    {"graph", run.graph},
                    {"damage", describe(run.damage)},
                    {"damage_count", run.damage_count},
                    {"unfinished", describe(run.unfinished)}});
  }
  const ordered_json all = {{"runs", std::move(runs)}, {"problems", inspection.problems}};
  // Names and tags need not be UTF-8.
  return all.dump(2, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace suar::dashboard
