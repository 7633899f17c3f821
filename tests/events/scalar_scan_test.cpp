#include "scalar_scan.h"

#include <cmath>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <event.pb.h>
#include <gtest/gtest.h>

#include "crc32c_instruction.h"
#include "event_decoder.h"
#include "event_readings.h"
#include "record_writer.h"
#include "temporary_directory.h"

namespace suar {
namespace {

std::string scalar(const std::string& tag, int64_t step, float value) {
  schema::Event event;
  event.set_wall_time(1.7e9 + value);
  event.set_step(step);
  auto& message = *event.mutable_summary()->add_value();
  message.set_tag(tag);
  message.set_simple_value(value);
  return event.SerializeAsString();
}

class ScalarScanTest : public ::testing::Test {
 protected:
  void write(const std::string& bytes) {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
  }

  testing::TemporaryDirectory directory_;
  std::filesystem::path path_ = directory_.path() / "1.tfevents";
};

TEST_F(ScalarScanTest, TakesEveryRecordButThoseOfTheFirstTwoRoundsOfTags) {
  if (!has_crc32c_instruction()) GTEST_SKIP() << "this processor has no instruction for CRC-32C";
  const std::string tags[] = {"Loss/train", "a", "Loss/valid", std::string(117, 'x')};
  std::string bytes;
  std::size_t two_rounds = 0;
  // The steps grow from one byte to six, which is as far as the scan goes.
  for (int bits = 0; bits < 42; ++bits) {
    for (const auto& tag : tags) append_record(bytes, scalar(tag, int64_t{1} << bits, 0.5f));
    if (bits == 1) two_rounds = bytes.size();
  }
  EventDecoder decoder;
  EventBatch batch;
  const auto take = [&](std::size_t begin, std::size_t most) {
    return decoder.decode_scalars(std::string_view(bytes).substr(begin), Checksums::verified,
                                  batch.scalars, most);
  };
  std::size_t begin = 0;
  for (const int64_t step : {1, 2}) {
    for (const auto& tag : tags) {
      EXPECT_EQ(take(begin, 1000), 0u) << tag << " at step " << step;
      const auto event = scalar(tag, step, 0.5f);
      ASSERT_TRUE(decoder.decode(event, 0, batch));
      begin += kRecordHeaderSize + event.size() + kRecordFooterSize;
    }
  }
  ASSERT_EQ(begin, two_rounds);
  EXPECT_EQ(take(two_rounds, 1000), bytes.size() - two_rounds);
  EXPECT_EQ(batch.scalars.size(), 42u * 4);
  EXPECT_EQ(batch.scalars.points(3).back().step, int64_t{1} << 41);
}

TEST(ScalarTagTable, LearnsTheRecordsOfATagWhenItComesAgainAndNotBefore) {
  ScalarTagTable tags;
  const std::string_view names[] = {"a", "b", "c"};
  for (const auto name : names) tags.number(name);
  for (const auto& forecast : tags.forecasts()) {
    EXPECT_EQ(forecast.middle_size, 0u);
    for (const KnownEnd& end : forecast.known_ends) EXPECT_EQ(end.factor, 0u);
  }
  tags.number("b");
  const auto& forecasts = tags.forecasts();
  EXPECT_EQ(std::string(forecasts[1].middle, forecasts[1].middle_size), scalar_record_middle("b"));
  for (const KnownEnd& end : forecasts[1].known_ends) EXPECT_NE(end.factor, 0u);
  EXPECT_EQ(forecasts[0].middle_size, 0u);
  EXPECT_EQ(forecasts[2].middle_size, 0u);
}

TEST_F(ScalarScanTest, ReadsWhatTheGeneralWayReadsOutOfAnyFile) {
  std::mt19937 random(11);
  std::size_t rows = 0, damages = 0;
  for (int file = 0; file < 400 && !HasFailure(); ++file) {
    std::vector<std::string> tags(1 + random() % 6);
    for (auto& tag : tags) tag = std::string(random() % 130, static_cast<char>('a' + random() % 3));
    std::string bytes;
    auto step = static_cast<int64_t>(uint64_t{random()} << random() % 40);
    for (int round = 0; round < 30; ++round) {
      if (random() % 4 != 0) step += static_cast<int64_t>(random() % 300);
      if (random() % 20 == 0) step = -step;
      for (const auto& tag : tags) {
        const float values[] = {0.25f, -0.0f, std::nanf(""), HUGE_VALF};
        if (random() % 50 == 0) continue;
        auto event = scalar(tag, step, values[random() % 4]);
        // Right checksums over other bytes: many are still an event, of another tag, step or form.
        if (random() % 30 == 0) event[random() % event.size()] = static_cast<char>(random() % 48);
        if (random() % 100 == 0) event.resize(random() % event.size());
        append_record(bytes, event);
      }
    }
    for (unsigned flips = random() % 3; flips > 0; --flips) {
      bytes[random() % bytes.size()] ^= static_cast<char>(1 + random() % 255);
    }
    if (random() % 3 == 0) bytes.resize(random() % bytes.size());
    write(bytes);
    BatchLimits limits;
    limits.scalars = 1 + random() % 50;
    testing::ReadingInBatches in_batches(path_, limits);
    const auto& found = in_batches.read_on();
    EXPECT_LE(in_batches.largest_batch(), limits.scalars);
    testing::ReadingOneByOne one_by_one(path_);
    const auto& expected = one_by_one.read_on();
    EXPECT_TRUE(found.rows == expected.rows) << "in file " << file;
    EXPECT_EQ(found.damage, expected.damage);
    EXPECT_TRUE(found == expected) << "in file " << file;
    for (const auto& [tag, of_tag] : expected.rows) rows += of_tag.size();
    damages += expected.damage.size();
  }
  EXPECT_GT(rows, 20000u);
  EXPECT_GT(damages, 500u);
}

}  // namespace
}  // namespace suar
