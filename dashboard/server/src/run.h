#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <suar/event.h>
#include <suar/event_reader.h>

#include "points.h"
#include "scalar_points.h"
#include "session_starts.h"
#include "shared_points.h"
#include "tag_table.h"

namespace suar::dashboard {

/// What is damaged in an event file.
struct FileDamage {
  std::vector<Damage> places;  ///< the first 100, in file order
  uint64_t count = 0;          ///< of all places
};

/// Everything that the event files of one run say. Changes come in rounds, each closed by `settle`.
/// Not thread-safe: it lives behind the store's lock; the views of its series may leave it.
class Run {
 public:
  /// A run that the store first shows at `version`.
  explicit Run(uint64_t version) : version_(version), born_(version), created_(version) {}
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  /// Takes in the event that stands at `place` in the file named `file` (a name within the run's
  /// directory). `next_image_id` is the store's counter.
  void add(const std::string& file, Event event, const RecordPlace& place, uint64_t& next_image_id);

  /// Takes in scalars of that file. `tags` are those of the reader that has read it from the start.
  void add_scalars(const std::string& file, const std::deque<ScalarTag>& tags,
                   const ScalarBatch& scalars);

  /// The file is gone or is another one now. The next `settle` makes the run a new one for clients.
  void forget_file(const std::string& file);

  /// Says what is damaged in a file.
  void set_damage(const std::string& file, FileDamage damage);

  /// Closes a round of changes under the number `version`. True when there was a change.
  bool settle(uint64_t version);

  uint64_t version() const { return version_; }

  /// Version at which the run appeared.
  uint64_t born() const { return born_; }

  /// Version at which the run appeared, or lost a file: who knows it from before must forget it.
  uint64_t created() const { return created_; }

  /// Version at which `first_wall_time` changed last.
  uint64_t origin_version() const { return origin_version_; }

  /// Empty while there is no event with a finite time.
  std::optional<double> first_wall_time() const { return first_wall_time_; }
  std::optional<double> last_wall_time() const { return last_wall_time_; }

  /// The graph logged last, and the version at which it came.
  struct GraphPlace {
    RecordPlace place;
    uint64_t version = 0;
  };
  std::optional<GraphPlace> graph() const;

  const std::map<std::string, FileDamage>& damage() const { return damage_; }

  /// Number of damaged places in all files, those not listed among them.
  uint64_t damage_count() const;

  const TagTable<ScalarPoints>& scalars() const { return scalars_; }
  const TagTable<SharedPoints<HistogramPoint>>& histograms() const { return histograms_; }
  const TagTable<SharedPoints<ImagePoint>>& images() const { return images_; }
  const TagTable<SharedPoints<TextPoint>>& texts() const { return texts_; }
  /// By the tags that `tiles_tag` gives.
  const TagTable<SharedPoints<TilesPoint>>& tiles() const { return tiles_; }
  const TagTable<SharedPoints<OtherPoint>>& others() const { return others_; }

 private:
  struct WallTimes {
    double first;
    double last;
  };

  void add_summary(const std::string& file, const Event& event, Summary summary,
                   const RecordPlace& place, uint64_t& next_image_id);
  void note_wall_time(const std::string& file, double wall_time);
  bool settle_wall_times(uint64_t version);

  uint64_t version_;
  uint64_t born_;
  uint64_t created_;
  uint64_t origin_version_ = 0;
  bool changed_ = false;
  bool lost_file_ = false;

  SessionStarts starts_;
  std::map<std::string, WallTimes> wall_times_;
  std::optional<double> first_wall_time_;
  std::optional<double> last_wall_time_;
  std::map<std::string, GraphPlace> graphs_;  ///< of each file; version 0 until settled
  std::map<std::string, FileDamage> damage_;
  TagTable<ScalarPoints> scalars_{starts_};
  /// Of each file, by the numbers that its reader gives the tags.
  std::map<std::string, std::vector<TagTable<ScalarPoints>::Entry*>> scalar_entries_;
  TagTable<SharedPoints<HistogramPoint>> histograms_{starts_};
  TagTable<SharedPoints<ImagePoint>> images_{starts_};
  TagTable<SharedPoints<TextPoint>> texts_{starts_};
  TagTable<SharedPoints<TilesPoint>> tiles_{starts_};
  TagTable<SharedPoints<OtherPoint>> others_{starts_};
};

}  // namespace suar::dashboard
