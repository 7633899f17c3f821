#include "event_message.h"

#include <cstring>

#include <event.pb.h>
#include <gtest/gtest.h>

#include "random_event.h"
#include "wire_reader.h"

namespace suar {
namespace {

template <class Number>
bool same_bits(Number a, Number b) {
  return std::memcmp(&a, &b, sizeof a) == 0;
}

/// Equal in every element; NaN is equal to the same NaN.
template <class Ours, class Theirs>
bool same_list(const Ours& ours, const Theirs& theirs) {
  if (ours.size() != static_cast<std::size_t>(theirs.size())) return false;
  for (int i = 0; i < theirs.size(); ++i) {
    const auto& element = ours[static_cast<std::size_t>(i)];
    if constexpr (std::is_floating_point_v<std::decay_t<decltype(element)>>) {
      if (!same_bits(element, theirs[i])) return false;
    } else if (element != theirs[i]) {
      return false;
    }
  }
  return true;
}

void expect_same(const TensorMessage& ours, const schema::Tensor& theirs) {
  EXPECT_EQ(ours.dtype, static_cast<int>(theirs.dtype()));
  ASSERT_EQ(ours.dims.size(), static_cast<std::size_t>(theirs.tensor_shape().dim_size()));
  for (std::size_t i = 0; i < ours.dims.size(); ++i) {
    EXPECT_EQ(ours.dims[i].size, theirs.tensor_shape().dim(static_cast<int>(i)).size());
    EXPECT_EQ(ours.dims[i].name, theirs.tensor_shape().dim(static_cast<int>(i)).name());
  }
  EXPECT_EQ(ours.unknown_rank, theirs.tensor_shape().unknown_rank());
  EXPECT_EQ(ours.version_number, theirs.version_number());
  EXPECT_EQ(ours.content, theirs.tensor_content());
  EXPECT_TRUE(same_list(ours.floats, theirs.float_val()));
  EXPECT_TRUE(same_list(ours.doubles, theirs.double_val()));
  EXPECT_TRUE(same_list(ours.ints, theirs.int_val()));
  EXPECT_TRUE(same_list(ours.strings, theirs.string_val()));
  EXPECT_TRUE(same_list(ours.int64s, theirs.int64_val()));
  EXPECT_TRUE(same_list(ours.bools, theirs.bool_val()));
  EXPECT_TRUE(same_list(ours.complex_floats, theirs.scomplex_val()));
  EXPECT_TRUE(same_list(ours.complex_doubles, theirs.dcomplex_val()));
  EXPECT_TRUE(same_list(ours.halves, theirs.half_val()));
  EXPECT_TRUE(same_list(ours.uint32s, theirs.uint32_val()));
  EXPECT_TRUE(same_list(ours.uint64s, theirs.uint64_val()));
}

void expect_same(const HistogramMessage& ours, const schema::HistogramProto& theirs) {
  EXPECT_TRUE(same_bits(ours.min, theirs.min()));
  EXPECT_TRUE(same_bits(ours.max, theirs.max()));
  EXPECT_TRUE(same_bits(ours.num, theirs.num()));
  EXPECT_TRUE(same_bits(ours.sum, theirs.sum()));
  EXPECT_TRUE(same_bits(ours.sum_squares, theirs.sum_squares()));
  EXPECT_TRUE(same_list(ours.bucket_limits, theirs.bucket_limit()));
  EXPECT_TRUE(same_list(ours.buckets, theirs.bucket()));
}

void expect_same(const ImageMessage& ours, const schema::Summary::Image& theirs) {
  EXPECT_EQ(ours.height, theirs.height());
  EXPECT_EQ(ours.width, theirs.width());
  EXPECT_EQ(ours.colorspace, theirs.colorspace());
  EXPECT_EQ(ours.encoded, theirs.encoded_image_string());
}

void expect_same(const AudioMessage& ours, const schema::Summary::Audio& theirs) {
  EXPECT_TRUE(same_bits(ours.sample_rate, theirs.sample_rate()));
  EXPECT_EQ(ours.num_channels, theirs.num_channels());
  EXPECT_EQ(ours.length_frames, theirs.length_frames());
  EXPECT_EQ(ours.encoded, theirs.encoded_audio_string());
  EXPECT_EQ(ours.content_type, theirs.content_type());
}

void expect_same(const MetadataMessage& ours, const schema::SummaryMetadata& theirs) {
  EXPECT_EQ(ours.plugin_name, theirs.plugin_data().plugin_name());
  EXPECT_EQ(ours.plugin_content, theirs.plugin_data().content());
  EXPECT_EQ(ours.display_name, theirs.display_name());
  EXPECT_EQ(ours.description, theirs.summary_description());
  EXPECT_EQ(ours.data_class, static_cast<int>(theirs.data_class()));
}

void expect_same(const ValueMessage& ours, const schema::Summary::Value& theirs) {
  EXPECT_EQ(ours.tag, theirs.tag());
  expect_same(ours.metadata, theirs.metadata());
  switch (theirs.value_case()) {
    case schema::Summary::Value::kSimpleValue:
      EXPECT_TRUE(same_bits(std::get<float>(ours.value), theirs.simple_value()));
      return;
    case schema::Summary::Value::kImage:
      return expect_same(std::get<ImageMessage>(ours.value), theirs.image());
    case schema::Summary::Value::kHisto:
      return expect_same(std::get<HistogramMessage>(ours.value), theirs.histo());
    case schema::Summary::Value::kAudio:
      return expect_same(std::get<AudioMessage>(ours.value), theirs.audio());
    case schema::Summary::Value::kTensor:
      return expect_same(std::get<TensorMessage>(ours.value), theirs.tensor());
    case schema::Summary::Value::VALUE_NOT_SET:
      EXPECT_TRUE(std::holds_alternative<std::monostate>(ours.value));
  }
}

bool says_nothing(const schema::Summary::Value& value) {
  const auto& metadata = value.metadata();
  return value.tag().empty() && value.value_case() == schema::Summary::Value::VALUE_NOT_SET &&
         metadata.plugin_data().plugin_name().empty() && metadata.plugin_data().content().empty() &&
         metadata.display_name().empty() && metadata.summary_description().empty() &&
         metadata.data_class() == 0;
}

void expect_same(const EventMessage& ours, const schema::Event& theirs) {
  EXPECT_TRUE(same_bits(ours.wall_time, theirs.wall_time()));
  EXPECT_EQ(ours.step, theirs.step());
  EXPECT_EQ(ours.source_writer, theirs.source_metadata().writer());
  switch (theirs.what_case()) {
    case schema::Event::kFileVersion:
      EXPECT_EQ(std::get<FileVersionMessage>(ours.what).version, theirs.file_version());
      break;
    case schema::Event::kGraphDef:
      EXPECT_EQ(std::get<GraphDefMessage>(ours.what).graph_def, theirs.graph_def());
      break;
    case schema::Event::kMetaGraphDef:
      EXPECT_EQ(std::get<MetaGraphDefMessage>(ours.what).meta_graph_def, theirs.meta_graph_def());
      break;
    case schema::Event::kSummary: {
      const auto& values = std::get<SummaryMessage>(ours.what).values;
      std::size_t i = 0;
      for (const auto& value : theirs.summary().value()) {
        if (says_nothing(value)) continue;
        ASSERT_LT(i, values.size());
        expect_same(values[i++], value);
      }
      EXPECT_EQ(i, values.size());
      break;
    }
    case schema::Event::kSessionLog: {
      const auto& log = std::get<SessionLogMessage>(ours.what);
      EXPECT_EQ(log.status, static_cast<int>(theirs.session_log().status()));
      EXPECT_EQ(log.checkpoint_path, theirs.session_log().checkpoint_path());
      EXPECT_EQ(log.message, theirs.session_log().msg());
      break;
    }
    case schema::Event::kTaggedRunMetadata: {
      const auto& metadata = std::get<TaggedRunMetadataMessage>(ours.what);
      EXPECT_EQ(metadata.tag, theirs.tagged_run_metadata().tag());
      EXPECT_EQ(metadata.run_metadata, theirs.tagged_run_metadata().run_metadata());
      break;
    }
    case schema::Event::WHAT_NOT_SET:
      EXPECT_TRUE(std::holds_alternative<std::monostate>(ours.what));
  }
}

/// True when both parsers take the bytes; expects that they agree.
bool compare_parsers(const std::string& bytes) {
  schema::Event theirs;
  EventMessage ours;
  const bool taken = theirs.ParseFromString(bytes);
  EXPECT_EQ(parse_event_message(bytes, ours), taken);
  if (taken) expect_same(ours, theirs);
  return taken;
}

TEST(EventMessage, IsWhatProtobufReadsInTheSameBytes) {
  testing::RandomEvent random(1);
  int taken = 0, refused = 0;
  for (int i = 0; i < 40000 && !HasFailure(); ++i) {
    const std::string bytes = random.next();
    ++(compare_parsers(bytes) ? taken : refused);
    if (HasFailure()) ADD_FAILURE() << ::testing::PrintToString(bytes);
  }
  EXPECT_GT(taken, 20000);
  EXPECT_GT(refused, 2000);
}

TEST(EventMessage, IsRefusedWhereverItIsCutExceptBetweenFields) {
  testing::RandomEvent random(2);
  for (int i = 0; i < 300 && !HasFailure(); ++i) {
    const std::string bytes = random.next();
    for (std::size_t size = 0; size < bytes.size(); ++size) compare_parsers(bytes.substr(0, size));
  }
}

TEST(EventMessage, OfLengthsThatLieIsRefused) {
  EventMessage event;
  // A summary of 2^63 bytes, of 2^32 - 1 bytes, of one byte more than there are.
  EXPECT_FALSE(parse_event_message("\x2a\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", event));
  EXPECT_FALSE(parse_event_message("\x2a\xff\xff\xff\xff\x0f", event));
  EXPECT_FALSE(parse_event_message("\x2a\x01", event));
}

/// An event that says these values.
std::string event_of(const std::string& values) {
  std::string bytes = "\x2a";
  for (std::size_t rest = values.size();; rest >>= 7) {
    bytes += static_cast<char>(rest < 0x80 ? rest : (rest & 0x7f) | 0x80);
    if (rest < 0x80) return bytes + values;
  }
}

std::string repeat(std::size_t times, const std::string& bytes) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += bytes;
  return all;
}

TEST(EventMessage, HasNoPlaceForValuesThatSayNothing) {
  const std::string empty("\x0a\x00", 2), empty_tag("\x0a\x02\x0a\x00", 4);
  const std::string named("\x0a\x03\x0a\x01x", 5);
  const auto bytes = event_of(repeat(1000000, empty) + named + repeat(1000000, empty_tag));
  EventMessage event;
  ASSERT_TRUE(parse_event_message(bytes, event));
  const auto& values = std::get<SummaryMessage>(event.what).values;
  ASSERT_EQ(values.size(), 1u);
  EXPECT_EQ(values[0].tag, "x");
  EXPECT_LT(values.capacity(), 10u);
}

TEST(EventMessage, OfMoreValuesThanAnyWriterWritesIsRefused) {
  const std::string named("\x0a\x03\x0a\x01x", 5);
  EventMessage event;
  ASSERT_TRUE(parse_event_message(event_of(repeat(kMostValues, named)), event));
  EXPECT_EQ(std::get<SummaryMessage>(event.what).values.size(), kMostValues);
  EXPECT_FALSE(parse_event_message(event_of(repeat(kMostValues + 1, named)), event));
}

TEST(EventMessage, OfGroupsTooDeepIsRefusedAsProtobufDoes) {
  for (const int depth : {99, 100, 101, 100000}) {
    const std::string bytes = std::string(static_cast<std::size_t>(depth), '\x7b') +
                              std::string(static_cast<std::size_t>(depth), '\x7c');
    EXPECT_EQ(compare_parsers(bytes), depth <= 100);
  }
}

}  // namespace
}  // namespace suar
