#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <torch/types.h>

#include <suar/chart_layout.h>
#include <suar/embedding_metadata.h>
#include <suar/event_writer.h>
#include <suar/graph_export.h>
#include <suar/hyper_parameters.h>
#include <suar/pixel_range.h>
#include <suar/pr_curve.h>

namespace suar {

/// Logs values of your own choice into a TensorBoard event file, with the methods of PyTorch's
/// `torch.utils.tensorboard.SummaryWriter`: the same names, defaults and pages of TensorBoard.
/// What is other than there:
///
/// * the step is always given, right behind the values, since it has no default that makes a curve;
///   the time is that of the call (`EventWriter::write` takes any);
/// * `add_histogram` has no `bins`: buckets are always TensorBoard's own, by which steps and runs
///   can be compared; a run of empty ones is written as one;
/// * `add_scalars` makes a chart, not runs; `add_hparams` writes an Experiment only for given
///   domains; `add_histogram_raw` and `add_pr_curve_raw` take a struct of what are many arguments
///   there, and `add_embedding` its header with the metadata;
/// * a text keeps its tag, without "/text_summary";
/// * fractions of pictures and sounds are rounded, not cut off; whether floats are in [0, 1] is not
///   guessed from the type (`range`); grey pictures have one channel; a grid is about square, with
///   gaps; boxes are drawn after `rescale`, so that their lines and labels are not blurred; sound
///   may have channels; descriptions and `columns` are our own;
/// * `add_figure` and `add_onnx_graph` are missing: the one draws with a library of Python, the
///   other's files come from elsewhere. `comment`, `max_queue` and the like are
///   `EventWriterOptions` or the name of the directory.
///
/// All text is UTF-8: what is not becomes U+FFFD, and so different tags may become the same.
///
/// Thread-safe, but for `close`, moving and destruction. A call blocks for reducing or encoding its
/// tensor, never for the disk; the exceptions, which write files of their own, are `add_embedding`
/// and `add_hparams`. A tensor on an accelerator is waited for and copied. Wrong arguments (a
/// shape, a type, a range, a tensor that LibTorch cannot read) throw `suar::Error` before anything
/// is written; a failing disk never throws: see `EventWriter`.
class SummaryWriter {
 public:
  /// Begins a new event file in `log_directory`, which is created; it is the directory of one run.
  /// Default: "runs/<date>_<time>_<host>". Throws `suar::Error` when it cannot.
  explicit SummaryWriter(const std::filesystem::path& log_directory = {},
                         EventWriterOptions options = {});

  /// One that writes nothing and says nothing of it, for processes that have nothing to write.
  static SummaryWriter closed();

  ~SummaryWriter();
  SummaryWriter(SummaryWriter&&) noexcept;
  SummaryWriter& operator=(SummaryWriter&&) noexcept;

  // --- Numbers ---------------------------------------------------------------------------------

  /// A point of a curve. NaN and infinities are recorded as they are. Readers get 32-bit precision.
  void add_scalar(const std::string& tag, double value, int64_t step);

  /// A point of each of several curves that belong together: `add_scalars("Loss", {{"train", a},
  /// {"validation", b}}, step)`. They are the tags "Loss/train" and "Loss/validation" of this run,
  /// and lines of one chart "Loss" on the Custom Scalars page. (PyTorch makes a run of each curve,
  /// so that a training fills the list of runs, and a run is no longer a training.) Throws when
  /// `values` is empty.
  void add_scalars(const std::string& main_tag, const std::map<std::string, double>& values,
                   int64_t step);

  /// The distribution of all elements of `values`: any shape, any real type (complex: the
  /// magnitude). NaN and infinities are in no bucket: where there are any, their number is logged
  /// beside the histogram, as the scalar "<tag>/nonfinite".
  void add_histogram(const std::string& tag, const torch::Tensor& values, int64_t step);

  /// A histogram that was counted elsewhere. Throws when there are no buckets, not as many counts
  /// as limits, limits that do not ascend, counts below 0, or anything that is not finite.
  void add_histogram_raw(const std::string& tag, Histogram histogram, int64_t step);

