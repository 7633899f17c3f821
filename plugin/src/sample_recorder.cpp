#include "sample_recorder.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include <suar/error.h>

#include "accuracy.h"
#include "frame.h"
#include "image_grid.h"
#include "tensor_form.h"

namespace suar {
namespace {

const std::string kTag = "Samples/train";
constexpr int64_t kMostChannels = 4;
constexpr int64_t kMostPixels = int64_t{1} << 22;   // of all tiles together
constexpr int64_t kMostOfAPart = int64_t{1} << 18;  // elements
constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// The inputs as `[N, C, H, W]`; undefined when nobody would take them for pictures: samples
/// without channels look like sequences `[N, T, features]`, so their range must be stated. Throws
/// `suar::Error` when they only seem to be pictures.
torch::Tensor pictures_in(const torch::Tensor& input, bool range_is_stated) {
  const torch::Tensor pictures = input.detach();
  if (input.dim() == 4 && input.size(1) <= kMostChannels) return pictures;
  if (input.dim() == 3 && range_is_stated) return pictures.unsqueeze(1);
  if (input.dim() != 4 && !range_is_stated) return {};
  throw Error("expected inputs [N, C, H, W] of 1 to 4 channels or [N, H, W], found " +
              describe(input) +
              "; leave them out of the batch, or set CallbackOptions::sample_images(0).");
}

/// How many samples are shown: of large pictures fewer, and at least one.
int64_t count_shown(const torch::Tensor& input, int64_t most) {
  const int64_t pixels = input.dim() < 3 ? 1 : input.size(-2) * input.size(-1);
  const int64_t fit = std::max<int64_t>(kMostPixels / std::max<int64_t>(pixels, 1), 1);
  return std::min({input.size(0), most, fit});
}

/// Every second (third...) pixel, where one picture alone has too many.
torch::Tensor thin_out(const torch::Tensor& pictures) {
  const int64_t height = pictures.size(2), width = pictures.size(3);
  int64_t step = 1;
  while (((height + step - 1) / step) * ((width + step - 1) / step) > kMostPixels) ++step;
  return pictures.slice(2, 0, height, step).slice(3, 0, width, step);
}

/// `tensor.split(size, dim)`, which some devices leave to the processor.
std::vector<torch::Tensor> slices(const torch::Tensor& tensor, int64_t size, int64_t dim) {
  std::vector<torch::Tensor> parts;
  for (int64_t i = 0; i < tensor.size(dim); i += size) {
    parts.push_back(tensor.narrow(dim, i, std::min(size, tensor.size(dim) - i)));
  }
  return parts;
}

torch::Tensor join(const std::vector<torch::Tensor>& parts, int64_t dim) {
  return parts.size() == 1 ? parts[0] : at::cat(parts, dim);
}

/// Pictures in parts, the rows of some of them: what is computed of one part after the other takes
/// no more room for many pixels than for few.
std::vector<std::vector<torch::Tensor>> cut(const torch::Tensor& pictures) {
  const int64_t row = pictures.size(1) * pictures.size(3), height = pictures.size(2);
  const int64_t rows = std::clamp<int64_t>(kMostOfAPart / row, 1, height);
  const int64_t tiles = std::max<int64_t>(kMostOfAPart / (row * height), 1);
  std::vector<std::vector<torch::Tensor>> parts;
  for (const torch::Tensor& some : slices(pictures, tiles, 0))
    parts.push_back(slices(some, rows, 2));
  return parts;
}

/// The least finite number of all parts, and how far from it the greatest one is.
std::pair<torch::Tensor, torch::Tensor> find_range(
    const std::vector<std::vector<torch::Tensor>>& pictures) {
  std::vector<torch::Tensor> lows, highs;
  for (const auto& some : pictures) {
    for (const torch::Tensor& part : some) {
      const auto pixels = part.to(at::kFloat);
      const auto finite = pixels.isfinite();
      lows.push_back(at::where(finite, pixels, kInfinity).min());
      highs.push_back(at::where(finite, pixels, -kInfinity).max());
    }
  }
  const auto low = at::stack(lows).min();
  return {low, (at::stack(highs).max() - low).clamp_min(1e-12)};
}

/// The bytes of pictures of floating point. Networks are fed normalised pixels: where no range is
/// stated, theirs is the visible one.
torch::Tensor draw(const torch::Tensor& pictures, const std::optional<PixelRange>& stated) {
  const auto parts = cut(pictures);
  torch::Tensor low, range;
  if (!stated) std::tie(low, range) = find_range(parts);
  std::vector<torch::Tensor> bytes;
  for (const auto& some : parts) {
    std::vector<torch::Tensor> rows;
    for (const torch::Tensor& part : some) {
      rows.push_back(stated ? to_bytes(part, *stated)
                            : to_bytes((part.to(at::kFloat) - low) / range));
    }
    bytes.push_back(join(rows, 2));
  }
  return join(bytes, 0);
}

}  // namespace

void SampleRecorder::keep(const Batch& batch) {
  if (count_ == 0) return;
  const torch::Tensor& input = batch.input;
  const bool has_samples = input.defined() && input.dim() > 0;
  samples_ = has_samples ? input.size(0) : 0;
  shown_ = has_samples ? count_shown(input, count_) : 0;
  const torch::Tensor& output = batch.output;
  scores_each_ = output.defined() && output.dim() > 0 && output.size(0) == samples_;
  output_.keep(keep_shown(output));
  target_ = keep_shown(batch.target);
  input_ = keep_shown(input.defined() && input.requires_grad() ? input.detach() : input);
}

/// The samples that are shown, of a tensor that has one for each of the batch, else the tensor.
torch::Tensor SampleRecorder::shown(const torch::Tensor& tensor) const {
  const bool has_all = tensor.defined() && tensor.dim() > 0 && tensor.size(0) == samples_;
  return has_all ? tensor.narrow(0, 0, shown_) : tensor;
}

torch::Tensor SampleRecorder::keep_shown(const torch::Tensor& tensor) const {
  return tensor.defined() && !owns_memory(tensor) ? with_own_memory(shown(tensor)) : tensor;
}

void SampleRecorder::forget() {
  output_.forget();
  target_.reset();
  input_.reset();
}

SampleRecorder::Measured SampleRecorder::measure(NumberTransfer& transfer) const {
  Measured measured;
  if (!input_.defined() || input_.numel() == 0) return measured;
  const at::NoGradGuard no_grad;
  torch::Tensor tiles = pictures_in(input_, range_.has_value());
  if (!tiles.defined()) return measured;
  tiles = thin_out(tiles.narrow(0, 0, shown_));
  measured.stretched = tiles.is_floating_point() && !range_;
  measured.pixels =
      transfer.add_pixels(tiles.is_floating_point() ? draw(tiles, range_) : to_bytes(tiles));
  measured.shape = tiles.sizes().vec();
  // One class a sample: a picture has one caption.
  const torch::Tensor output = shown(output_.get());
  const torch::Tensor classes = class_targets(output, shown(target_));
  if (scores_each_ && classes.defined() && classes.dim() == 1) {
    measured.judgement = judge_tiles(output, classes, transfer);
  }
  return measured;
}

void SampleRecorder::record(const Measured& measured, const NumberTransfer& transfer,
                            SummaryWriter& writer, int64_t step) const {
  if (measured.shape.empty()) return;
  const at::NoGradGuard no_grad;
  torch::Tensor tiles = at::empty(measured.shape, at::kByte);
  std::copy_n(transfer.pixels_at(measured.pixels), tiles.numel(), tiles.data_ptr<uint8_t>());
  const int64_t columns = grid_columns(tiles.size(0));
  std::vector<TileCaption> captions;
  if (measured.judgement) {
    captions = make_captions(*measured.judgement, transfer, class_names_);
    std::vector<bool> wrong;
    for (const TileCaption& caption : captions) {
      wrong.push_back(caption.verdict == TileVerdict::wrong);
    }
    tiles = frame_tiles(tiles, wrong);
    const auto pixels = [](int64_t size) { return static_cast<int32_t>(size); };
    writer.add_summaries(
        {make_tiles_summary(kTag, {pixels(tiles.size(3)), pixels(tiles.size(2)),
                                   pixels(kGridBorder), pixels(columns), captions})},
        step);
  }
  std::string description = "Training inputs";
  description += measured.stretched ? ", stretched over the range of grey or colour." : ".";
  if (measured.judgement) {
    description +=
        " Those that the model took for something else are framed in red; for what, is in " + kTag +
        "/captions.";
  }
  writer.add_images(kTag, tiles, step, columns, description);
  if (measured.judgement) writer.add_text(kTag + "/captions", caption_table(captions), step);
}

}  // namespace suar
