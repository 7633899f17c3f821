#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <suar/event_reader.h>

#include "record_reader.h"
#include "scalar_tag_table.h"

namespace suar {

/// The quick way through what most event files are full of: scalars of the same tags in the same
/// order. Everything about such a record but its wall time and its value is known beforehand.
class ScalarScan {
 public:
  /// Takes in the records at the front of `bytes`, at most `most` of them, for as long as each is
  /// whole, has the right checksums and is a scalar of the tag that `tags` foretell. Returns the
  /// number of their bytes. Whatever comes next is for `RecordReader::next` and `EventDecoder`,
  /// which read the same out of any record that is taken here.
  std::size_t operator()(std::string_view bytes, Checksums checksums, ScalarTagTable& tags,
                         ScalarBatch& batch, std::size_t most);

 private:
  static constexpr uint64_t kNoBytes = 1;  ///< no word is that behind a mask of `Step`

  /// The step of the last record: most have that of the one before them.
  struct Step {
    std::size_t size = 0;  ///< in bytes; 0 before the first record
    uint64_t mask = 0;     ///< of those bytes, and of the key before them, in the record's 2nd word
    uint64_t bytes = kNoBytes;  ///< which they are
    int64_t step = 0;

    void set_size(std::size_t step_size);
  };

  template <Checksums kChecksums>
  std::size_t scan(std::string_view bytes, ScalarTagTable& tags, ScalarBatch& batch,
                   std::size_t most);

  Step step_;
};

}  // namespace suar