  /// All elements, in any shape, layout and type but quantised ones; no page of TensorBoard shows
  /// them, its readers give them back. `bfloat16` is written as `float32`, which holds the same
  /// numbers: NumPy has no such type, and those readers fail over it.
  void add_tensor(const std::string& tag, const torch::Tensor& tensor, int64_t step);

  /// Precision and recall of predictions in [0, 1] against labels 0 and 1, at `num_thresholds` (at
  /// least 2) thresholds that rise evenly from 0 to 1. All tensors have as many elements, at least
  /// one; `weights`, at least 0, say how much each counts (default: 1).
  void add_pr_curve(const std::string& tag, const torch::Tensor& labels,
                    const torch::Tensor& predictions, int64_t step, int64_t num_thresholds = 127,
                    const torch::Tensor& weights = {});

  /// A curve that was computed elsewhere, with a value for each of at least 2 thresholds.
  void add_pr_curve_raw(const std::string& tag, const PrCurve& curve, int64_t step);

  // --- Pictures, sound, text -------------------------------------------------------------------

  /// One picture, `[C, H, W]` or `[H, W]`, C = 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA);
  /// `uint8` in [0, 255], `bool`, or floating point in `range` (outside values are clamped, NaN is
  /// black). `dataformats` is the order of the dimensions, for example "HWC".
  void add_image(const std::string& tag, const torch::Tensor& image, int64_t step,
                 const std::string& description = "", const std::string& dataformats = "CHW",
                 PixelRange range = {});

  /// Several pictures `[N, C, H, W]` as one, in a grid of `columns` (default: about square). Grey
  /// ones may have no dimension for it: "NHW" is an order, too.
  void add_images(const std::string& tag, const torch::Tensor& images, int64_t step,
                  int64_t columns = 0, const std::string& description = "",
                  const std::string& dataformats = "NCHW", PixelRange range = {});

  /// A picture as in `add_image` with red boxes on it: `[N, 4]`, each (xmin, ymin, xmax, ymax) in
  /// pixels. The picture is enlarged by `rescale`, and the boxes with it. `labels` stand in the
  /// boxes: one for each, or none.
  void add_image_with_boxes(const std::string& tag, const torch::Tensor& image,
                            const torch::Tensor& boxes, int64_t step, double rescale = 1,
                            const std::string& dataformats = "CHW",
                            const std::vector<std::string>& labels = {}, PixelRange range = {});

  /// Videos `[N, T, C, H, W]` side by side as an animated GIF that repeats, C = 1 or 3, values as
  /// in `add_image`. Each frame has up to 256 colours. `fps` is the number of frames a second, up
  /// to 50; a slower one is exact to 1/100 s.
  void add_video(const std::string& tag, const torch::Tensor& videos, int64_t step, double fps = 4,
                 PixelRange range = {});

  /// Sound `[L]` or `[C, L]` (up to 32 channels): floating point in [-1, 1] (outside values are
  /// clamped) or `int16`, recorded as a WAV file of 16 bits. Dimensions of size 1 do not count:
  /// `[L, 1]` is `[L]`. `sample_rate` is in Hz.
  void add_audio(const std::string& tag, const torch::Tensor& sound, int64_t step,
                 int64_t sample_rate = 44100);

  /// Markdown.
  void add_text(const std::string& tag, const std::string& markdown, int64_t step);

  // --- Models ----------------------------------------------------------------------------------

  /// The model's graph: see `suar::export_graph`.
  void add_graph(const Graph& graph);

  /// The graph of a model that runs on one tensor or several: `writer.add_graph(net, input)`,
  /// `writer.add_graph(net, {tokens, mask})`. Blocks for one forward pass; takes and throws what
  /// `suar::export_graph` does.
  template <typename Model, typename Inputs = torch::TensorList>
  void add_graph(Model&& model, const Inputs& inputs) {
    add_graph(export_graph(std::forward<Model>(model), inputs));
  }

