#pragma once

#include <string>

#include <ATen/core/ivalue.h>

namespace suar::graph_export {

/// What `--input` describes. A tensor by its sizes and type: "1,3,224,224", "2,5:int64", ":float64"
/// (a scalar); numbers are random in [0, 1), integers 0: they may be indices. Behind a "=" any
/// other value, as an expression of TorchScript: "=3", "=True", "=[1, 2]", "=(torch.ones([2]),
/// 0.5)",
/// "=torch.randint(0, 100, [2, 5])". Throws `suar::Error` for another text, and when the tensor
/// would have more than 2^31 elements.
c10::IValue make_input(const std::string& text);

}  // namespace suar::graph_export
