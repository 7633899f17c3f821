#include <atomic>
#include <cstdio>
#include <exception>
#include <mutex>
#include <optional>
#include <utility>

#include <c10/util/Exception.h>

#include <suar/error.h>
#include <suar/mesh.h>
#include <suar/summary_writer.h>

#include "audio_clip.h"
#include "embedding.h"
#include "failure_reason.h"
#include "histogram_check.h"
#include "histogram_kernel.h"
#include "hyper_parameter_run.h"
#include "image_boxes.h"
#include "image_grid.h"
#include "mesh_tensors.h"
#include "png.h"
#include "precision_recall.h"
#include "run_directory.h"
#include "tensor_form.h"
#include "tensor_statistics.h"
#include "tensor_value.h"
#include "video.h"

namespace suar {
namespace {

Images one_image(const Pixels& pixels) {
  return {{{pixels.height, pixels.width, pixels.channels, encode_png(pixels)}}};
}

/// `[H, W]` needs no other word for it.
torch::Tensor channels_first(const torch::Tensor& image, const std::string& dataformats) {
  const bool grey = image.defined() && image.dim() == 2 && dataformats == "CHW";
  const torch::Tensor planes = reorder(image, grey ? "HW" : dataformats, "CHW");
  check_pictures(planes, image);
  return planes;
}

/// What `make` makes of tensors that are logged under `tag`. What LibTorch cannot do with them (it
/// knows tensors without values, for one) is said as a wrong argument, without its backtrace.
template <typename Make>
auto read_tensors(const std::string& tag, Make make) {
  try {
    return make();
  } catch (const c10::Error& error) {
    throw Error("cannot read the values of " + tag + ": " +
                reason_in(error.what_without_backtrace()));
  }
}

}  // namespace

/// What several threads change, apart from what the event writer keeps.
struct SummaryWriter::Shared {
  std::function<void(const std::string&)> on_error;
  std::mutex layout_mutex;
  ChartLayout layout;
  std::mutex beside_mutex;                ///< of the files beside the event file
  std::atomic<uint64_t> lost{0};          ///< of what belongs there
  std::atomic<bool> closed{false};        ///< there was a file
  std::atomic<bool> told_of_loss{false};  ///< after it was closed

