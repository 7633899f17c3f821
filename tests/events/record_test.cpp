#include <gtest/gtest.h>

#include <suar/error.h>

#include "crc32c.h"
#include "files.h"
#include "record_format.h"
#include "record_reader.h"
#include "record_writer.h"
#include "temporary_directory.h"

namespace suar {
namespace {

using testing::append_file;
using testing::write_file;

class Record : public ::testing::Test {
 protected:
  static std::string record(const std::string& data) {
    std::string bytes;
    append_record(bytes, data);
    return bytes;
  }

  /// The data of all records that a reader finds now.
  static std::vector<std::string> read_all(RecordReader& reader) {
    std::vector<std::string> all;
    while (const auto found = reader.next()) all.emplace_back(found->data);
    return all;
  }
  std::vector<std::string> read_all() const {
    RecordReader reader(path_);
    return read_all(reader);
  }

  testing::TemporaryDirectory directory_;
  const std::filesystem::path path_ = directory_.path() / "tfevents";
};

TEST_F(Record, IsReadWhateverItsLength) {
  std::string bytes;
  std::vector<std::string> all;
  for (std::size_t length = 0; length < 2 * kShortLengths; ++length) {
    all.emplace_back(length, static_cast<char>(length));
    bytes += record(all.back());
  }
  write_file(path_, bytes);
  EXPECT_EQ(read_all(), all);
}

TEST_F(Record, HasTheBytesThatTensorFlowWrites) {
  const std::string payload(
      "\x09\x00\x00\x80\x38\x99\xd6\xd7\x41\x1a\x0d"
      "brain.Event:2",
      24);
  const std::string expected = std::string("\x18\x00\x00\x00\x00\x00\x00\x00\xa3\x7f\x4b\x22", 12) +
                               payload + std::string("\x12\x4b\x36\xab", 4);
  EXPECT_EQ(record(payload), expected);
}

TEST_F(Record, IsReadAsItWasWritten) {
  const std::vector<std::string> all = {"one", "", std::string(1000000, 'x'), "last"};
  std::string bytes;
  for (const auto& data : all) append_record(bytes, data);
  write_file(path_, bytes);
  EXPECT_EQ(read_all(), all);
}

TEST_F(Record, HalfWrittenIsReadOnceItIsWhole) {
  const std::string bytes = record("first") + record("second");
  write_file(path_, "");
  RecordReader reader(path_);
  std::vector<std::string> found;
  for (const char byte : bytes) {
    append_file(path_, std::string(1, byte));
    for (auto& data : read_all(reader)) found.push_back(data);
  }
  EXPECT_EQ(found, (std::vector<std::string>{"first", "second"}));
  EXPECT_TRUE(reader.damage().empty());
}

TEST_F(Record, TruncatedAnywhereLosesOnlyWhatIsNotWhole) {
  const std::string first = record("first");
  const std::string bytes = first + record("second");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    write_file(path_, bytes.substr(0, size));
    RecordReader reader(path_);
    EXPECT_EQ(read_all(reader).size(), size < first.size() ? 0u : 1u) << size;
    EXPECT_TRUE(reader.damage().empty());
  }
}

TEST_F(Record, WithAnyOneByteDamagedIsSkippedAndTheOthersAreRead) {
  const std::string before = record("before"), middle = record("middle"), after = record("after");
  const std::string bytes = before + middle + after;
  for (std::size_t i = before.size(); i < before.size() + middle.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    write_file(path_, damaged);
    RecordReader reader(path_);
    ASSERT_EQ(read_all(reader), (std::vector<std::string>{"before", "after"})) << i;
    ASSERT_EQ(reader.damage().size(), 1u) << i;
    EXPECT_EQ(reader.damage()[0].offset, before.size());
    EXPECT_EQ(reader.damage()[0].length, middle.size());
  }
}

TEST_F(Record, OfWhichAPartIsMissingCostsNoOtherRecord) {
  const std::string torn = record(std::string(1000, 't'));
  const std::string good = record("one") + record("two") + record("three");
  for (std::size_t size = kRecordHeaderSize; size < torn.size(); size += 41) {
    const std::string bytes = record("before") + torn.substr(0, size) + good + good + good;
    write_file(path_, bytes + record(std::string(2000, 'e')));
    RecordReader reader(path_);
    ASSERT_EQ(read_all(reader).size(), 11u) << size;
    ASSERT_EQ(reader.damage().size(), 1u) << size;
    EXPECT_EQ(reader.damage()[0].offset, record("before").size());
    EXPECT_EQ(reader.damage()[0].length, size);
  }
}

TEST_F(Record, IsSearchedForInTimeLinearInTheDamage) {
  // Headers one after the other, each of a record that is long, and whose data is damaged.
  std::string header(kRecordHeaderSize, '\0');
  store_little_endian<uint64_t>(header.data(), 100000);
  store_little_endian<uint32_t>(header.data() + 8, mask_crc(crc32c(header.data(), 8)));
  std::string headers;
  while (headers.size() < 1000000) headers += header;
  for (const std::string& damage : {headers, std::string(1000000, 'g')}) {
    const std::string bytes = damage + std::string(200000, '\0') + record("found");
    write_file(path_, bytes);
    RecordReader reader(path_);
    EXPECT_EQ(read_all(reader), std::vector<std::string>{"found"});
    // Eight bytes for a header at every offset, and some data in vain.
    EXPECT_LT(reader.bytes_checked(), 16 * bytes.size());
  }
}

TEST_F(Record, IsFoundBehindGarbage) {
  write_file(path_, std::string(100000, 'g') + record("found"));
  RecordReader reader(path_);
  EXPECT_EQ(read_all(reader), std::vector<std::string>{"found"});
  ASSERT_EQ(reader.damage().size(), 1u);
  EXPECT_EQ(reader.damage()[0].length, 100000u);
}

TEST_F(Record, OfAnAbsurdLengthAllocatesNothingAndIsSkipped) {
  // Even with a right checksum of the length.
  std::string header = record("").substr(0, kRecordHeaderSize);
  for (const uint64_t length : {uint64_t{1} << 63, kLargestRecord + 1, ~uint64_t{0}}) {
    std::string bytes(8, '\0');
    store_little_endian<uint64_t>(bytes.data(), length);
    write_file(path_, bytes + header.substr(8) + record("after"));
    EXPECT_EQ(read_all(), std::vector<std::string>{"after"});
  }
}

TEST_F(Record, ReaderOfAMissingFileSaysSo) {
  EXPECT_THROW(RecordReader(directory_.path() / "none"), Error);
  EXPECT_THROW(RecordReader(directory_.path()), Error);
}

TEST_F(Record, ReaderNoticesThatTheFileWasReplacedOrCutShort) {
  write_file(path_, record("first"));
  RecordReader reader(path_);
  read_all(reader);
  EXPECT_FALSE(reader.replaced());
  write_file(path_, "");
  EXPECT_TRUE(reader.replaced());

  write_file(path_, record("first"));
  EXPECT_FALSE(reader.replaced());
  write_file(directory_.path() / "new", record("first"));
  std::filesystem::rename(directory_.path() / "new", path_);
  EXPECT_TRUE(reader.replaced());
}

}  // namespace
}  // namespace suar