  /// The hyper-parameters that a training was given and the metrics that it reached: a row of
  /// TensorBoard's HParams page. As in PyTorch the row is a run of its own, `run_name` below this
  /// one (default: the time in seconds), so that one writer can log many; "." makes this run itself
  /// the row, once, with all its scalars as metrics. The metrics are logged as scalars at `step`.
  ///
  /// The page takes its columns from all rows. Only where `hparam_domain_discrete` gives the values
  /// that hyper-parameters are chosen from is an Experiment written, as PyTorch always does: then
  /// the first one found below TensorBoard's log directory fixes the columns, for all rows.
  ///
  /// Throws when there are no hyper-parameters, a domain is of none of them or of another type, or
  /// `run_name` leads out of the log directory. Blocks for the disk, but with ".".
  void add_hparams(const HyperParameters& hparams, const std::map<std::string, double>& metrics,
                   const HyperParameterDomains& hparam_domain_discrete = {},
                   const std::string& run_name = "", int64_t step = 0);

  /// Points `[N, D]` for TensorBoard's Projector page, with what is known of each and a picture of
  /// each, `label_img` `[N, C, H, H]` (values as in `add_image`), which together must fit on 8192 x
  /// 8192 pixels. Written beside the event file: "<step>/<tag>/" and an entry in
  /// "projector_config.pbtxt"; TensorBoard reads that file when it starts and when there is a new
  /// run. Blocks for the disk.
  void add_embedding(const torch::Tensor& mat, const EmbeddingMetadata& metadata = {},
                     const torch::Tensor& label_img = {}, int64_t step = 0,
                     const std::string& tag = "default");

  /// Point clouds, or triangle meshes where there are faces: vertices `[B, N, 3]`, colours `[B, N,
  /// 3]` from 0 to 255, of any real type (fractions are rounded), faces `[B, M, 3]` of indices into
  /// the vertices. `config_json` names classes of three.js and their settings: R"({"camera":
  /// {"cls": "PerspectiveCamera", "fov": 75}})". It is written as it is given, unchecked: the page
  /// shows no mesh where it is not JSON.
  void add_mesh(const std::string& tag, const torch::Tensor& vertices, int64_t step,
                const torch::Tensor& colors = {}, const torch::Tensor& faces = {},
                const std::string& config_json = "");

  // --- Custom Scalars page ---------------------------------------------------------------------

  /// Charts that show several of the curves that were logged. A chart takes the place of an earlier
  /// one with the same title in the same category; the others stay. Throws for a category or chart
  /// in which there is nothing.
  void add_custom_scalars(const ChartLayout& layout);

  /// One chart of several curves: see `MultilineChart`.
  void add_custom_scalars_multilinechart(const std::vector<std::string>& tags,
                                         const std::string& category = "default",
                                         const std::string& title = "untitled");

  /// One chart of a curve with a band around it: `{"Loss/mean", "Loss/least", "Loss/greatest"}`.
  void add_custom_scalars_marginchart(const MarginChart::Series& tags,
                                      const std::string& category = "default",
                                      const std::string& title = "untitled");

  // --- The file --------------------------------------------------------------------------------

  /// Several values of one step as one event.
  void add_summaries(std::vector<Summary> summaries, int64_t step);

  /// Blocks until everything logged so far is with the kernel.
  void flush();

  /// Flushes and closes the file. What later calls would log is lost, which is reported once, as a
  /// failing disk is. The destructor does the same.
  void close();

  /// Number of events lost to a full queue or a failing disk, and of embeddings and rows of
  /// hyper-parameters whose files could not be made.
  uint64_t lost() const;

  /// The event file; another one after it was deleted.
  std::filesystem::path path() const;

  /// The directory of the run, in which the event file is.
  std::filesystem::path get_logdir() const;

 private:
  struct Shared;

  explicit SummaryWriter(std::unique_ptr<EventWriter> writer);

  /// Whether there is a file; reports, once, when it was closed.
  bool is_open();

  /// Lets `change` change the layout of this run, and writes it when that says that it did.
  template <typename Change>
  void update_layout(Change change);

  /// Runs `write`, which writes files of its own; a failure is reported and counted.
  template <typename Write>
  void write_beside(const std::string& what, Write write);

  std::unique_ptr<EventWriter> writer_;
  std::unique_ptr<Shared> shared_;
  std::filesystem::path path_when_closed_;
  uint64_t lost_when_closed_ = 0;
};

}  // namespace suar
