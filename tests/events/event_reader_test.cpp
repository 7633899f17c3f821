#include <random>

#include <gtest/gtest.h>

#include <suar/error.h>
#include <suar/event_reader.h>
#include <suar/event_writer.h>

#include "files.h"
#include "record_writer.h"
#include "temporary_directory.h"

namespace suar {
namespace {

using testing::read_file;
using testing::TemporaryDirectory;
using testing::write_file;

TEST(EventReader, ReadsAFileWhileItIsWritten) {
  TemporaryDirectory directory;
  EventWriter writer(directory.path());
  EventReader reader(writer.path());
  for (int step = 0; step < 3; ++step) {
    writer.write({1, step, std::vector<Summary>{{"a", 1.0, ""}}});
    writer.flush();
    int64_t last_step = -1;
    while (const auto event = reader.next()) last_step = event->event.step;
    EXPECT_EQ(last_step, step);
  }
}

TEST(EventReader, SkipsAndReportsARecordThatIsNoEvent) {
  TemporaryDirectory directory;
  const auto path = directory.path() / "tfevents";
  std::filesystem::path good;
  {
    EventWriter writer(directory.path());
    good = writer.path();
  }
  std::string bytes;
  append_record(bytes, "\xff\xff no event");
  const std::size_t damaged = bytes.size();
  write_file(path, bytes + read_file(good));
  EventReader reader(path);
  EXPECT_TRUE(std::holds_alternative<FileVersion>(reader.next()->event.what));
  ASSERT_EQ(reader.damage().size(), 1u);
  EXPECT_EQ(reader.damage()[0].offset, 0u);
  EXPECT_EQ(reader.damage()[0].length, damaged);
}

TEST(EventReader, SurvivesRandomBytes) {
  TemporaryDirectory directory;
  const auto path = directory.path() / "tfevents";
  std::mt19937 random(7);
  std::string bytes(100000, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  write_file(path, bytes);
  EventReader reader(path);
  EXPECT_FALSE(reader.next().has_value());
  ASSERT_EQ(reader.damage().size(), 1u);
}

TEST(EventReader, SurvivesEveryDamagedByteWithoutAWrongValue) {
  TemporaryDirectory directory;
  std::filesystem::path good;
  {
    EventWriter writer(directory.path());
    good = writer.path();
    Histogram histogram;
    histogram.limits = {0, 1}, histogram.counts = {1, 2};
    for (int step = 0; step < 3; ++step) {
      writer.write(
          {1, step,
           std::vector<Summary>{
               {"scalar", 0.5, ""}, {"histogram", histogram, ""}, {"text", Text{"text"}, ""}}});
    }
  }
  const std::string bytes = read_file(good);
  const auto path = directory.path() / "damaged.tfevents";
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(~damaged[i]);
    write_file(path, damaged);
    EventReader reader(path);
    int events = 0;
    while (const auto event = reader.next()) {
      ++events;
      const auto* summaries = std::get_if<std::vector<Summary>>(&event->event.what);
      if (summaries == nullptr) continue;
      ASSERT_EQ(summaries->size(), 3u);
      ASSERT_EQ(std::get<double>((*summaries)[0].value), 0.5);
    }
    ASSERT_EQ(events, 4) << "byte " << i << ": one record of five is lost";
  }
}

TEST(EventReader, KnowsAnEventFileByItsName) {
  for (const char* name : {"events.out.tfevents.1.host", "foo.tfevents.1", "tfevents"}) {
    EXPECT_TRUE(is_event_file_name(name));
  }
  EXPECT_FALSE(is_event_file_name("events.out.1"));
}

}  // namespace
}  // namespace suar
