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

}  // namespace

void SampleRecorder::keep(const Batch& batch) {
  if (count_ == 0) return;
  batch_.output =
      batch.output.defined() ? batch.output.detach() : batch.output;  // lets its graph go
  batch_.target = batch.target;
  batch_.input = batch.input;
}

SampleRecorder::Measured SampleRecorder::measure(NumberTransfer& transfer) const {
  Measured measured;
  const torch::Tensor& input = batch_.input;
  if (!input.defined() || input.dim() != 4 || input.numel() == 0) return measured;
  if (input.size(1) > kMostChannels) {
    throw Error("expected inputs [N, C, H, W] of 1 to 4 channels, found " + describe(input) +
                "; CallbackOptions::sample_images(0) leaves them out.");
  }
  const at::NoGradGuard no_grad;
  const int64_t count = std::min(input.size(0), count_);
  torch::Tensor tiles = input.detach().narrow(0, 0, count);
  if (tiles.is_floating_point()) {
    // Networks are fed normalised pixels: stretch them over the visible range.
    tiles = tiles.to(at::kFloat);
    const auto finite = tiles.isfinite();
    const auto low = at::where(finite, tiles, kInfinity).min();
    const auto range = (at::where(finite, tiles, -kInfinity).max() - low).clamp_min(1e-12);
    tiles = (tiles - low) / range;
  }
  measured.pixels = transfer.add_pixels(to_bytes(tiles));
  measured.shape = tiles.sizes().vec();
  if (is_classification(batch_.output, batch_.target) && batch_.output.size(0) == input.size(0)) {
    measured.judgement =
        judge_tiles(batch_.output.narrow(0, 0, count), batch_.target.narrow(0, 0, count), transfer);
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
  std::vector<bool> wrong;
  if (measured.judgement) {
    captions = make_captions(*measured.judgement, transfer, class_names_);
    wrong = find_wrong(*measured.judgement, transfer);
    const int64_t channels = tiles.size(1);
    if (channels == 1 || channels == 3 || channels == 4) {
      tiles = frame_tiles(tiles,
                          at::tensor(std::vector<uint8_t>(wrong.begin(), wrong.end()), at::kByte));
    }
    const auto pixels = [](int64_t size) { return static_cast<int32_t>(size); };
    writer.add_summaries(
        {make_tiles_summary(kTag, {pixels(tiles.size(3)), pixels(tiles.size(2)),
                                   pixels(kGridBorder), pixels(columns), captions})},
        step);
  }
  writer.add_images(kTag, tiles, step, columns,
                    "Training inputs, stretched over the range of grey or colour. Those that the "
                    "model took for something else are framed in red; for what, is in "
                    "Samples/train/captions.");
  if (measured.judgement) writer.add_text(kTag + "/captions", caption_table(captions, wrong), step);
}

}  // namespace suar
