#include "tensor_form.h"

#include <sstream>
#include <vector>

#include <ATen/ATen.h>

#include <suar/error.h>

namespace suar {

std::string describe(const torch::Tensor& tensor) {
  if (!tensor.defined()) return "an undefined tensor";
  std::ostringstream text;
  text << tensor.scalar_type() << ' ' << tensor.sizes();
  return text.str();
}

torch::Tensor to_plain(const torch::Tensor& tensor, const char* what) {
  if (!tensor.defined() || tensor.is_quantized()) {
    throw Error(std::string("expected ") + what +
                " as a tensor that is defined and not quantised, found " + describe(tensor));
  }
  const at::NoGradGuard no_grad;
  at::Tensor plain = tensor.detach();
  if (plain.layout() != at::kStrided) plain = plain.to_dense();
  return plain.to(at::kCPU).resolve_conj().resolve_neg().contiguous();
}

torch::Tensor reorder(const torch::Tensor& tensor, const std::string& from, const std::string& to) {
  const auto fail = [&] {
    throw Error("expected a tensor with the dimensions \"" + from +
                "\", which are to be those of \"" + to + "\" in some order, found " +
                describe(tensor));
  };
  if (!tensor.defined() || static_cast<std::size_t>(tensor.dim()) != from.size()) fail();
  std::vector<int64_t> order;
  std::vector<int64_t> missing;
  for (std::size_t i = 0; i < to.size(); ++i) {
    const auto place = from.find(to[i]);
    if (place == std::string::npos) {
      missing.push_back(static_cast<int64_t>(i));
    } else {
      order.push_back(static_cast<int64_t>(place));
    }
  }
  if (order.size() != from.size()) fail();
  at::Tensor result = tensor.permute(order);
  for (const int64_t dimension : missing) result = result.unsqueeze(dimension);
  return result;
}

}  // namespace suar
