#include "sample_recorder.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include "accuracy.h"
#include "frame.h"
#include "image_grid.h"
#include "sample_tiles.h"

namespace suar {
namespace {

const std::string kTag = "Samples/train";

}  // namespace

void SampleRecorder::keep(const Batch& batch) {
  if (count_ == 0) return;
  const torch::Tensor& input = batch.input;
  const bool has_samples = input.defined() && input.dim() > 0;
  samples_ = has_samples ? input.size(0) : 0;
  shown_ = has_samples ? count_tiles(input, count_) : 0;
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
  const torch::Tensor tiles = draw_tiles(input_, shown_, range_);
  if (!tiles.defined()) return measured;
  measured.stretched = input_.is_floating_point() && !range_;
  measured.pixels = transfer.add_pixels(tiles);
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
