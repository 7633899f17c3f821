#pragma once

#include <string>

#include <torch/types.h>

namespace suar::graph_export {

/// A tensor as `--input` describes it: "1,3,224,224", "2,5:int64", ":float64" (a scalar). Numbers
/// are random in [0, 1), integers 0: they may be indices. Throws `suar::Error` for another text,
/// and when the tensor would have more than 2^31 elements.
torch::Tensor make_input(const std::string& text);

}  // namespace suar::graph_export
