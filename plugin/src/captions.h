#pragma once

#include <string>
#include <vector>

#include <torch/types.h>

namespace suar {

/// A Markdown table that says for each tile of an image grid, in rows of tiles, what the model took
/// it for, with which probability, and what it is. `output` are scores `[N, classes]` (any real
/// numbers; log probabilities and logits both give right probabilities), `target` the classes
/// `[N]`. `class_names` may be empty: numbers are shown.
std::string make_captions(const torch::Tensor& output, const torch::Tensor& target,
                          const std::vector<std::string>& class_names);

}  // namespace suar
