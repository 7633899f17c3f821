#include "event_size.h"

namespace suar {
namespace {

std::size_t size_of(double) {
  return 0;
}

std::size_t size_of(const Histogram& histogram) {
  return (histogram.limits.size() + histogram.counts.size()) * sizeof(double);
}

std::size_t size_of(const Images& images) {
  std::size_t size = images.samples.size() * sizeof(Image);
  for (const Image& image : images.samples) size += image.encoded.size();
  return size;
}

std::size_t size_of(const Text& text) {
  return text.markdown.size();
}

std::size_t size_of(const Audio& audio) {
  return audio.encoded.size();
}

std::size_t size_of(const TensorValue& value) {
  std::size_t size = value.content.size() + value.strings.size() * sizeof(std::string);
  for (const std::string& element : value.strings) size += element.size();
  return size;
}

std::size_t size_of(const OtherSummary&) {
  return 0;
}

std::size_t size_of(const std::vector<Summary>& summaries) {
  std::size_t size = summaries.size() * sizeof(Summary);
  for (const Summary& summary : summaries) {
    size += summary.tag.size() + summary.description.size() + summary.plugin.content.size();
    size += std::visit([](const auto& value) { return size_of(value); }, summary.value);
  }
  return size;
}

std::size_t size_of(const FileVersion&) {
  return 0;
}

std::size_t size_of(const SessionLog& log) {
  return log.message.size();
}

std::size_t size_of(const SerializedGraph& graph) {
  return graph.graph_def.size();
}

std::size_t size_of(const RunMetadata& metadata) {
  return metadata.run_metadata.size();
}

std::size_t size_of(const OtherEvent&) {
  return 0;
}

}  // namespace

std::size_t size_in_memory(const Event& event) {
  return sizeof event + std::visit([](const auto& what) { return size_of(what); }, event.what);
}

}  // namespace suar
