#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <suar/event_reader.h>

namespace suar {

/// Reads the records of a file that may still grow, and steps over damage: see `EventReader`.
class RecordReader {
 public:
  /// Opens the file to read from `offset` on. Throws `suar::Error` when it cannot be opened.
  explicit RecordReader(std::filesystem::path path, uint64_t offset = 0);
  ~RecordReader();
  RecordReader(const RecordReader&) = delete;
  RecordReader& operator=(const RecordReader&) = delete;

  struct Record {
    uint64_t offset = 0;    ///< of the header in the file
    std::string_view data;  ///< valid until the next call
  };

  /// The next record whose checksums are right; empty when there is no further whole one now.
  std::optional<Record> next();

  /// Adds the record that `next` returned last to the damage: its data means nothing.
  void reject_last(const std::string& reason);

  bool replaced() const;
  const std::vector<Damage>& damage() const { return damage_; }
  uint64_t offset() const { return offset_; }
  const std::filesystem::path& path() const { return path_; }

 private:
  /// `size` bytes of the file at `offset`; empty while the file has not got them.
  std::optional<std::string_view> view(uint64_t offset, std::size_t size);
  void add_damage(uint64_t offset, uint64_t length, const std::string& reason);

  std::filesystem::path path_;
  int descriptor_ = -1;
  uint64_t offset_ = 0;     ///< of the next header
  bool searching_ = false;  ///< no header began at the last offsets: looking for the next good one
  uint64_t last_offset_ = 0;
  std::string window_;          ///< what was read ahead...
  uint64_t window_offset_ = 0;  ///< ...from this offset on
  std::vector<Damage> damage_;
};

}  // namespace suar
