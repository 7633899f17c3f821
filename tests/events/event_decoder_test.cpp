#include "event_decoder.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <map>

#include <event.pb.h>
#include <gtest/gtest.h>

#include "random_event.h"
#include "scalar_record.h"

namespace suar {
namespace {

uint64_t bits_of(double number) {
  uint64_t bits;
  std::memcpy(&bits, &number, sizeof bits);
  return bits;
}

schema::Event scalar_event(double wall_time, int64_t step, const std::string& tag, float value) {
  schema::Event event;
  event.set_wall_time(wall_time);
  event.set_step(step);
  auto& message = *event.mutable_summary()->add_value();
  message.set_tag(tag);
  message.set_simple_value(value);
  return event;
}

/// Scalars that stand in `event`, as (tag, value).
std::vector<std::pair<std::string, double>> scalars_in(const Event& event) {
  std::vector<std::pair<std::string, double>> scalars;
  const auto* summaries = std::get_if<std::vector<Summary>>(&event.what);
  if (summaries == nullptr) return scalars;
  for (const auto& summary : *summaries) {
    if (const double* value = std::get_if<double>(&summary.value)) {
      scalars.emplace_back(summary.tag, *value);
    }
  }
  return scalars;
}

TEST(EventDecoder, TakesTheQuickWayWithTheScalarsThatWritersWrite) {
  for (const int64_t step : {int64_t{1}, int64_t{127}, int64_t{128}, int64_t{1} << 40}) {
    const auto bytes = scalar_event(1.7e9, step, "Loss/train", 0.5f).SerializeAsString();
    ScalarRecord record;
    ASSERT_TRUE(parse_scalar_record(bytes, record)) << step;
    EXPECT_EQ(record.wall_time, 1.7e9);
    EXPECT_EQ(record.step, step);
    EXPECT_EQ(record.value, 0.5f);
    EXPECT_EQ(record.tag, "Loss/train");
  }
}

TEST(EventDecoder, ReadsTheSameOnTheQuickWayAndOnTheGeneralOne) {
  const float infinity = std::numeric_limits<float>::infinity();
  std::mt19937 random(3);
  int quick = 0;
  for (int i = 0; i < 60000 && !HasFailure(); ++i) {
    const float values[] = {0.25f, -0.0f, std::nanf(""), infinity, -infinity};
    const double times[] = {1.7e9, std::nan(""), -HUGE_VAL, 0.0};
    auto event =
        scalar_event(times[random() % 4], static_cast<int64_t>(uint64_t{random()} << random() % 40),
                     std::string(random() % 140, 'x'), values[random() % 5]);
    if (random() % 20 == 0) event.set_step(-event.step());
    auto bytes = event.SerializeAsString();
    // Most of the damaged ones still are an event, though another one.
    if (random() % 2 == 0) bytes[random() % bytes.size()] = static_cast<char>(random() % 48);
    ScalarRecord record;
    if (!parse_scalar_record(bytes, record)) continue;
    ++quick;
    EventMessage message;
    ASSERT_TRUE(parse_event_message(bytes, message));
    const auto& values_read = std::get<SummaryMessage>(message.what).values;
    ASSERT_EQ(values_read.size(), 1u);
    EXPECT_EQ(bits_of(record.wall_time), bits_of(message.wall_time));
    EXPECT_EQ(record.step, message.step);
    EXPECT_EQ(bits_of(record.value), bits_of(std::get<float>(values_read[0].value)));
    EXPECT_EQ(record.tag, values_read[0].tag);
    EXPECT_TRUE(values_read[0].metadata.plugin_name.empty());
  }
  EXPECT_GT(quick, 15000);
}

TEST(EventDecoder, ReadsTheSameInBatchesAsOneByOne) {
  testing::RandomEvent random(4);
  EventDecoder one_by_one, batches;
  EventBatch batch;
  for (int i = 0; i < 30000 && !HasFailure(); ++i) {
    const std::string bytes = random.next();
    const auto event = one_by_one.decode(bytes);
    batch.scalars.clear();
    batch.events.clear();
    ASSERT_EQ(batches.decode(bytes, 7, batch), event.has_value());
    if (!event) continue;
    const auto scalars = scalars_in(*event);
    ASSERT_EQ(batch.scalars.size(), scalars.size());
    std::map<std::string, std::vector<uint64_t>> values, values_in_batch;
    for (const auto& [tag, value] : scalars) values[tag].push_back(bits_of(value));
    for (const uint32_t tag : batch.scalars.tags()) {
      for (const auto& point : batch.scalars.points(tag)) {
        values_in_batch[batches.scalar_tags().tags()[tag].name].push_back(bits_of(point.value));
        EXPECT_EQ(point.step, event->step);
        EXPECT_EQ(bits_of(point.wall_time), bits_of(event->wall_time));
      }
    }
    EXPECT_EQ(values_in_batch, values);
    const auto* summaries = std::get_if<std::vector<Summary>>(&event->what);
    const bool only_scalars =
        summaries != nullptr && !summaries->empty() && summaries->size() == scalars.size();
    ASSERT_EQ(batch.events.size(), only_scalars ? 0u : 1u);
    if (only_scalars) continue;
    EXPECT_EQ(batch.events[0].offset, 7u);
    EXPECT_EQ(batch.events[0].event.what.index(), event->what.index());
    if (summaries == nullptr) continue;
    EXPECT_EQ(std::get<std::vector<Summary>>(batch.events[0].event.what).size(),
              summaries->size() - scalars.size());
  }
}

TEST(EventDecoder, NumbersTagsByTheirFirstAppearanceAndKeepsTheirFirstDescription) {
  EventDecoder decoder;
  EventBatch batch;
  int64_t step = 0;
  for (const char* tag : {"a", "b", "a", "c", "a", "b", "c"}) {
    decoder.decode(scalar_event(1, step++, tag, 1).SerializeAsString(), 0, batch);
  }
  auto described = scalar_event(1, 1, "b", 1);
  for (const char* description : {"", "first", "second"}) {
    described.mutable_summary()->mutable_value(0)->mutable_metadata()->set_summary_description(
        description);
    decoder.decode(described.SerializeAsString(), 0, batch);
  }
  EXPECT_EQ(batch.scalars.tags(), (std::vector<uint32_t>{0, 1, 2}));
  const auto steps_of = [&](uint32_t tag) {
    std::vector<int64_t> steps;
    for (const auto& point : batch.scalars.points(tag)) steps.push_back(point.step);
    return steps;
  };
  EXPECT_EQ(steps_of(0), (std::vector<int64_t>{0, 2, 4}));
  EXPECT_EQ(steps_of(1), (std::vector<int64_t>{1, 5, 1, 1, 1}));
  EXPECT_EQ(steps_of(2), (std::vector<int64_t>{3, 6}));
  EXPECT_EQ(decoder.scalar_tags().tags()[1].description, "first");
}

}  // namespace
}  // namespace suar
