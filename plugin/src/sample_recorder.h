#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <suar/callback.h>
#include <suar/callback_options.h>
#include <suar/summary_writer.h>

#include "captions.h"
#include "kept_tensor.h"
#include "number_transfer.h"

namespace suar {

/// Logs the inputs of a batch as images, with what the model took them for.
class SampleRecorder {
 public:
  explicit SampleRecorder(const CallbackOptions& options)
      : count_(options.sample_images()),
        range_(options.sample_range()),
        class_names_(options.class_names()) {}

  /// Keeps the batch, for when it turns out to be an epoch's last one: its tensors, and copies of
  /// the samples to show where their memory is not their own.
  void keep(const Batch& batch);
  void forget();

  /// What was measured of a batch; of numbers that may still be on their way.
  struct Measured {
    std::vector<int64_t> shape;  ///< of the tiles, `[N, C, H, W]`; empty when there are none
    NumberTransfer::Place pixels = 0;
    bool stretched = false;                  ///< over the range of grey or colour
    std::optional<TileJudgement> judgement;  ///< of a classification
  };

  /// Takes the batch that is kept. Waits for no accelerator.
  Measured measure(NumberTransfer& transfer) const;

  /// Logs it, once the transfer has arrived.
  void record(const Measured& measured, const NumberTransfer& transfer, SummaryWriter& writer,
              int64_t step) const;

 private:
  torch::Tensor shown(const torch::Tensor& tensor) const;
  torch::Tensor keep_shown(const torch::Tensor& tensor) const;

  const int64_t count_;
  const std::optional<PixelRange> range_;
  const std::vector<std::string> class_names_;
  KeptTensor output_;
  torch::Tensor target_, input_;
  int64_t samples_ = 0;       ///< in the batch that is kept
  int64_t shown_ = 0;         ///< of these, the first ones
  bool scores_each_ = false;  ///< its output has something for each
};

}  // namespace suar
