#include "summary_decoder.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>

#include <summary.pb.h>

namespace suar {
namespace {

/// The numbers of a tensor of floats, doubles or integers; empty for other tensors and for content
/// whose size does not fit.
std::optional<std::vector<double>> numbers_of(const schema::Tensor& tensor) {
  const std::string& content = tensor.tensor_content();
  const auto from_content = [&](auto zero) {
    using Number = decltype(zero);
    std::vector<double> numbers(content.size() / sizeof(Number));
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      Number number;
      std::memcpy(&number, content.data() + i * sizeof(Number), sizeof(Number));
      numbers[i] = static_cast<double>(number);
    }
    return numbers;
  };
  const auto from_list = [](const auto& list) {
    return std::vector<double>(list.begin(), list.end());
  };
  switch (tensor.dtype()) {
    case schema::DT_FLOAT:
      return content.empty() ? from_list(tensor.float_val()) : from_content(float{});
    case schema::DT_DOUBLE:
      return content.empty() ? from_list(tensor.double_val()) : from_content(double{});
    case schema::DT_INT32:
      return content.empty() ? from_list(tensor.int_val()) : from_content(int32_t{});
    case schema::DT_INT64:
      return content.empty() ? from_list(tensor.int64_val()) : from_content(int64_t{});
    default:
      return std::nullopt;
  }
}

/// Drops the empty buckets at both ends: a TensorFlow histogram ends at ±1e308 there.
void trim(Histogram& histogram) {
  const auto counted = [](double count) { return count > 0; };
  auto& counts = histogram.counts;
  const auto last = std::find_if(counts.rbegin(), counts.rend(), counted).base() - counts.begin();
  const auto first = std::find_if(counts.begin(), counts.begin() + last, counted) - counts.begin();
  counts = {counts.begin() + first, counts.begin() + last};
  histogram.limits = {histogram.limits.begin() + first, histogram.limits.begin() + last};
}

SummaryValue decode_histogram(const schema::HistogramProto& histo) {
  Histogram histogram;
  histogram.min = histo.min();
  histogram.max = histo.max();
  histogram.count = histo.num();
  histogram.sum = histo.sum();
  histogram.sum_squares = histo.sum_squares();
  histogram.limits.assign(histo.bucket_limit().begin(), histo.bucket_limit().end());
  histogram.counts.assign(histo.bucket().begin(), histo.bucket().end());
  const bool ascending = std::is_sorted(histogram.limits.begin(), histogram.limits.end()) &&
                         std::none_of(histogram.limits.begin(), histogram.limits.end(),
                                      [](double limit) { return std::isnan(limit); });
  if (histogram.limits.size() != histogram.counts.size() || !ascending) {
    return OtherSummary{"histograms"};
  }
  trim(histogram);
  return histogram;
}

/// A tensor [k, 3] of left edge, right edge and count. The sums are those of the buckets' middles:
/// this form does not record them.
SummaryValue decode_histogram_tensor(const schema::Tensor& tensor) {
  const auto rows = numbers_of(tensor);
  if (!rows || rows->size() % 3 != 0) return OtherSummary{"histograms"};
  Histogram histogram;
  for (std::size_t i = 0; i < rows->size(); i += 3) {
    const double left = (*rows)[i], right = (*rows)[i + 1], count = (*rows)[i + 2];
    if (!(left <= right) || (!histogram.limits.empty() && right < histogram.limits.back())) {
      return OtherSummary{"histograms"};
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

/// A string tensor of width, height and the encoded pictures.
SummaryValue decode_images_tensor(schema::Tensor& tensor) {
  Images images;
  auto& strings = *tensor.mutable_string_val();
  if (strings.size() < 2) return OtherSummary{"images"};
  const auto number = [](const std::string& digits) {
    int32_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
  };
  const int32_t width = number(strings[0]), height = number(strings[1]);
  for (int i = 2; i < strings.size(); ++i) {
    images.samples.push_back({height, width, 0, std::move(strings[i])});
  }
  return images;
}

SummaryValue decode_text_tensor(schema::Tensor& tensor) {
  Text text;
  for (auto& part : *tensor.mutable_string_val()) {
    if (!text.markdown.empty()) text.markdown += "\n\n";
    text.markdown += part;
  }
  return text;
}

SummaryValue decode_tensor(schema::Tensor& tensor, const std::string& plugin) {
  if (plugin == "scalars") {
    const auto numbers = numbers_of(tensor);
    if (numbers && numbers->size() == 1) return numbers->front();
  }
  if (plugin == "histograms") return decode_histogram_tensor(tensor);
  if (plugin == "images") return decode_images_tensor(tensor);
  if (plugin == "text") return decode_text_tensor(tensor);
  return OtherSummary{plugin};
}

}  // namespace

Summary SummaryDecoder::decode(schema::Summary_Value& message) {
  Summary summary;
  summary.tag = std::move(*message.mutable_tag());
  summary.description = std::move(*message.mutable_metadata()->mutable_summary_description());
  switch (message.value_case()) {
    case schema::Summary_Value::kSimpleValue:
      summary.value = static_cast<double>(message.simple_value());
      break;
    case schema::Summary_Value::kHisto:
      summary.value = decode_histogram(message.histo());
      break;
    case schema::Summary_Value::kImage: {
      auto& image = *message.mutable_image();
      Images images;
      images.samples.push_back({image.height(), image.width(), image.colorspace(),
                                std::move(*image.mutable_encoded_image_string())});
      summary.value = std::move(images);
      break;
    }
    case schema::Summary_Value::kTensor: {
      std::string& plugin =
          *message.mutable_metadata()->mutable_plugin_data()->mutable_plugin_name();
      if (plugin.empty()) plugin = default_plugin_;
      const auto& known = plugins_.try_emplace(summary.tag, std::move(plugin)).first->second;
      summary.value = decode_tensor(*message.mutable_tensor(), known);
      break;
    }
    case schema::Summary_Value::kAudio:
      summary.value = OtherSummary{"audio"};
      break;
    case schema::Summary_Value::VALUE_NOT_SET:
      summary.value = OtherSummary{};
      break;
  }
  return summary;
}

}  // namespace suar
