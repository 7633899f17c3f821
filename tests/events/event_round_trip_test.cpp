#include <cmath>
#include <iterator>
#include <limits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <suar/event_reader.h>
#include <suar/event_writer.h>

#include "files.h"
#include "temporary_directory.h"

namespace suar {
namespace {

using testing::read_events;
using testing::read_summaries;

class EventRoundTrip : public ::testing::Test {
 protected:
  /// What a reader makes of a value that a writer wrote.
  SummaryValue round_trip(const SummaryValue& value) {
    EventWriter writer(directory_.path());
    writer.write({1, 0, std::vector<Summary>{{"tag", value, ""}}});
    writer.flush();
    return read_summaries(writer.path()).at(0).summary.value;
  }

  testing::TemporaryDirectory directory_;
};

TEST_F(EventRoundTrip, KeepsScalarsAlsoThoseThatAreNotFinite) {
  EXPECT_EQ(std::get<double>(round_trip(0.25)), 0.25);
  EXPECT_EQ(std::get<double>(round_trip(-0.0)), 0.0);
  EXPECT_TRUE(std::isnan(std::get<double>(round_trip(std::nan("")))));
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(std::get<double>(round_trip(infinity)), infinity);
  EXPECT_EQ(std::get<double>(round_trip(-infinity)), -infinity);
}

TEST_F(EventRoundTrip, KeepsHistograms) {
  Histogram histogram;
  histogram.min = -2, histogram.max = 3, histogram.count = 10;
  histogram.sum = 5, histogram.sum_squares = 50;
  histogram.limits = {-1, 0, 3};
  histogram.counts = {2, 3, 5};
  const auto read = std::get<Histogram>(round_trip(histogram));
  EXPECT_EQ(read.min, -2);
  EXPECT_EQ(read.max, 3);
  EXPECT_EQ(read.count, 10);
  EXPECT_EQ(read.sum, 5);
  EXPECT_EQ(read.sum_squares, 50);
  EXPECT_EQ(read.limits, histogram.limits);
  EXPECT_EQ(read.counts, histogram.counts);
}

TEST_F(EventRoundTrip, KeepsOneImageOrSeveral) {
  Images images;
  images.samples.push_back({2, 3, 1, "first"});
  const auto one = std::get<Images>(round_trip(images));
  ASSERT_EQ(one.samples.size(), 1u);
  EXPECT_EQ(one.samples[0].height, 2);
  EXPECT_EQ(one.samples[0].width, 3);
  EXPECT_EQ(one.samples[0].encoded, "first");

  images.samples.push_back({2, 3, 1, std::string("with\0zero", 9)});
  const auto two = std::get<Images>(round_trip(images));
  ASSERT_EQ(two.samples.size(), 2u);
  EXPECT_EQ(two.samples[1].width, 3);
  EXPECT_EQ(two.samples[1].encoded, images.samples[1].encoded);
}

TEST_F(EventRoundTrip, KeepsAudio) {
  Audio audio;
  audio.sample_rate = 44100;
  audio.channels = 2;
  audio.frames = 1000;
  audio.encoded = "RIFF";
  const auto read = std::get<Audio>(round_trip(audio));
  EXPECT_EQ(read.sample_rate, 44100);
  EXPECT_EQ(read.channels, 2);
  EXPECT_EQ(read.frames, 1000);
  EXPECT_EQ(read.encoded, "RIFF");
  EXPECT_EQ(read.content_type, "audio/wav");
}

TEST_F(EventRoundTrip, KeepsTensorsAndWhatTheirPluginSays) {
  Summary summary{"curve", TensorValue{}};
  summary.display_name = "PR curve";
  summary.plugin = {"pr_curves", "\x08\x01", DataClass::tensor};
  auto& tensor = std::get<TensorValue>(summary.value);
  tensor.type = TensorType::float32;
  tensor.shape = {2, 1};
  tensor.content = std::string(8, '\1');
  EventWriter writer(directory_.path());
  writer.write({1, 0, std::vector<Summary>{summary}});
  writer.flush();
  const auto read = read_summaries(writer.path()).at(0).summary;
  EXPECT_EQ(read.display_name, "PR curve");
  EXPECT_EQ(read.plugin.name, "pr_curves");
  const auto& value = std::get<TensorValue>(read.value);
  EXPECT_EQ(value.type, TensorType::float32);
  EXPECT_EQ(value.shape, tensor.shape);
  EXPECT_EQ(value.content, tensor.content);
}

TEST_F(EventRoundTrip, KeepsRunMetadata) {
  EventWriter writer(directory_.path());
  writer.write({1, 0, RunMetadata{"step1", "bytes"}});
  writer.flush();
  const auto events = read_events(writer.path());
  const auto& read = std::get<RunMetadata>(events.at(2).what);
  EXPECT_EQ(read.tag, "step1");
  EXPECT_EQ(read.run_metadata, "bytes");
}

TEST_F(EventRoundTrip, KeepsSessionLogsOfEveryStatusWithTheirPathAndMessage) {
  using Status = SessionLog::Status;
  const SessionLog logs[] = {{Status::start, "", ""},
                             {Status::checkpoint, "model/step-7.pt", "saved"},
                             {Status::stop, "", "out of time"},
                             {Status::unspecified, "", "says nothing"}};
  EventWriter writer(directory_.path());
  for (const auto& log : logs) writer.write({1, 7, log});
  writer.flush();

  const auto one_by_one = read_events(writer.path());
  ASSERT_EQ(one_by_one.size(), 2 + std::size(logs));
  EventReader reader(writer.path());
  std::vector<Event> in_batches;
  EventBatch batch;
  while (reader.read(batch)) {
    for (auto& located : batch.events) in_batches.push_back(std::move(located.event));
  }
  ASSERT_EQ(in_batches.size(), one_by_one.size());
  for (std::size_t i = 0; i < std::size(logs); ++i) {
    for (const auto* events : {&one_by_one, &std::as_const(in_batches)}) {
      const Event& event = events->at(2 + i);
      EXPECT_EQ(event.step, 7);
      const auto& log = std::get<SessionLog>(event.what);
      EXPECT_EQ(log.status, logs[i].status);
      EXPECT_EQ(log.checkpoint_path, logs[i].checkpoint_path);
      EXPECT_EQ(log.message, logs[i].message);
    }
  }
}

TEST_F(EventRoundTrip, KeepsTextAlsoLaterOnesOfATag) {
  EventWriter writer(directory_.path());
  writer.write({1, 0, std::vector<Summary>{{"note", Text{"**first**"}, ""}}});
  writer.write({1, 1, std::vector<Summary>{{"note", Text{"second"}, ""}}});
  writer.flush();
  const auto summaries = read_summaries(writer.path());
  ASSERT_EQ(summaries.size(), 2u);
  EXPECT_EQ(std::get<Text>(summaries[0].summary.value).markdown, "**first**");
  EXPECT_EQ(std::get<Text>(summaries[1].summary.value).markdown, "second");
}

TEST_F(EventRoundTrip, KeepsStepsWallTimesTagsAndDescriptions) {
  EventWriter writer(directory_.path());
  const std::string odd_tag = "a/b c\n\xc3\xa4" + std::string(10000, 'x');
  const int64_t big_step = int64_t{1} << 40;
  writer.write({1700000000.125, big_step, std::vector<Summary>{{odd_tag, 1.0, "says why"}}});
  writer.write({std::nan(""), -5, std::vector<Summary>{{"b", 2.0, ""}, {"c", 3.0, ""}}});
  writer.flush();
  const auto events = read_events(writer.path());
  ASSERT_EQ(events.size(), 4u);
  EXPECT_EQ(events[2].wall_time, 1700000000.125);
  EXPECT_EQ(events[2].step, big_step);
  const auto& summary = std::get<std::vector<Summary>>(events[2].what).at(0);
  EXPECT_EQ(summary.tag, odd_tag);
  EXPECT_EQ(summary.description, "says why");
  EXPECT_TRUE(std::isnan(events[3].wall_time));
  EXPECT_EQ(events[3].step, -5);
  EXPECT_EQ(std::get<std::vector<Summary>>(events[3].what).size(), 2u);
}

TEST_F(EventRoundTrip, KeepsGraphs) {
  EventWriter writer(directory_.path());
  writer.write({1, 0, SerializedGraph{"graph bytes"}});
  writer.flush();
  EXPECT_EQ(std::get<SerializedGraph>(read_events(writer.path()).at(2).what).graph_def,
            "graph bytes");
}

TEST_F(EventRoundTrip, FindsAnEventAgainByItsOffset) {
  EventWriter writer(directory_.path());
  Images images;
  images.samples.push_back({1, 1, 1, "a"});
  images.samples.push_back({1, 1, 1, "b"});
  for (int step = 0; step < 2; ++step) {
    writer.write({1, step, std::vector<Summary>{{"pictures", images, ""}}});
  }
  writer.flush();
  EventReader reader(writer.path());
  uint64_t offset = 0;
  while (const auto event = reader.next()) offset = event->offset;
  // The second record has no metadata: the plugin has to be told.
  const auto event = read_event_at(writer.path(), offset, {{"pictures", "images"}});
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->step, 1);
  const auto& value = std::get<std::vector<Summary>>(event->what).at(0).value;
  EXPECT_EQ(std::get<Images>(value).samples.at(1).encoded, "b");
  EXPECT_FALSE(read_event_at(writer.path(), offset + 1, {{"pictures", "images"}}).has_value());
}

}  // namespace
}  // namespace suar
