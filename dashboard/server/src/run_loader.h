#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <suar/event_reader.h>

#include "store.h"

namespace suar::dashboard {

/// Keeps one run of the store up with its event files: growing, new, replaced and deleted ones.
/// Not thread-safe.
class RunLoader {
 public:
  RunLoader(Store& store, std::string name, std::filesystem::path directory);

  /// Reads what is new in `files` (names within the directory, sorted) and commits it. Reads a
  /// limited number of events: true when there may be more at once.
  bool poll(const std::vector<std::string>& files);

  /// Files that could not be opened or read in the last poll, with the reasons.
  const std::vector<std::string>& problems() const { return problems_; }

  /// How far each file has been read, in bytes. What comes behind is no whole record yet.
  std::map<std::string, uint64_t> offsets() const;

 private:
  struct File {
    std::shared_ptr<const std::filesystem::path> path;
    std::unique_ptr<EventReader> reader;
    bool has_news = true;
    uint64_t reported_damages = 0;     ///< those not listed among them
    uint64_t reported_damage_end = 0;  ///< of the last place that is listed
  };
  struct Change {
    std::vector<std::string> forgotten;
    std::vector<std::pair<std::string, EventBatch>> batches;  ///< of each file, in its order
    std::vector<std::pair<std::string, FileDamage>> damages;  ///< of each file
  };

  /// False when the file has more than `left`, which is lessened by what was read.
  bool read(const std::string& name, EventReader& reader, BatchLimits& left, Change& change);
  void forget_lost_files(const std::vector<std::string>& files, Change& change);
  FileNews look(EventReader& reader);
  File* open(const std::string& name);
  void note_damage(const std::string& name, File& file, Change& change) const;
  void commit(Change& change);

  Store& store_;
  const std::string name_;
  const std::filesystem::path directory_;
  std::map<std::string, File> files_;
  std::vector<std::string> problems_;
  ScalarBatch spare_;  ///< memory for the next batch while there is much to read
  bool committed_ = false;
};

}  // namespace suar::dashboard
