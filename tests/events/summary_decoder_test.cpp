#include "summary_decoder.h"

#include <cmath>
#include <limits>

#include <event.pb.h>
#include <gtest/gtest.h>

#include "event_decoder.h"

namespace suar {
namespace {

/// A value as TensorFlow 2 writes it: a tensor with the name of its plugin.
schema::Summary_Value tensor_value(const std::string& plugin, schema::DataType type) {
  schema::Summary_Value message;
  message.set_tag("tag");
  message.mutable_metadata()->mutable_plugin_data()->set_plugin_name(plugin);
  message.mutable_tensor()->set_dtype(type);
  return message;
}

/// What a decoder makes of an event with this one value.
Summary decode(EventDecoder& decoder, const schema::Summary_Value& message) {
  schema::Event event;
  *event.mutable_summary()->add_value() = message;
  return std::get<std::vector<Summary>>(decoder.decode(event.SerializeAsString())->what).at(0);
}

SummaryValue decode(const schema::Summary_Value& message) {
  EventDecoder decoder;
  return decode(decoder, message).value;
}

TEST(SummaryDecoder, ReadsScalarsOfTensorFlow2) {
  auto single = tensor_value("scalars", schema::DT_FLOAT);
  single.mutable_tensor()->add_float_val(0.5f);
  EXPECT_EQ(std::get<double>(decode(single)), 0.5);

  auto content = tensor_value("scalars", schema::DT_DOUBLE);
  const double value = 0.1;
  content.mutable_tensor()->set_tensor_content(&value, sizeof value);
  EXPECT_EQ(std::get<double>(decode(content)), 0.1);

  auto nothing = tensor_value("scalars", schema::DT_FLOAT);
  EXPECT_TRUE(std::holds_alternative<OtherSummary>(decode(nothing)));
}

TEST(SummaryDecoder, RemembersThePluginOfATag) {
  EventDecoder decoder;
  auto first = tensor_value("scalars", schema::DT_FLOAT);
  first.mutable_tensor()->add_float_val(1);
  auto second = first;
  second.clear_metadata();
  decode(decoder, first);
  EXPECT_EQ(std::get<double>(decode(decoder, second).value), 1);
}

TEST(SummaryDecoder, ReadsHistogramsOfTensorFlow2) {
  auto message = tensor_value("histograms", schema::DT_DOUBLE);
  for (const double number : {-2.0, 0.0, 3.0, 0.0, 4.0, 1.0}) {
    message.mutable_tensor()->add_double_val(number);
  }
  const auto histogram = std::get<Histogram>(decode(message));
  EXPECT_EQ(histogram.min, -2);
  EXPECT_EQ(histogram.max, 4);
  EXPECT_EQ(histogram.count, 4);
  EXPECT_EQ(histogram.limits, (std::vector<double>{0, 4}));
  EXPECT_EQ(histogram.counts, (std::vector<double>{3, 1}));
}

TEST(SummaryDecoder, TrimsEmptyBucketsAtBothEnds) {
  // The example that the TensorBoard sources give for their own migration.
  schema::Summary_Value message;
  auto& histo = *message.mutable_histo();
  histo.set_min(-2);
  histo.set_max(3);
  for (const double limit : {-1e308, -1.0, 0.0, 1.0, 1e308}) histo.add_bucket_limit(limit);
  for (const double count : {0, 2, 3, 5, 0}) histo.add_bucket(count);
  const auto histogram = std::get<Histogram>(decode(message));
  EXPECT_EQ(histogram.limits, (std::vector<double>{-1, 0, 1}));
  EXPECT_EQ(histogram.counts, (std::vector<double>{2, 3, 5}));
}

TEST(SummaryDecoder, DoesNotTrustHistogramsWhoseBucketsMakeNoSense) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const auto& limits : std::vector<std::vector<double>>{{1, 0}, {0, nan}, {0}}) {
    schema::Summary_Value message;
    for (const double limit : limits) message.mutable_histo()->add_bucket_limit(limit);
    message.mutable_histo()->add_bucket(1);
    message.mutable_histo()->add_bucket(1);
    EXPECT_TRUE(std::holds_alternative<OtherSummary>(decode(message)));
  }
}

