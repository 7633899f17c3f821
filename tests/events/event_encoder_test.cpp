#include "event_encoder.h"

#include <event.pb.h>
#include <gtest/gtest.h>

namespace suar {
namespace {

/// What protobuf reads of an event that the encoder wrote.
schema::Event encode(EventEncoder& encoder, const Event& event) {
  std::string bytes;
  EXPECT_TRUE(encoder.encode(event, bytes));
  schema::Event message;
  EXPECT_TRUE(message.ParseFromString(bytes));
  return message;
}

schema::Summary_Value encode(EventEncoder& encoder, const Summary& summary) {
  return encode(encoder, Event{1, 2, std::vector<Summary>{summary}}).summary().value(0);
}

TEST(EventEncoder, WritesAudio) {
  EventEncoder encoder;
  Audio audio;
  audio.sample_rate = 44100;
  audio.channels = 2;
  audio.frames = 1000;
  audio.encoded = "RIFF";
  const auto value = encode(encoder, Summary{"sound", audio});
  EXPECT_EQ(value.audio().sample_rate(), 44100);
  EXPECT_EQ(value.audio().num_channels(), 2);
  EXPECT_EQ(value.audio().length_frames(), 1000);
  EXPECT_EQ(value.audio().encoded_audio_string(), "RIFF");
  EXPECT_EQ(value.audio().content_type(), "audio/wav");
  EXPECT_EQ(value.metadata().plugin_data().plugin_name(), "audio");
  EXPECT_EQ(value.metadata().plugin_data().content(), "\x10\x0b");
  EXPECT_EQ(value.metadata().data_class(), schema::DATA_CLASS_BLOB_SEQUENCE);
}

TEST(EventEncoder, WritesTensorsOfNumbersAndOfStrings) {
  EventEncoder encoder;
  TensorValue numbers;
  numbers.type = TensorType::float16;
  numbers.shape = {2, 1};
  numbers.content = std::string("\0\1\2\3", 4);
  const auto value = encode(encoder, Summary{"numbers", numbers}).tensor();
  EXPECT_EQ(value.dtype(), schema::DT_HALF);
  ASSERT_EQ(value.tensor_shape().dim_size(), 2);
  EXPECT_EQ(value.tensor_shape().dim(0).size(), 2);
  EXPECT_EQ(value.tensor_content(), numbers.content);

  TensorValue strings;
  strings.type = TensorType::string;
  strings.strings = {"one"};
  const auto single = encode(encoder, Summary{"strings", strings}).tensor();
  EXPECT_EQ(single.dtype(), schema::DT_STRING);
  EXPECT_TRUE(single.has_tensor_shape()) << "of no dimensions, which is not an unknown one";
  EXPECT_EQ(single.string_val(0), "one");
}

TEST(EventEncoder, WritesWhatThePluginOfASeriesNeedsWithItsFirstValueOnly) {
  EventEncoder encoder;
  Summary summary{"curve", TensorValue{}};
  summary.description = "says why";
  summary.display_name = "PR curve";
  summary.plugin = {"pr_curves", "\x08\x01", DataClass::tensor};
  const auto metadata = encode(encoder, summary).metadata();
  EXPECT_EQ(metadata.plugin_data().plugin_name(), "pr_curves");
  EXPECT_EQ(metadata.plugin_data().content(), "\x08\x01");
  EXPECT_EQ(metadata.data_class(), schema::DATA_CLASS_TENSOR);
  EXPECT_EQ(metadata.display_name(), "PR curve");
  EXPECT_EQ(metadata.summary_description(), "says why");
  EXPECT_FALSE(encode(encoder, summary).has_metadata());
}

TEST(EventEncoder, NamesThePluginOfWhatIsDescribedSinceSomeReadersDropTheDescriptionOtherwise) {
  const auto metadata_of = [](SummaryValue value) {
    EventEncoder encoder;
    Summary summary{"tag", std::move(value)};
    EXPECT_FALSE(encode(encoder, summary).has_metadata()) << "where nothing is described";
    summary.description = "says why";
    return encode(encoder, summary).metadata();
  };
  const auto scalar = metadata_of(1.0);
  EXPECT_EQ(scalar.plugin_data().plugin_name(), "scalars");
  EXPECT_EQ(scalar.data_class(), schema::DATA_CLASS_SCALAR);
  EXPECT_EQ(scalar.summary_description(), "says why");
  const auto histogram = metadata_of(Histogram{});
  EXPECT_EQ(histogram.plugin_data().plugin_name(), "histograms");
  EXPECT_EQ(histogram.data_class(), schema::DATA_CLASS_TENSOR);
  const auto image = metadata_of(Images{{Image{}}});
  EXPECT_EQ(image.plugin_data().plugin_name(), "images");
  EXPECT_EQ(image.data_class(), schema::DATA_CLASS_BLOB_SEQUENCE);
}

TEST(EventEncoder, WritesSummariesThatAreDataOfTheirPluginAlone) {
  EventEncoder encoder;
  const auto value = encode(encoder, Summary{"_hparams_/experiment", OtherSummary{"hparams"}});
  EXPECT_EQ(value.value_case(), schema::Summary_Value::VALUE_NOT_SET);
  EXPECT_EQ(value.metadata().plugin_data().plugin_name(), "hparams");
}

TEST(EventEncoder, WritesUtf8WhereReadersDeclareText) {
  const std::string bad = "caf\xe9", good = "caf\xef\xbf\xbd";
  EventEncoder encoder;
  Summary text{bad, Text{bad}};
  text.description = text.display_name = text.plugin.name = bad;
  text.plugin.content = bad;
  const auto value = encode(encoder, text);
  EXPECT_EQ(value.tag(), good);
  EXPECT_EQ(value.tensor().string_val(0), good);
  EXPECT_EQ(value.metadata().summary_description(), good);
  EXPECT_EQ(value.metadata().display_name(), good);
  EXPECT_EQ(value.metadata().plugin_data().plugin_name(), good);
  EXPECT_EQ(value.metadata().plugin_data().content(), bad) << "bytes";
  EXPECT_FALSE(encode(encoder, text).has_metadata()) << "the same tag again";

  Audio audio;
  audio.content_type = audio.encoded = bad;
  const auto sound = encode(encoder, Summary{"sound", audio}).audio();
  EXPECT_EQ(sound.content_type(), good);
  EXPECT_EQ(sound.encoded_audio_string(), bad) << "bytes";
  TensorValue strings;
  strings.type = TensorType::string;
  strings.strings = {bad};
  EXPECT_EQ(encode(encoder, Summary{"strings", strings}).tensor().string_val(0), bad) << "bytes";

  EXPECT_EQ(encode(encoder, Event{1, 2, FileVersion{bad}}).file_version(), good);
  EXPECT_EQ(encode(encoder, Event{1, 2, RunMetadata{bad, ""}}).tagged_run_metadata().tag(), good);
  const auto session =
      encode(encoder, Event{1, 2, SessionLog{SessionLog::Status::stop, bad, bad}}).session_log();
  EXPECT_EQ(session.checkpoint_path(), good);
  EXPECT_EQ(session.msg(), good);
}

TEST(EventEncoder, WritesRunMetadataAndSessions) {
  EventEncoder encoder;
  const auto metadata = encode(encoder, Event{1, 2, RunMetadata{"step1", "bytes"}});
  EXPECT_EQ(metadata.tagged_run_metadata().tag(), "step1");
  EXPECT_EQ(metadata.tagged_run_metadata().run_metadata(), "bytes");
  const auto session =
      encode(encoder, Event{1, 2, SessionLog{SessionLog::Status::checkpoint, "a.pt", "saved"}});
  EXPECT_EQ(session.session_log().status(), schema::SessionLog::CHECKPOINT);
  EXPECT_EQ(session.session_log().checkpoint_path(), "a.pt");
  EXPECT_EQ(session.session_log().msg(), "saved");
}

}  // namespace
}  // namespace suar
