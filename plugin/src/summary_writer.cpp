#include <utility>

#include <suar/summary_writer.h>

#include "histogram_kernel.h"
#include "image_grid.h"
#include "png.h"
#include "tensor_statistics.h"

namespace suar {

SummaryWriter::SummaryWriter(const std::filesystem::path& log_directory, EventWriterOptions options)
    : writer_(std::make_unique<EventWriter>(log_directory, std::move(options))) {}

SummaryWriter::~SummaryWriter() = default;
SummaryWriter::SummaryWriter(SummaryWriter&&) noexcept = default;
SummaryWriter& SummaryWriter::operator=(SummaryWriter&&) noexcept = default;

void SummaryWriter::add_scalar(const std::string& tag, double value, int64_t step) {
  if (writer_) writer_->add_scalar(tag, value, step);
}

void SummaryWriter::add_histogram(const std::string& tag, const torch::Tensor& values,
                                  int64_t step) {
  add_summaries({{tag, make_histogram(compute_statistics(values)), ""}}, step);
}

void SummaryWriter::add_image(const std::string& tag, const torch::Tensor& image, int64_t step,
                              const std::string& description) {
  const Pixels pixels = make_pixels(image);
  Images images;
  images.samples.push_back({pixels.height, pixels.width, pixels.channels, encode_png(pixels)});
  add_summaries({{tag, std::move(images), description}}, step);
}

void SummaryWriter::add_images(const std::string& tag, const torch::Tensor& images, int64_t step,
                               int64_t columns, const std::string& description) {
  add_image(tag, make_image_grid(images, columns), step, description);
}

void SummaryWriter::add_text(const std::string& tag, const std::string& markdown, int64_t step) {
  add_summaries({{tag, Text{markdown}, ""}}, step);
}

void SummaryWriter::add_graph(const Graph& graph) {
  if (writer_) writer_->write({wall_time_now(), 0, SerializedGraph{serialize_graph_def(graph)}});
}

void SummaryWriter::add_summaries(std::vector<Summary> summaries, int64_t step) {
  if (writer_) writer_->write({wall_time_now(), step, std::move(summaries)});
}

void SummaryWriter::flush() {
  if (writer_) writer_->flush();
}

void SummaryWriter::close() {
  if (!writer_) return;
  writer_->flush();
  lost_when_closed_ = writer_->lost();
  path_when_closed_ = writer_->path();
  writer_.reset();
}

uint64_t SummaryWriter::lost() const {
  return writer_ ? writer_->lost() : lost_when_closed_;
}

std::filesystem::path SummaryWriter::path() const {
  return writer_ ? writer_->path() : path_when_closed_;
}

}  // namespace suar
