#include "sample_recorder.h"

#include <algorithm>
#include <limits>

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

/// Networks are fed normalised pixels: over the visible range.
torch::Tensor stretch(const torch::Tensor& pictures) {
  const auto pixels = pictures.to(at::kFloat);
  const auto finite = pixels.isfinite();
  const auto low = at::where(finite, pixels, kInfinity).min();
  const auto range = (at::where(finite, pixels, -kInfinity).max() - low).clamp_min(1e-12);
  return (pixels - low) / range;
}

}  // namespace

void SampleRecorder::keep(const Batch& batch) {
  if (count_ == 0) return;
  const torch::Tensor& input = batch.input;
  samples_ = input.defined() && input.dim() > 0 ? input.size(0) : 0;
  const torch::Tensor& output = batch.output;
  scores_each_ = output.defined() && output.dim() > 0 && output.size(0) == samples_;
  output_.keep(keep_shown(output));
  target_ = keep_shown(batch.target);
  input_ = keep_shown(input.defined() && input.requires_grad() ? input.detach() : input);
}

/// The samples that are shown, of a tensor that has one for each of the batch, else the tensor.
torch::Tensor SampleRecorder::shown(const torch::Tensor& tensor) const {
  const bool has_all = tensor.defined() && tensor.dim() > 0 && tensor.size(0) == samples_;
  return has_all ? tensor.narrow(0, 0, std::min(samples_, count_)) : tensor;
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
  tiles = tiles.narrow(0, 0, std::min(samples_, count_));
  if (tiles.is_floating_point() && !range_) tiles = stretch(tiles);
  measured.pixels = transfer.add_pixels(to_bytes(tiles, range_.value_or(PixelRange())));
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
  const char* const stretched = range_ ? "" : ", stretched over the range of grey or colour";
  writer.add_images(kTag, tiles, step, columns,
                    std::string("Training inputs") + stretched +
                        ". Those that the model took for something else are framed in red; for "
                        "what, is in Samples/train/captions.");
  if (measured.judgement) writer.add_text(kTag + "/captions", caption_table(captions), step);
}

}  // namespace suar