  void report(const std::string& message) const {
    if (on_error) {
      on_error(message);
    } else {
      std::fprintf(stderr, "suar: %s\n", message.c_str());
    }
  }
};

SummaryWriter::SummaryWriter(std::unique_ptr<EventWriter> writer)
    : writer_(std::move(writer)), shared_(std::make_unique<Shared>()) {}

SummaryWriter SummaryWriter::closed() {
  return SummaryWriter(std::unique_ptr<EventWriter>());
}

SummaryWriter::SummaryWriter(const std::filesystem::path& log_directory, EventWriterOptions options)
    : SummaryWriter(std::unique_ptr<EventWriter>()) {
  shared_->on_error = options.on_error;
  std::optional<RunDirectory> chosen;
  if (log_directory.empty()) chosen.emplace(log_directory);
  writer_ =
      std::make_unique<EventWriter>(chosen ? chosen->path() : log_directory, std::move(options));
}

SummaryWriter::~SummaryWriter() = default;
SummaryWriter::SummaryWriter(SummaryWriter&&) noexcept = default;
SummaryWriter& SummaryWriter::operator=(SummaryWriter&&) noexcept = default;

bool SummaryWriter::is_open() {
  if (writer_) return true;
  if (shared_ && shared_->closed && !shared_->told_of_loss.exchange(true)) {
    shared_->report("The run in " + get_logdir().string() +
                    " was closed, by close() or by TrainingCallback::on_train_end(). What is "
                    "logged now is lost: log it before.");
  }
  return false;
}

template <typename Change>
void SummaryWriter::update_layout(Change change) {
  if (!is_open()) return;
  const std::lock_guard lock(shared_->layout_mutex);
  if (!change(shared_->layout)) return;
  // Within the lock: the last layout in the file is the one that counts.
  add_summaries({make_layout_summary(shared_->layout)}, 0);
}

template <typename Write>
void SummaryWriter::write_beside(const std::string& what, Write write) {
  const std::lock_guard lock(shared_->beside_mutex);
  try {
    write();
  } catch (const std::exception& error) {
    ++shared_->lost;
    shared_->report(what + " could not be written and is lost: " + error.what());
  }
}

void SummaryWriter::add_scalar(const std::string& tag, double value, int64_t step) {
  if (is_open()) writer_->add_scalar(tag, value, step);
}

void SummaryWriter::add_scalars(const std::string& main_tag,
                                const std::map<std::string, double>& values, int64_t step) {
  if (values.empty()) throw Error("expected at least one value for " + main_tag + ", found none");
  std::vector<Summary> summaries;
  MultilineChart chart{main_tag, {}};
  for (const auto& [name, value] : values) {
    summaries.push_back({main_tag + '/' + name, value});
    chart.tags.push_back(regex_of_tag(summaries.back().tag));
  }
  update_layout([&](ChartLayout& layout) { return add_lines(layout, "Scalars", chart); });
  add_summaries(std::move(summaries), step);
}

void SummaryWriter::add_histogram(const std::string& tag, const torch::Tensor& values,
                                  int64_t step) {
  if (!values.defined()) {
    throw Error("expected the values of a histogram, found an undefined tensor");
  }
  const NumberStatistics statistics = read_tensors(tag, [&] { return compute_statistics(values); });
  std::vector<Summary> summaries;
  summaries.push_back({tag, make_histogram(statistics)});
  if (const uint64_t nonfinite = statistics.nonfinite(); nonfinite > 0) {
    summaries.push_back({tag + "/nonfinite", static_cast<double>(nonfinite)});
  }
  add_summaries(std::move(summaries), step);
}

void SummaryWriter::add_histogram_raw(const std::string& tag, Histogram histogram, int64_t step) {
  check_histogram(histogram);
  add_summaries({{tag, std::move(histogram)}}, step);
}

void SummaryWriter::add_tensor(const std::string& tag, const torch::Tensor& tensor, int64_t step) {
  Summary summary{tag, read_tensors(tag, [&] { return make_tensor_value(tensor); })};
  summary.plugin = {"tensor", "", DataClass::tensor};
  add_summaries({std::move(summary)}, step);
}

void SummaryWriter::add_pr_curve(const std::string& tag, const torch::Tensor& labels,
                                 const torch::Tensor& predictions, int64_t step,
                                 int64_t num_thresholds, const torch::Tensor& weights) {
  const PrCurve curve = read_tensors(
      tag, [&] { return compute_pr_curve(labels, predictions, weights, num_thresholds); });
  add_pr_curve_raw(tag, curve, step);
}

void SummaryWriter::add_pr_curve_raw(const std::string& tag, const PrCurve& curve, int64_t step) {
  add_summaries({make_pr_curve_summary(tag, curve)}, step);
}

void SummaryWriter::add_image(const std::string& tag, const torch::Tensor& image, int64_t step,
                              const std::string& description, const std::string& dataformats,
                              PixelRange range) {
  const Pixels pixels =
      read_tensors(tag, [&] { return make_pixels(channels_first(image, dataformats), range); });
  add_summaries({{tag, one_image(pixels), description}}, step);
}

void SummaryWriter::add_images(const std::string& tag, const torch::Tensor& images, int64_t step,
                               int64_t columns, const std::string& description,
                               const std::string& dataformats, PixelRange range) {
  const Pixels pixels = read_tensors(tag, [&] {
    const torch::Tensor tiles = reorder(images, dataformats, "NCHW");
    check_pictures(tiles, images);
    return make_pixels(make_image_grid(to_bytes(to_plain(tiles, "the images"), range), columns));
  });
  add_summaries({{tag, one_image(pixels), description}}, step);
}

void SummaryWriter::add_image_with_boxes(const std::string& tag, const torch::Tensor& image,
                                         const torch::Tensor& boxes, int64_t step, double rescale,
                                         const std::string& dataformats,
                                         const std::vector<std::string>& labels, PixelRange range) {
  const Pixels pixels = read_tensors(tag, [&] {
    return make_pixels_with_boxes(channels_first(image, dataformats), boxes, labels, rescale,
                                  range);
  });
  add_summaries({{tag, one_image(pixels)}}, step);
}

void SummaryWriter::add_video(const std::string& tag, const torch::Tensor& videos, int64_t step,
                              double fps, PixelRange range) {
  const Image video = read_tensors(tag, [&] { return make_video(videos, fps, range); });
  add_summaries({{tag, Images{{video}}}}, step);
}

void SummaryWriter::add_audio(const std::string& tag, const torch::Tensor& sound, int64_t step,
                              int64_t sample_rate) {
  add_summaries({{tag, read_tensors(tag, [&] { return make_audio(sound, sample_rate); })}}, step);
}

void SummaryWriter::add_text(const std::string& tag, const std::string& markdown, int64_t step) {
  add_summaries({{tag, Text{markdown}}}, step);
}

void SummaryWriter::add_graph(const Graph& graph) {
  if (!is_open()) return;
  for (Event& event : graph_events(graph)) writer_->write(std::move(event));
}

void SummaryWriter::add_hparams(const HyperParameters& hparams,
                                const std::map<std::string, double>& metrics,
                                const HyperParameterDomains& hparam_domain_discrete,
                                const std::string& run_name, int64_t step) {
  check_hyper_parameters(hparams, hparam_domain_discrete, run_name);
  if (!is_open()) return;
  auto summaries = make_hyper_parameter_row(hparams, metrics, hparam_domain_discrete);
  if (run_name == ".") return add_summaries(std::move(summaries), step);
  write_beside("The hyper-parameters", [&] {
    EventWriterOptions options;
    options.on_error = shared_->on_error;
    EventWriter row(choose_row_directory(get_logdir(), run_name), std::move(options));
    row.write({wall_time_now(), step, std::move(summaries)});
  });
}

void SummaryWriter::add_embedding(const torch::Tensor& mat, const EmbeddingMetadata& metadata,
                                  const torch::Tensor& label_img, int64_t step,
                                  const std::string& tag) {
  Projection projection =
      read_tensors(tag, [&] { return make_projection(mat, metadata, label_img); });
  projection.tag = tag;
  projection.step = step;
  if (!is_open()) return;
  write_beside("The embedding " + tag, [&] { write_projection(get_logdir(), projection); });
}

void SummaryWriter::add_mesh(const std::string& tag, const torch::Tensor& vertices, int64_t step,
                             const torch::Tensor& colors, const torch::Tensor& faces,
                             const std::string& config_json) {
  Mesh mesh = read_tensors(tag, [&] { return make_mesh(vertices, colors, faces, config_json); });
  add_summaries(make_mesh_summaries(tag, std::move(mesh)), step);
}

void SummaryWriter::add_custom_scalars(const ChartLayout& layout) {
  check_layout(layout);
  update_layout([&](ChartLayout& all) { return merge_into(all, layout); });
}

void SummaryWriter::add_custom_scalars_multilinechart(const std::vector<std::string>& tags,
                                                      const std::string& category,
                                                      const std::string& title) {
  add_custom_scalars({{category, {MultilineChart{title, tags}}}});
}

void SummaryWriter::add_custom_scalars_marginchart(const MarginChart::Series& tags,
                                                   const std::string& category,
                                                   const std::string& title) {
  add_custom_scalars({{category, {MarginChart{title, {tags}}}}});
}

void SummaryWriter::add_summaries(std::vector<Summary> summaries, int64_t step) {
  if (is_open()) writer_->write({wall_time_now(), step, std::move(summaries)});
}

void SummaryWriter::flush() {
  if (writer_) writer_->flush();
}

void SummaryWriter::close() {
  if (!writer_) return;
  writer_->flush();
  lost_when_closed_ = lost();
  path_when_closed_ = writer_->path();
  writer_.reset();
  shared_->closed = true;
}

uint64_t SummaryWriter::lost() const {
  return writer_ ? writer_->lost() + shared_->lost : lost_when_closed_;
}

std::filesystem::path SummaryWriter::path() const {
  return writer_ ? writer_->path() : path_when_closed_;
}

std::filesystem::path SummaryWriter::get_logdir() const {
  return path().parent_path();
}

}  // namespace suar
