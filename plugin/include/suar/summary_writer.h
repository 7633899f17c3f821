#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <torch/types.h>

#include <suar/event_writer.h>
#include <suar/graph.h>

namespace suar {

/// Logs values of your own choice into a TensorBoard event file, with the methods of PyTorch's
/// `torch.utils.tensorboard.SummaryWriter`.
///
/// Thread-safe, as `EventWriter` is; a call blocks for reducing or encoding its tensor, never for
/// the disk. A tensor on an accelerator is waited for and copied. Wrong arguments (a tensor of the
/// wrong shape) throw `suar::Error`; a failing disk never does: see `EventWriter`.
class SummaryWriter {
 public:
  /// Begins a new event file in `log_directory`, which is created. Throws `suar::Error` when it
  /// cannot.
  explicit SummaryWriter(const std::filesystem::path& log_directory,
                         EventWriterOptions options = {});
  ~SummaryWriter();
  SummaryWriter(SummaryWriter&&) noexcept;
  SummaryWriter& operator=(SummaryWriter&&) noexcept;

  /// A point of a curve. NaN and infinities are recorded as they are. Readers get 32-bit precision.
  void add_scalar(const std::string& tag, double value, int64_t step);

  /// The distribution of all elements of `values`: any shape, any real type (complex: the
  /// magnitude). Elements that are not finite are left out of the buckets.
  void add_histogram(const std::string& tag, const torch::Tensor& values, int64_t step);

  /// One picture, `[C, H, W]` or `[H, W]`, C = 1 (grey), 3 (RGB) or 4 (RGBA); `uint8` in [0, 255]
  /// or floating point in [0, 1] (outside values are clamped).
  void add_image(const std::string& tag, const torch::Tensor& image, int64_t step,
                 const std::string& description = "");

  /// Several pictures `[N, C, H, W]` as one, in a grid of `columns` (default: about square).
  void add_images(const std::string& tag, const torch::Tensor& images, int64_t step,
                  int64_t columns = 0, const std::string& description = "");

  /// Markdown.
  void add_text(const std::string& tag, const std::string& markdown, int64_t step);

  /// The model's graph: see `suar::export_graph`.
  void add_graph(const Graph& graph);

  /// Several values of one step as one event.
  void add_summaries(std::vector<Summary> summaries, int64_t step);

  /// Blocks until everything logged so far is with the kernel.
  void flush();

  /// Flushes and closes the file; later calls do nothing. The destructor does the same.
  void close();

  /// Number of events lost to a full queue or a failing disk.
  uint64_t lost() const;

  /// The event file; another one after it was deleted.
  std::filesystem::path path() const;

 private:
  std::unique_ptr<EventWriter> writer_;
  std::filesystem::path path_when_closed_;
  uint64_t lost_when_closed_ = 0;
};

}  // namespace suar