TEST(SummaryDecoder, LeavesEmptyWhatLiesBetweenTheBucketsOfATensor) {
  auto message = tensor_value("histograms", schema::DT_DOUBLE);
  for (const double number : {0.0, 1.0, 2.0, 3.0, 4.0, 1.0}) {
    message.mutable_tensor()->add_double_val(number);
  }
  const auto histogram = std::get<Histogram>(decode(message));
  EXPECT_EQ(histogram.limits, (std::vector<double>{1, 3, 4}));
  EXPECT_EQ(histogram.counts, (std::vector<double>{2, 0, 1}));
  EXPECT_EQ(histogram.count, 3);
}

TEST(SummaryDecoder, TakesOneElementOfATensorForAllOfThem) {
  auto message = tensor_value("histograms", schema::DT_DOUBLE);
  auto& shape = *message.mutable_tensor()->mutable_tensor_shape();
  shape.add_dim()->set_size(2);
  shape.add_dim()->set_size(3);
  message.mutable_tensor()->add_double_val(4);
  const auto histogram = std::get<Histogram>(decode(message));
  EXPECT_EQ(histogram.limits, (std::vector<double>{4, 4}));
  EXPECT_EQ(histogram.counts, (std::vector<double>{4, 4}));

  for (const int64_t absurd : {int64_t{-1}, int64_t{1} << 40, INT64_MAX}) {
    shape.mutable_dim(0)->set_size(absurd);
    EXPECT_TRUE(std::holds_alternative<OtherSummary>(decode(message)));
  }

  auto complex = tensor_value("mine", schema::DT_COMPLEX64);
  complex.mutable_tensor()->mutable_tensor_shape()->add_dim()->set_size(2);
  for (const float part : {1.0f, 2.0f}) complex.mutable_tensor()->add_scomplex_val(part);
  EXPECT_EQ(std::get<TensorValue>(decode(complex)).content,
            std::string("\0\0\x80\x3f\0\0\0\x40\0\0\x80\x3f\0\0\0\x40", 16));
}

TEST(SummaryDecoder, ReadsScalarsOfEveryTypeOfNumber) {
  const auto scalar = [](schema::DataType type, auto add) {
    auto message = tensor_value("scalars", type);
    add(*message.mutable_tensor());
    return std::get<double>(decode(message));
  };
  using Tensor = schema::Tensor;
  EXPECT_EQ(scalar(schema::DT_HALF, [](Tensor& t) { t.add_half_val(0xc100); }), -2.5);
  EXPECT_EQ(scalar(schema::DT_HALF, [](Tensor& t) { t.add_half_val(1); }), std::ldexp(1, -24));
  EXPECT_EQ(scalar(schema::DT_HALF, [](Tensor& t) { t.add_half_val(0xfc00); }), -HUGE_VAL);
  EXPECT_TRUE(std::isnan(scalar(schema::DT_HALF, [](Tensor& t) { t.add_half_val(0x7e00); })));
  EXPECT_EQ(scalar(schema::DT_BFLOAT16, [](Tensor& t) { t.add_half_val(0x3fc0); }), 1.5);
  EXPECT_EQ(scalar(schema::DT_UINT8, [](Tensor& t) { t.add_int_val(200); }), 200);
  EXPECT_EQ(scalar(schema::DT_INT8, [](Tensor& t) { t.add_int_val(-3); }), -3);
  EXPECT_EQ(scalar(schema::DT_INT16, [](Tensor& t) { t.add_int_val(-300); }), -300);
  EXPECT_EQ(scalar(schema::DT_UINT16, [](Tensor& t) { t.add_int_val(60000); }), 60000);
  EXPECT_EQ(scalar(schema::DT_INT32, [](Tensor& t) { t.add_int_val(-70000); }), -70000);
  EXPECT_EQ(scalar(schema::DT_UINT32, [](Tensor& t) { t.add_uint32_val(4000000000u); }), 4e9);
  EXPECT_EQ(scalar(schema::DT_INT64, [](Tensor& t) { t.add_int64_val(-5); }), -5);
  EXPECT_EQ(scalar(schema::DT_UINT64, [](Tensor& t) { t.add_uint64_val(uint64_t{1} << 63); }),
            std::ldexp(1, 63));
  EXPECT_EQ(scalar(schema::DT_BOOL, [](Tensor& t) { t.add_bool_val(true); }), 1);
  EXPECT_EQ(scalar(schema::DT_HALF, [](Tensor& t) { t.set_tensor_content("\x00\x3c", 2); }), 1);
}

