#include "measured_statistics.h"

#include <utility>

#include "device_statistics.h"
#include "tensor_statistics.h"

namespace suar {

MeasuredStatistics::MeasuredStatistics(const torch::Tensor& tensor)
    : size_(static_cast<uint64_t>(tensor.numel())) {
  if (size_ == 0) return;
  if (tensor.is_cpu()) {
    known_ = compute_statistics(tensor);
  } else {
    on_device_ = compute_device_statistics(tensor);
  }
}

void MeasuredStatistics::add_to(NumberTransfer& transfer) {
  if (on_device_.defined()) place_ = transfer.add(on_device_);
}

NumberStatistics MeasuredStatistics::take(const NumberTransfer& transfer) {
  return on_device_.defined() ? read_device_statistics(transfer.at(place_), size_)
                              : std::move(known_);
}

}  // namespace suar
