#include "run.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <variant>

namespace suar::dashboard {
namespace {

// The plugin for which a value that is not shown was written.
std::string plugin_of(const Summary& summary) {
  if (std::holds_alternative<Audio>(summary.value)) return "audio";
  const auto* other = std::get_if<OtherSummary>(&summary.value);
  return other != nullptr ? other->plugin : summary.plugin.name;
}

/// The first and the last of the finite wall times; infinities when there is none.
std::pair<double, double> wall_times_of(const std::vector<ScalarPoint>& points) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  // They ascend as a rule, and then the outer ones tell: no comparison waits for the one before.
  bool ascend = true;
  for (std::size_t i = 1; i < points.size(); ++i) {
    ascend &= points[i - 1].wall_time <= points[i].wall_time;
  }
  const double front = points.front().wall_time, back = points.back().wall_time;
  if (ascend && std::isfinite(front) && std::isfinite(back)) return {front, back};
  double first = kInfinity, last = -kInfinity;
  for (const ScalarPoint& point : points) {
    if (!std::isfinite(point.wall_time)) continue;
    first = std::min(first, point.wall_time);
    last = std::max(last, point.wall_time);
  }
  return {first, last};
}

}  // namespace

void Run::add(const std::string& file, Event event, const RecordPlace& place,
              uint64_t& next_image_id) {
  note_wall_time(file, event.wall_time);
  if (auto* summaries = std::get_if<std::vector<Summary>>(&event.what)) {
    for (Summary& summary : *summaries) {
      add_summary(file, event, std::move(summary), place, next_image_id);
    }
  } else if (const auto* session = std::get_if<SessionLog>(&event.what)) {
    if (session->status == SessionLog::Status::start) starts_.add(file, event.step);
  } else if (std::holds_alternative<SerializedGraph>(event.what)) {
    graphs_[file] = {place, 0};
    changed_ = true;
  } else if (const auto* metadata = std::get_if<RunMetadata>(&event.what)) {
    others_.append(file, metadata->tag, "", {event.step, event.wall_time, "run_metadata"});
  }
}

void Run::add_scalars(const std::string& file, const std::deque<ScalarTag>& tags,
                      const ScalarBatch& scalars) {
  if (scalars.empty()) return;
  auto& entries = scalar_entries_[file];
  for (std::size_t tag = entries.size(); tag < tags.size(); ++tag) {
    entries.push_back(&scalars_.at(tags[tag].name));
  }
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  WallTimes times{kInfinity, -kInfinity};
  for (const uint32_t tag : scalars.tags()) {
    const auto& points = scalars.points(tag);
    const auto [first, last] = wall_times_of(points);
    times.first = std::min(times.first, first);
    times.last = std::max(times.last, last);
    auto& entry = *entries[tag];
    if (entry.description.empty()) entry.description = tags[tag].description;
    scalars_.append(file, entry, points.data(), points.data() + points.size());
  }
  note_wall_time(file, times.first);
  note_wall_time(file, times.last);
}

void Run::add_summary(const std::string& file, const Event& event, Summary summary,
                      const RecordPlace& place, uint64_t& next_image_id) {
  if (const double* value = std::get_if<double>(&summary.value)) {
    scalars_.append(file, summary.tag, summary.description, {event.step, event.wall_time, *value});
  } else if (auto* histogram = std::get_if<Histogram>(&summary.value)) {
    histograms_.append(file, summary.tag, summary.description,
                       {event.step, event.wall_time, compact(std::move(*histogram))});
  } else if (const auto* images = std::get_if<Images>(&summary.value)) {
    ImagePoint point{event.step, event.wall_time, next_image_id++, place, {}};
    for (const Image& image : images->samples) point.samples.push_back({image.width, image.height});
    images_.append(file, summary.tag, summary.description, std::move(point));
  } else if (auto* text = std::get_if<Text>(&summary.value)) {
    texts_.append(file, summary.tag, summary.description,
                  {event.step, event.wall_time, std::move(text->markdown)});
  } else if (auto tiles = parse_tiles(summary)) {
    tiles_.append(file, summary.tag, summary.description,
                  {event.step, event.wall_time, std::move(*tiles)});
  } else {
    others_.append(file, summary.tag, summary.description,
                   {event.step, event.wall_time, plugin_of(summary)});
  }
}

void Run::forget_file(const std::string& file) {
  starts_.forget(file);
  scalar_entries_.erase(file);
  wall_times_.erase(file);
  graphs_.erase(file);
  damage_.erase(file);
  scalars_.forget_file(file);
  histograms_.forget_file(file);
  images_.forget_file(file);
  texts_.forget_file(file);
  tiles_.forget_file(file);
  others_.forget_file(file);
  lost_file_ = true;
}

void Run::set_damage(const std::string& file, FileDamage damage) {
  damage_[file] = std::move(damage);
  changed_ = true;
}

uint64_t Run::damage_count() const {
  uint64_t count = 0;
  for (const auto& [file, damage] : damage_) count += damage.count;
  return count;
}

void Run::note_wall_time(const std::string& file, double wall_time) {
  if (!std::isfinite(wall_time)) return;
  auto& times = wall_times_.try_emplace(file, WallTimes{wall_time, wall_time}).first->second;
  times.first = std::min(times.first, wall_time);
  times.last = std::max(times.last, wall_time);
}

bool Run::settle_wall_times(uint64_t version) {
  std::optional<double> first;
  std::optional<double> last;
  for (const auto& [file, times] : wall_times_) {
    first = first ? std::min(*first, times.first) : times.first;
    last = last ? std::max(*last, times.last) : times.last;
  }
  const bool changed = first != first_wall_time_ || last != last_wall_time_;
  if (first != first_wall_time_) origin_version_ = version;
  first_wall_time_ = first;
  last_wall_time_ = last;
  return changed;
}

bool Run::settle(uint64_t version) {
  bool changed = changed_ || lost_file_;
  changed |= scalars_.settle(version);
  changed |= histograms_.settle(version);
  changed |= images_.settle(version);
  changed |= texts_.settle(version);
  changed |= tiles_.settle(version);
  changed |= others_.settle(version);
  changed |= settle_wall_times(version);
  for (auto& [file, graph] : graphs_) {
    if (graph.version == 0) graph.version = version;
  }
  if (changed) version_ = version;
  if (lost_file_) created_ = version;
  changed_ = false;
  lost_file_ = false;
  return changed;
}

std::optional<Run::GraphPlace> Run::graph() const {
  if (graphs_.empty()) return std::nullopt;
  return graphs_.rbegin()->second;
}

}  // namespace suar::dashboard