TEST(SummaryDecoder, ReadsAudioOfTensorFlow2) {
  const std::string wav(
      "RIFF\x2c\0\0\0WAVEfmt \x10\0\0\0\x01\0\x02\0\x40\x1f\0\0\0\x7d\0\0\x04\0\x10\0"
      "data\x08\0\0\0samples!",
      52);
  auto message = tensor_value("audio", schema::DT_STRING);
  message.mutable_tensor()->add_string_val(wav);
  message.mutable_tensor()->add_string_val("label");
  const auto audio = std::get<Audio>(decode(message));
  EXPECT_EQ(audio.encoded, wav);
  EXPECT_EQ(audio.content_type, "audio/wav");
  EXPECT_EQ(audio.sample_rate, 8000);
  EXPECT_EQ(audio.channels, 2);
  EXPECT_EQ(audio.frames, 2);

  for (std::size_t size = 0; size < wav.size(); ++size) {
    message.mutable_tensor()->set_string_val(0, wav.substr(0, size));
    decode(message);
  }
  message.mutable_tensor()->add_string_val(wav);
  message.mutable_tensor()->add_string_val("another");
  EXPECT_EQ(std::get<TensorValue>(decode(message)).strings.size(), 4u);
}

TEST(SummaryDecoder, ReadsTextOfSeveralParts) {
  auto message = tensor_value("text", schema::DT_STRING);
  message.mutable_tensor()->add_string_val("one");
  message.mutable_tensor()->add_string_val("two");
  EXPECT_EQ(std::get<Text>(decode(message)).markdown, "one\n\ntwo");
}

TEST(SummaryDecoder, KeepsTensorsOfOtherPluginsWithTheirElementsAsContent) {
  auto message = tensor_value("pr_curves", schema::DT_FLOAT);
  message.mutable_metadata()->mutable_plugin_data()->set_content("settings");
  message.mutable_tensor()->mutable_tensor_shape()->add_dim()->set_size(2);
  message.mutable_tensor()->add_float_val(1);
  message.mutable_tensor()->add_float_val(2);
  EventDecoder decoder;
  const Summary summary = decode(decoder, message);
  EXPECT_EQ(summary.plugin.name, "pr_curves");
  EXPECT_EQ(summary.plugin.content, "settings");
  const auto& tensor = std::get<TensorValue>(summary.value);
  EXPECT_EQ(tensor.type, TensorType::float32);
  EXPECT_EQ(tensor.shape, std::vector<int64_t>{2});
  EXPECT_EQ(tensor.content, std::string("\0\0\x80\x3f\0\0\0\x40", 8));

  auto small = tensor_value("mesh", schema::DT_UINT8);
  small.mutable_tensor()->add_int_val(200);
  EXPECT_EQ(std::get<TensorValue>(decode(small)).content, "\xc8");
}

TEST(SummaryDecoder, DoesNotTakeAScalarTensorOfOddSizeForAScalar) {
  auto message = tensor_value("scalars", schema::DT_DOUBLE);
  message.mutable_tensor()->set_tensor_content("nine byte");
  EXPECT_TRUE(std::holds_alternative<OtherSummary>(decode(message)));
}

}  // namespace
}  // namespace suar
