#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <suar/error.h>

#include "crc32c.h"
#include "files.h"
#include "record_format.h"
#include "record_reader.h"
#include "record_writer.h"
#include "sanitizers.h"
#include "temporary_directory.h"

namespace suar {
namespace {

using testing::append_file;
using testing::write_file;

/// This process may map `bytes` more than it has.
void limit_address_space(uint64_t bytes) {
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  struct rlimit limit;
  getrlimit(RLIMIT_AS, &limit);
  limit.rlim_cur = pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) + bytes;
  if (pages == 0 || setrlimit(RLIMIT_AS, &limit) != 0) std::exit(2);
}

class Record : public ::testing::Test {
 protected:
  static std::string record(const std::string& data) {
    std::string bytes;
    append_record(bytes, data);
    return bytes;
  }

  /// A header whose checksum is right.
  static std::string header_of(uint64_t length) {
    std::string bytes(kRecordHeaderSize, '\0');
    store_little_endian<uint64_t>(bytes.data(), length);
    store_little_endian<uint32_t>(bytes.data() + 8, mask_crc(crc32c(bytes.data(), 8)));
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
  EXPECT_TRUE(reader.damage().places().empty());
}

TEST_F(Record, TruncatedAnywhereLosesOnlyWhatIsNotWhole) {
  const std::string first = record("first");
  const std::string bytes = first + record("second");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    write_file(path_, bytes.substr(0, size));
    RecordReader reader(path_);
    EXPECT_EQ(read_all(reader).size(), size < first.size() ? 0u : 1u) << size;
    EXPECT_TRUE(reader.damage().places().empty());
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
    ASSERT_EQ(reader.damage().places().size(), 1u) << i;
    EXPECT_EQ(reader.damage().places()[0].offset, before.size());
    EXPECT_EQ(reader.damage().places()[0].length, middle.size());
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
    ASSERT_EQ(reader.damage().places().size(), 1u) << size;
    EXPECT_EQ(reader.damage().places()[0].offset, record("before").size());
    EXPECT_EQ(reader.damage().places()[0].length, size);
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
  ASSERT_EQ(reader.damage().places().size(), 1u);
  EXPECT_EQ(reader.damage().places()[0].length, 100000u);
}

TEST_F(Record, OfAnAbsurdLengthIsSkippedAndTheReasonIsTheOneThatIsTrue) {
  const std::string wrong_checksum(4, '\1');
  for (const uint64_t length : {uint64_t{1} << 63, kLargestRecord + 1, ~uint64_t{0}}) {
    const std::string header = header_of(length);
    for (const bool right : {true, false}) {
      write_file(path_, (right ? header : header.substr(0, 8) + wrong_checksum) + record("after"));
      RecordReader reader(path_);
      EXPECT_EQ(read_all(reader), std::vector<std::string>{"after"});
      ASSERT_EQ(reader.damage().places().size(), 1u);
      EXPECT_EQ(reader.damage().places()[0].length, header.size());
      EXPECT_EQ(reader.damage().places()[0].reason,
                right ? "no record begins here: its length would be above 1 GiB"
                      : "no record begins here: the checksum of the length is wrong");
    }
  }
}

TEST_F(Record, OfWhichAFewBytesAreThereAllocatesNothingForTheOthers) {
  if (testing::kAddressSanitizer || testing::kThreadSanitizer) {
    GTEST_SKIP() << "sanitizers need more address space than is left here";
  }
  write_file(path_, record("before") + header_of(kLargestRecord) + "a few bytes");
  // In a process of its own, which has no room for what the header says.
  EXPECT_EXIT(
      {
        limit_address_space(kLargestRecord / 2);
        RecordReader reader(path_);
        const bool right = read_all(reader) == std::vector<std::string>{"before"} &&
                           reader.damage().places().empty();
        std::exit(right ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST_F(Record, ReaderOfAMissingFileSaysSo) {
  EXPECT_THROW(RecordReader(directory_.path() / "none"), Error);
  EXPECT_THROW(RecordReader(directory_.path()), Error);
}

TEST_F(Record, ReaderNoticesThatTheFileWasReplacedOrCutShort) {
  write_file(path_, record("first"));
  RecordReader reader(path_);
  read_all(reader);
  EXPECT_NE(reader.look(), FileNews::replaced);
  write_file(path_, "");
  EXPECT_EQ(reader.look(), FileNews::replaced);

  write_file(path_, record("first"));
  EXPECT_NE(reader.look(), FileNews::replaced);
  write_file(directory_.path() / "new", record("first"));
  std::filesystem::rename(directory_.path() / "new", path_);
  EXPECT_EQ(reader.look(), FileNews::replaced);
  std::filesystem::remove(path_);
  EXPECT_EQ(reader.look(), FileNews::replaced);
}

TEST_F(Record, CutOffHidesNoneBehindItWhereverItWouldEnd) {
  const std::string torn = record(std::string(100000, 't'));
  std::string good;
  for (int i = 0; i < 999; ++i) good += record("value " + std::to_string(i));
  const std::string before = record("before");
  // The last one would end within the last bytes of the file.
  for (const std::size_t size : {kRecordHeaderSize, std::size_t{5000}, torn.size() - good.size(),
                                 torn.size() - good.size() + 5}) {
    write_file(path_, before + torn.substr(0, size) + good);
    RecordReader reader(path_);
    ASSERT_EQ(read_all(reader).size(), 1000u) << size;
    ASSERT_EQ(reader.damage().places().size(), 1u);
    EXPECT_EQ(reader.damage().places()[0].offset, before.size());
    EXPECT_EQ(reader.damage().places()[0].length, size);
  }
}

TEST_F(Record, BehindOthersThatAreCutOffIsReadOnceItIsWhole) {
  std::string bytes = record("before");
  std::size_t torn_bytes = 0;
  for (const std::size_t size : {5000, 40, 300}) {
    bytes += record(std::string(100000, 't')).substr(0, size);
    torn_bytes += size;
  }
  write_file(path_, bytes);
  RecordReader reader(path_);
  EXPECT_EQ(read_all(reader), std::vector<std::string>{"before"});
  EXPECT_EQ(reader.damage().totals().places, 0u) << "they may grow yet";
  std::string found;
  for (const char byte : record("one") + record("two")) {
    append_file(path_, std::string(1, byte));
    for (const auto& data : read_all(reader)) found += data;
  }
  EXPECT_EQ(found, "onetwo");
  EXPECT_EQ(reader.damage().totals().bytes, torn_bytes);
}

TEST_F(Record, ThatGrowsForLongIsSearchedOnceOnly) {
  const std::string bytes = record(std::string(20000000, 'g'));
  const std::size_t piece = bytes.size() / 50;
  write_file(path_, "");
  RecordReader reader(path_);
  std::size_t count = 0;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    append_file(path_, bytes.substr(at, piece));
    count += read_all(reader).size();
  }
  EXPECT_EQ(count, 1u);
  EXPECT_EQ(reader.damage().totals().places, 0u);
  // Once as it came, and at most 8 MB again each time that the file had changed.
  EXPECT_LT(reader.bytes_passed(), 2 * bytes.size() + 50 * (uint64_t{8} << 20));
}

TEST_F(Record, WhoseBytesAreSeenLaterThanTheSizeOfTheFileIsReadThen) {
  const std::string before = record("before"), late = record(std::string(300, 'l')),
                    after = record("after");
  const std::string bytes = before + late + after;
  // From each of these bytes on there are zeros at first.
  for (std::size_t seen = before.size(); seen < bytes.size(); seen += 7) {
    write_file(path_, bytes.substr(0, seen) + std::string(bytes.size() - seen, '\0'));
    RecordReader reader(path_);
    std::vector<std::string> found = read_all(reader);
    EXPECT_GT(reader.damage().totals().bytes, 0u);
    write_file(path_, bytes);
    EXPECT_EQ(reader.look(), FileNews::some);
    for (const auto& data : read_all(reader)) found.push_back(data);
    ASSERT_EQ(found, (std::vector<std::string>{"before", std::string(300, 'l'), "after"})) << seen;
    EXPECT_EQ(reader.damage().totals().places, 0u);
    EXPECT_EQ(reader.damage().places().size(), 0u);
    EXPECT_EQ(reader.offset(), bytes.size());
  }
}

TEST_F(Record, IsLookedForAgainInDamageWithBoundedWorkEachTime) {
  const std::size_t size = std::size_t{20} << 20;
  write_file(path_, record("before") + std::string(size, '\0'));
  RecordReader reader(path_);
  EXPECT_EQ(read_all(reader).size(), 1u);
  const uint64_t begin = reader.bytes_passed();
  const int rounds = 9;
  for (int i = 0; i < rounds; ++i) {
    append_file(path_, "z");
    EXPECT_TRUE(read_all(reader).empty());
  }
  EXPECT_GT(reader.bytes_passed(), begin);
  EXPECT_LE(reader.bytes_passed() - begin, rounds * (uint64_t{8} << 20));
  append_file(path_, record("after"));
  std::vector<std::string> found;
  for (int i = 0; i < 3; ++i) {
    for (const auto& data : read_all(reader)) found.push_back(data);
  }
  EXPECT_EQ(found, std::vector<std::string>{"after"});
}

TEST_F(Record, IsSearchedForInPiecesWhenTheCallerHasLittleTime) {
  const std::size_t size = 3000000;
  write_file(path_, std::string(size, '\0') + record("found"));
  RecordReader reader(path_);
  int calls = 0;
  std::optional<RecordReader::Record> found;
  do {
    const uint64_t before = reader.bytes_passed();
    found = reader.next(1000000);
    EXPECT_LE(reader.bytes_passed() - before, 1500000u);
    ++calls;
  } while (!found && reader.in_search());
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->data, "found");
  EXPECT_GT(calls, 2);
  EXPECT_EQ(reader.damage().totals().bytes, size);
}

TEST_F(Record, ReaderListsTheFirstPlacesOfDamageAndCountsAll) {
  std::string bytes;
  for (int i = 0; i < 1000; ++i) bytes += "garbage" + record("good");
  write_file(path_, bytes);
  RecordReader reader(path_);
  EXPECT_EQ(read_all(reader).size(), 1000u);
  EXPECT_EQ(reader.damage().places().size(), 100u);
  EXPECT_EQ(reader.damage().totals().places, 1000u);
  EXPECT_EQ(reader.damage().totals().bytes, 7000u);
  EXPECT_EQ(reader.damage().places()[99].length, 7u);
}

TEST_F(Record, RejectedNextToOthersMakesOnePlaceOfDamage) {
  std::string bytes;
  for (int i = 0; i < 1000; ++i) bytes += record("x");
  write_file(path_, bytes);
  RecordReader reader(path_);
  while (reader.next()) reader.reject_last("nonsense");
  ASSERT_EQ(reader.damage().places().size(), 1u);
  EXPECT_EQ(reader.damage().places()[0].length, bytes.size());
  EXPECT_EQ(reader.damage().places()[0].reason, "nonsense");
}

TEST_F(Record, IsReadFromWhereTheReaderWasToldToBegin) {
  const std::string first = record("first");
  write_file(path_, first);
  RecordReader reader(path_, first.size());
  EXPECT_EQ(read_all(reader), std::vector<std::string>{});
  append_file(path_, record("second"));
  EXPECT_EQ(read_all(reader), std::vector<std::string>{"second"});
  EXPECT_EQ(reader.offset(), 2 * first.size() + 1);
}

TEST_F(Record, ThatDoesNotBeginHereIsNotSearchedFor) {
  write_file(path_, std::string(100000, 'g') + record("far"));
  RecordReader reader(path_);
  EXPECT_FALSE(reader.next_here().has_value());
  EXPECT_EQ(reader.bytes_passed(), 0u);
  RecordReader there(path_, 100000);
  ASSERT_TRUE(there.next_here().has_value());
}

TEST_F(Record, ReaderAtRestHoldsNoFileOpenAndReadsOnWhenItGrows) {
  write_file(path_, record("first"));
  RecordReader reader(path_);
  EXPECT_EQ(read_all(reader).size(), 1u);
  EXPECT_EQ(testing::descriptors_of(path_), 1);
  reader.rest();
  EXPECT_EQ(testing::descriptors_of(path_), 0);
  EXPECT_TRUE(read_all(reader).empty());
  EXPECT_EQ(testing::descriptors_of(path_), 0) << "nothing is new";
  append_file(path_, record("second"));
  EXPECT_EQ(read_all(reader), std::vector<std::string>{"second"});
}

TEST_F(Record, ReaderAtRestReadsNothingOfAnotherFileOfThatName) {
  write_file(path_, record("first"));
  RecordReader reader(path_);
  read_all(reader);
  reader.rest();
  write_file(directory_.path() / "new", record("first") + record("other"));
  std::filesystem::rename(directory_.path() / "new", path_);
  EXPECT_TRUE(read_all(reader).empty());
  EXPECT_EQ(reader.look(), FileNews::replaced);
}

}  // namespace
}  // namespace suar
