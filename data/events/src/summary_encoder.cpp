#include "summary_encoder.h"

#include <summary.pb.h>

#include <suar/utf8.h>

namespace suar {
namespace {

void encode_value(double scalar, schema::Summary_Value& message) {
  message.set_simple_value(static_cast<float>(scalar));
}

void encode_value(const Histogram& histogram, schema::Summary_Value& message) {
  auto& histo = *message.mutable_histo();
  histo.set_min(histogram.min);
  histo.set_max(histogram.max);
  histo.set_num(histogram.count);
  histo.set_sum(histogram.sum);
  histo.set_sum_squares(histogram.sum_squares);
  histo.mutable_bucket_limit()->Assign(histogram.limits.begin(), histogram.limits.end());
  histo.mutable_bucket()->Assign(histogram.counts.begin(), histogram.counts.end());
}

void encode_value(const Images& images, schema::Summary_Value& message) {
  if (images.samples.size() == 1) {
    const Image& image = images.samples.front();
    message.mutable_image()->set_height(image.height);
    message.mutable_image()->set_width(image.width);
    message.mutable_image()->set_colorspace(image.channels);
    message.mutable_image()->set_encoded_image_string(image.encoded);
    return;
  }
  auto& tensor = *message.mutable_tensor();
  tensor.set_dtype(schema::DT_STRING);
  tensor.mutable_tensor_shape()->add_dim()->set_size(
      static_cast<int64_t>(images.samples.size() + 2));
  tensor.add_string_val(std::to_string(images.samples.empty() ? 0 : images.samples[0].width));
  tensor.add_string_val(std::to_string(images.samples.empty() ? 0 : images.samples[0].height));
  for (const Image& image : images.samples) tensor.add_string_val(image.encoded);
}

void encode_value(const Text& text, schema::Summary_Value& message) {
  auto& tensor = *message.mutable_tensor();
  tensor.set_dtype(schema::DT_STRING);
  tensor.mutable_tensor_shape()->add_dim()->set_size(1);
  tensor.add_string_val(to_utf8(text.markdown));
}

void encode_value(const Audio& audio, schema::Summary_Value& message) {
  message.mutable_audio()->set_sample_rate(audio.sample_rate);
  message.mutable_audio()->set_num_channels(audio.channels);
  message.mutable_audio()->set_length_frames(audio.frames);
  message.mutable_audio()->set_encoded_audio_string(audio.encoded);
  message.mutable_audio()->set_content_type(to_utf8(audio.content_type));
}

void encode_value(const TensorValue& value, schema::Summary_Value& message) {
  auto& tensor = *message.mutable_tensor();
  tensor.set_dtype(static_cast<schema::DataType>(value.type));
  tensor.mutable_tensor_shape();  // a single element has a shape too: one of no dimensions
  for (const int64_t size : value.shape) tensor.mutable_tensor_shape()->add_dim()->set_size(size);
  tensor.set_tensor_content(value.content);
  for (const std::string& element : value.strings) tensor.add_string_val(element);
}

void encode_value(const OtherSummary&, schema::Summary_Value&) {}

/// The plugin of a series that its values tell by their form.
PluginData plugin_by_form(const SummaryValue& value) {
  if (std::holds_alternative<double>(value)) return {"scalars", "", DataClass::scalar};
  if (std::holds_alternative<Histogram>(value)) return {"histograms", "", DataClass::tensor};
  if (std::holds_alternative<Images>(value)) return {"images", "", DataClass::blob_sequence};
  return {};
}

bool is_described(const Summary& summary) {
  return !summary.description.empty() || !summary.display_name.empty();
}

/// The plugin of a series: the one that was named, else the one that a reader needs to be told.
PluginData plugin_of(const Summary& summary) {
  if (!summary.plugin.name.empty()) return summary.plugin;
  if (std::holds_alternative<Text>(summary.value)) return {"text", "", DataClass::tensor};
  if (const auto* other = std::get_if<OtherSummary>(&summary.value)) {
    return {other->plugin, "", DataClass::unknown};
  }
  const auto* audio = std::get_if<Audio>(&summary.value);
  if (audio != nullptr && audio->content_type == "audio/wav") {
    // Field 2 of TensorBoard's AudioPluginData, the encoding: WAV. One of its two readers does not
    // look at the type of the clip itself, and browsers play no clip of unknown type.
    return {"audio", "\x10\x0b", DataClass::blob_sequence};
  }
  const auto* images = std::get_if<Images>(&summary.value);
  const bool is_tensor = images != nullptr && images->samples.size() != 1;
  // One of TensorBoard's readers takes a description only from beside the name of a plugin.
  return is_tensor || is_described(summary) ? plugin_by_form(summary.value) : PluginData();
}

}  // namespace

void SummaryEncoder::encode(const Summary& summary, schema::Summary_Value& message) {
  message.set_tag(to_utf8(summary.tag));
  std::visit([&](const auto& value) { encode_value(value, message); }, summary.value);
  const PluginData plugin = plugin_of(summary);
  if (plugin.name.empty() && !is_described(summary)) return complete(message);
  Metadata& known = metadata_[message.tag()];
  if (known.file == file_) return;  // readers heed only the first metadata of a tag
  auto& metadata = *message.mutable_metadata();
  metadata.set_summary_description(to_utf8(summary.description));
  metadata.set_display_name(to_utf8(summary.display_name));
  if (!plugin.name.empty()) {
    metadata.mutable_plugin_data()->set_plugin_name(to_utf8(plugin.name));
    metadata.mutable_plugin_data()->set_content(plugin.content);
    metadata.set_data_class(static_cast<schema::DataClass>(plugin.data_class));
  }
  known = {metadata.SerializeAsString(), file_};
}

void SummaryEncoder::complete(schema::Summary_Value& message) {
  if (message.has_metadata()) {
    metadata_[message.tag()] = {message.metadata().SerializeAsString(), file_};
    return;
  }
  const auto known = metadata_.find(message.tag());
  if (known == metadata_.end() || known->second.file == file_) return;
  message.mutable_metadata()->ParseFromString(known->second.bytes);
  known->second.file = file_;
}

}  // namespace suar
