#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <torch/types.h>

#include <suar/tiles.h>

#include "number_transfer.h"

namespace suar {

/// What a model took samples for, as numbers that may still be on their way.
struct TileJudgement {
  std::size_t samples = 0;
  int64_t classes = 0;
  NumberTransfer::Place predicted = 0, probability = 0, actual = 0;  ///< one of each sample
};

/// Judges samples. `output` are scores `[N, classes]` (any real numbers: logits, log probabilities
/// and probabilities, which are rows without negative numbers that add up to 1, give right
/// probabilities), `target` the classes `[N]` of `class_targets`. Waits for no accelerator.
TileJudgement judge_tiles(const torch::Tensor& output, const torch::Tensor& target,
                          NumberTransfer& transfer);

/// What the model took each sample for, with which probability, what it is, and whether the model
/// was right (it is not judged where the target is no class, see accuracy.h), once the transfer has
/// arrived. `class_names` may be empty: numbers are shown.
std::vector<TileCaption> make_captions(const TileJudgement& judgement,
                                       const NumberTransfer& transfer,
                                       const std::vector<std::string>& class_names);

/// The captions as a table in Markdown, a row for each.
std::string caption_table(const std::vector<TileCaption>& captions);

}  // namespace suar
