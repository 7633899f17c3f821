#pragma once

#include <string>
#include <vector>

#include <torch/types.h>

#include <suar/tiles.h>

namespace suar {

/// What the model took each sample for, with which probability, and what it is. `output` are scores
/// `[N, classes]` (any real numbers; log probabilities and logits both give right probabilities),
/// `target` the classes `[N]`. `class_names` may be empty: numbers are shown.
std::vector<TileCaption> make_captions(const torch::Tensor& output, const torch::Tensor& target,
                                       const std::vector<std::string>& class_names);

/// The captions as a table in Markdown, a row for each.
std::string caption_table(const std::vector<TileCaption>& captions);

}  // namespace suar
