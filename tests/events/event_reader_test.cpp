#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include <suar/error.h>
#include <suar/event_reader.h>
#include <suar/event_writer.h>

#include "files.h"
#include "record_writer.h"
#include "scalar_encoder.h"
#include "temporary_directory.h"

namespace suar {
namespace {

using testing::append_file;
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

TEST(EventReader, ReadsTagsOfOtherWritersThatAreNotUtf8AsTheyAre) {
  TemporaryDirectory directory;
  const auto path = directory.path() / "tfevents";
  std::string bytes;
  for (const char* tag : {"caf\xe9", "caf\xe8"}) {
    std::string event;
    encode_scalar_event(1, 2, tag, 3, event);
    append_record(bytes, event);
  }
  write_file(path, bytes);
  std::vector<std::string> tags;
  EventReader reader(path);
  while (const auto event = reader.next()) {
    tags.push_back(std::get<std::vector<Summary>>(event->event.what).at(0).tag);
  }
  EXPECT_EQ(tags, (std::vector<std::string>{"caf\xe9", "caf\xe8"}));
  EXPECT_TRUE(reader.damage().empty());
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

/// A file with a record of its head, one of a START, three with values of all kinds, and a graph.
std::string small_file() {
  TemporaryDirectory directory;
  EventWriter writer(directory.path());
  Histogram histogram;
  histogram.limits = {0, 1}, histogram.counts = {1, 2}, histogram.max = 1;
  const Audio audio{8000, 1, 4, "clip"};
  for (int step = 0; step < 3; ++step) {
    writer.write({1, step,
                  std::vector<Summary>{{"scalar", 0.5, ""},
                                       {"histogram", histogram, ""},
                                       {"text", Text{"text"}},
                                       {"image", Images{{{2, 3, 1, "png"}}}},
                                       {"audio", audio}}});
  }
  writer.write({1, 3, SerializedGraph{"graph"}});
  writer.flush();
  return read_file(writer.path());
}

void expect_no_wrong_value(const std::vector<Summary>& summaries) {
  ASSERT_EQ(summaries.size(), 5u);
  EXPECT_EQ(std::get<double>(summaries[0].value), 0.5);
  const auto& histogram = std::get<Histogram>(summaries[1].value);
  EXPECT_EQ(histogram.limits, (std::vector<double>{0, 1}));
  EXPECT_EQ(histogram.counts, (std::vector<double>{1, 2}));
  EXPECT_EQ(histogram.max, 1);
  // What the tensor means stood with the first value, which may be the one that is damaged.
  if (const auto* text = std::get_if<Text>(&summaries[2].value)) {
    EXPECT_EQ(text->markdown, "text");
  } else {
    EXPECT_EQ(std::get<TensorValue>(summaries[2].value).strings, std::vector<std::string>{"text"});
  }
  const auto& images = std::get<Images>(summaries[3].value);
  ASSERT_EQ(images.samples.size(), 1u);
  EXPECT_EQ(images.samples[0].height, 2);
  EXPECT_EQ(images.samples[0].width, 3);
  EXPECT_EQ(images.samples[0].encoded, "png");
  const auto& audio = std::get<Audio>(summaries[4].value);
  EXPECT_EQ(audio.sample_rate, 8000);
  EXPECT_EQ(audio.encoded, "clip");
}

TEST(EventReader, SurvivesEveryDamagedByteWithoutAWrongValue) {
  TemporaryDirectory directory;
  const std::string bytes = small_file();
  const auto path = directory.path() / "damaged.tfevents";
  for (std::size_t i = 0; i < bytes.size() && !::testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE("byte " + std::to_string(i));
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(~damaged[i]);
    write_file(path, damaged);
    EventReader reader(path);
    int events = 0;
    while (const auto event = reader.next()) {
      ++events;
      if (const auto* summaries = std::get_if<std::vector<Summary>>(&event->event.what)) {
        expect_no_wrong_value(*summaries);
      } else if (const auto* graph = std::get_if<SerializedGraph>(&event->event.what)) {
        EXPECT_EQ(graph->graph_def, "graph");
      }
    }
    ASSERT_EQ(events, 5) << "one record of six is lost";
    ASSERT_EQ(reader.damage().size(), 1u);

    EventReader batches(path);
    EventBatch batch;
    std::size_t scalars = 0, others = 0;
    while (batches.read(batch)) {
      scalars += batch.scalars.size();
      others += batch.events.size();
      for (const uint32_t tag : batch.scalars.tags()) {
        for (const auto& point : batch.scalars.points(tag)) ASSERT_EQ(point.value, 0.5);
      }
    }
    ASSERT_EQ(others, 5u);
    ASSERT_TRUE(scalars == 2 || scalars == 3);
  }
}

TEST(EventReader, OfATruncatedFileReadsAllWholeRecordsAndTheRestWhenItComes) {
  TemporaryDirectory directory;
  const std::string bytes = small_file();
  const auto path = directory.path() / "growing.tfevents";
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    write_file(path, bytes.substr(0, size));
    EventReader reader(path);
    int events = 0;
    while (reader.next()) ++events;
    ASSERT_LT(events, 6);
    ASSERT_LE(reader.offset(), size);
    append_file(path, bytes.substr(size));
    while (reader.next()) ++events;
    ASSERT_EQ(events, 6) << size;
    ASSERT_TRUE(reader.damage().empty());
  }
}

TEST(EventReader, HandsOutScalarsInBatchesThatEndAtASessionLog) {
  TemporaryDirectory directory;
  EventWriter writer(directory.path());
  writer.write({1, 0, std::vector<Summary>{{"a", 1.0}, {"b", 2.0, "says why"}}});
  writer.write({2, 1, std::vector<Summary>{{"a", 3.0}, {"note", Text{"text"}}}});
  writer.write({3, 1, SessionLog{SessionLog::Status::start}});
  writer.write({4, 1, std::vector<Summary>{{"b", 4.0}}});
  writer.flush();
  EventReader reader(writer.path());
  EventBatch batch;
  ASSERT_TRUE(reader.read(batch));  // the head of the file, which ends with a START
  EXPECT_EQ(batch.events.size(), 2u);
  EXPECT_TRUE(batch.scalars.empty());

  ASSERT_TRUE(reader.read(batch));
  ASSERT_EQ(batch.scalars.size(), 3u);
  EXPECT_EQ(batch.scalars.tags(), (std::vector<uint32_t>{0, 1}));
  ASSERT_EQ(batch.scalars.points(0).size(), 2u);
  EXPECT_EQ(batch.scalars.points(0)[1].value, 3.0);
  EXPECT_EQ(batch.scalars.points(0)[1].step, 1);
  EXPECT_EQ(batch.scalars.points(0)[1].wall_time, 2.0);
  ASSERT_EQ(batch.scalars.points(1).size(), 1u);
  ASSERT_EQ(batch.events.size(), 2u);
  EXPECT_EQ(std::get<std::vector<Summary>>(batch.events[0].event.what).at(0).tag, "note");
  EXPECT_TRUE(std::holds_alternative<SessionLog>(batch.events[1].event.what));

  ASSERT_TRUE(reader.read(batch));
  ASSERT_EQ(batch.scalars.size(), 1u);
  EXPECT_EQ(batch.scalars.tags(), std::vector<uint32_t>{1});
  EXPECT_EQ(reader.scalar_tags()[1].name, "b");
  EXPECT_EQ(reader.scalar_tags()[1].description, "says why");
  EXPECT_FALSE(reader.read(batch));
  EXPECT_TRUE(batch.scalars.empty());
}

TEST(EventReader, BeginsAtAnyRecordAndFollowsTheFileFromThere) {
  TemporaryDirectory directory;
  EventWriter writer(directory.path());
  for (int step = 0; step < 3; ++step) writer.add_scalar("a", 1, step);
  writer.flush();
  EventReader whole(writer.path());
  uint64_t last = 0;
  while (const auto event = whole.next()) last = event->offset;
  for (const uint64_t offset : {last, whole.offset()}) {
    EventReader reader(writer.path(), offset);
    std::size_t found = 0;
    while (reader.next()) ++found;
    EXPECT_EQ(found, offset == last ? 1u : 0u);
    EXPECT_TRUE(reader.damage().empty());
  }
  EventReader tail(writer.path(), whole.offset());
  EXPECT_FALSE(tail.next().has_value());
  writer.add_scalar("a", 1, 7);
  writer.flush();
  EXPECT_EQ(tail.next()->event.step, 7);
}

TEST(EventReader, TakesInNoMoreThanItsLimits) {
  TemporaryDirectory directory;
  EventWriter writer(directory.path());
  for (int step = 0; step < 10; ++step) {
    writer.write({1, step, std::vector<Summary>{{"a", 1.0}}});
  }
  writer.flush();
  EventReader reader(writer.path());
  EventBatch batch;
  reader.read(batch);
  BatchLimits limits;
  limits.scalars = 4;
  std::vector<std::size_t> sizes;
  while (reader.read(batch, limits)) sizes.push_back(batch.scalars.size());
  EXPECT_EQ(sizes, (std::vector<std::size_t>{4, 4, 2}));
}

TEST(EventReader, CountsEveryValueOfAnEventAgainstItsLimits) {
  TemporaryDirectory directory;
  EventWriter writer(directory.path());
  for (int step = 0; step < 6; ++step) {
    writer.write({1, step, std::vector<Summary>{{"a", Text{}}, {"b", Text{}}, {"c", 1.0}}});
  }
  writer.flush();
  EventReader reader(writer.path());
  EventBatch batch;
  BatchLimits limits;
  limits.events = 4;
  std::vector<std::size_t> sizes;
  while (reader.read(batch, limits)) sizes.push_back(batch.events.size());
  // The first stretch ends with the session log.
  EXPECT_EQ(sizes, (std::vector<std::size_t>{2, 2, 2, 2}));
}

TEST(EventReader, KeepsWallTimesThatAreNotFinite) {
  TemporaryDirectory directory;
  EventWriter writer(directory.path());
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double time : {std::nan(""), infinity, -infinity, 5.0}) {
    writer.write({time, 1, std::vector<Summary>{{"a", time}}});
  }
  writer.flush();
  EventReader reader(writer.path());
  EventBatch batch;
  while (reader.read(batch) && batch.scalars.empty()) {
  }
  ASSERT_EQ(batch.scalars.size(), 4u);
  const auto& points = batch.scalars.points(0);
  EXPECT_TRUE(std::isnan(points[0].wall_time));
  EXPECT_TRUE(std::isnan(points[0].value));
  EXPECT_EQ(points[1].wall_time, infinity);
  EXPECT_EQ(points[2].wall_time, -infinity);
  EXPECT_EQ(points[3].value, 5.0);
  EXPECT_TRUE(reader.damage().empty());
}

TEST(EventReader, KnowsAnEventFileByItsName) {
  for (const char* name : {"events.out.tfevents.1.host", "foo.tfevents.1", "tfevents"}) {
    EXPECT_TRUE(is_event_file_name(name));
  }
  EXPECT_FALSE(is_event_file_name("events.out.1"));
}

}  // namespace
}  // namespace suar
