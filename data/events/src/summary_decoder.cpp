#include "summary_decoder.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>

#include "tensor_elements.h"
#include "wav_header.h"

namespace suar {
namespace {

/// Drops the empty buckets at both ends: a TensorFlow histogram ends at ±1e308 there.
void trim(Histogram& histogram) {
  const auto counted = [](double count) { return count > 0; };
  auto& counts = histogram.counts;
  const auto last = std::find_if(counts.rbegin(), counts.rend(), counted).base() - counts.begin();
  const auto first = std::find_if(counts.begin(), counts.begin() + last, counted) - counts.begin();
  counts = {counts.begin() + first, counts.begin() + last};
  histogram.limits = {histogram.limits.begin() + first, histogram.limits.begin() + last};
}

SummaryValue decode_histogram(const HistogramMessage& histo) {
  const auto& limits = histo.bucket_limits;
  const bool ascending =
      std::is_sorted(limits.begin(), limits.end()) &&
      std::none_of(limits.begin(), limits.end(), [](double limit) { return std::isnan(limit); });
  if (limits.size() != histo.buckets.size() || !ascending) return OtherSummary{"histograms"};
  Histogram histogram{histo.min,         histo.max,           histo.num,    histo.sum,
                      histo.sum_squares, histo.bucket_limits, histo.buckets};
  trim(histogram);
  return histogram;
}

/// A tensor [k, 3] of left edge, right edge and count. The sums are those of the buckets' middles:
/// this form does not record them.
SummaryValue decode_histogram_tensor(const TensorMessage& tensor) {
  const auto rows = numbers_of(tensor);
  if (!rows || rows->size() % 3 != 0) return OtherSummary{"histograms"};
  Histogram histogram;
  for (std::size_t i = 0; i < rows->size(); i += 3) {
    const double left = (*rows)[i], right = (*rows)[i + 1], count = (*rows)[i + 2];
    if (!(left <= right) || (!histogram.limits.empty() && right < histogram.limits.back())) {
      return OtherSummary{"histograms"};
    }
    // Between rows that do not meet, nothing was counted.
    if (!histogram.limits.empty() && left > histogram.limits.back()) {
      histogram.limits.push_back(left);
      histogram.counts.push_back(0);
    }
    const double middle = left + (right - left) / 2;
    histogram.limits.push_back(right);
    histogram.counts.push_back(count);
    histogram.count += count;
    histogram.sum += count * middle;
    histogram.sum_squares += count * middle * middle;
  }
  if (!rows->empty()) {
    histogram.min = rows->front();
    histogram.max = histogram.limits.back();
  }
  return histogram;
}

SummaryValue decode_image(const ImageMessage& image) {
  return Images{{{image.height, image.width, image.colorspace, std::string(image.encoded)}}};
}

/// A string tensor of width, height and the encoded pictures.
SummaryValue decode_images_tensor(const TensorMessage& tensor) {
  const auto& strings = tensor.strings;
  if (strings.size() < 2) return OtherSummary{"images"};
  const auto number = [](std::string_view digits) {
    int32_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
  };
  const int32_t width = number(strings[0]), height = number(strings[1]);
  Images images;
  for (std::size_t i = 2; i < strings.size(); ++i) {
    images.samples.push_back({height, width, 0, std::string(strings[i])});
  }
  return images;
}

SummaryValue decode_audio(const AudioMessage& audio) {
  return Audio{audio.sample_rate, audio.num_channels, audio.length_frames,
               std::string(audio.encoded), std::string(audio.content_type)};
}

/// A string tensor [k, 2] of clips and labels. Of several clips none is the one: they stay a
/// tensor.
SummaryValue decode_audio_tensor(const TensorMessage& tensor) {
  const bool single = tensor.strings.size() == 1 || tensor.strings.size() == 2;
  if (!single || !is_wav(tensor.strings[0])) return tensor_value_of(tensor);
  const std::string_view clip = tensor.strings[0];
  const WavHeader header = read_wav_header(clip);
  return Audio{static_cast<float>(header.sample_rate), header.channels,
               static_cast<int64_t>(header.frames), std::string(clip), "audio/wav"};
}

SummaryValue decode_text_tensor(const TensorMessage& tensor) {
  Text text;
  for (const auto part : tensor.strings) {
    if (!text.markdown.empty()) text.markdown += "\n\n";
    text.markdown += part;
  }
  return text;
}

SummaryValue decode_scalar_tensor(const TensorMessage& tensor) {
  const auto numbers = numbers_of(tensor);
  if (!numbers || numbers->size() != 1) return OtherSummary{"scalars"};
  return numbers->front();
}

SummaryValue decode_tensor(const TensorMessage& tensor, const std::string& plugin) {
  if (plugin == "scalars") return decode_scalar_tensor(tensor);
  if (plugin == "histograms") return decode_histogram_tensor(tensor);
  if (plugin == "images") return decode_images_tensor(tensor);
  if (plugin == "audio") return decode_audio_tensor(tensor);
  if (plugin == "text") return decode_text_tensor(tensor);
  return tensor_value_of(tensor);
}

}  // namespace

const std::string& SummaryDecoder::plugin_of(const ValueMessage& message) {
  auto found = plugins_.find(message.tag);
  if (found == plugins_.end()) {
    found = plugins_.emplace(message.tag, message.metadata.plugin_name).first;
  }
  return found->second;
}

SummaryValue SummaryDecoder::decode_value(const ValueMessage& message) {
  if (const float* scalar = std::get_if<float>(&message.value)) return double{*scalar};
  if (const auto* histogram = std::get_if<HistogramMessage>(&message.value)) {
    return decode_histogram(*histogram);
  }
  if (const auto* image = std::get_if<ImageMessage>(&message.value)) return decode_image(*image);
  if (const auto* audio = std::get_if<AudioMessage>(&message.value)) return decode_audio(*audio);
  if (const auto* tensor = std::get_if<TensorMessage>(&message.value)) {
    return decode_tensor(*tensor, plugin_of(message));
  }
  return OtherSummary{plugin_of(message)};
}

Summary SummaryDecoder::with_metadata(const ValueMessage& message, SummaryValue value) {
  const MetadataMessage& metadata = message.metadata;
  Summary summary{std::string(message.tag), std::move(value)};
  summary.description = metadata.description;
  summary.display_name = metadata.display_name;
  summary.plugin = {std::string(metadata.plugin_name), std::string(metadata.plugin_content),
                    static_cast<DataClass>(metadata.data_class)};
  // Only the first value of a tag brings the name of its plugin.
  if (std::holds_alternative<TensorValue>(summary.value)) summary.plugin.name = plugin_of(message);
  return summary;
}

}  // namespace suar
