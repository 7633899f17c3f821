#include "number_transfer.h"

#include <algorithm>

#include <ATen/ATen.h>
#include <c10/core/impl/VirtualGuardImpl.h>

namespace suar {
namespace {

/// One element of the processor's memory, without a call of the dispatcher for the usual types.
double read_number(const torch::Tensor& number) {
  switch (number.scalar_type()) {
    case at::kFloat:
      return static_cast<double>(*number.data_ptr<float>());
    case at::kDouble:
      return *number.data_ptr<double>();
    default:
      return number.item<double>();
  }
}

c10::Stream current_stream(at::Device device) {
  return c10::impl::VirtualGuardImpl(device.type()).getStream(device);
}

bool has_events(at::Device device) {
  try {
    c10::Event(device.type()).record(current_stream(device));
    return true;
  } catch (const c10::Error&) {
    return false;
  }
}

}  // namespace

at::ScalarType widest_type(at::Device device) {
  return device.is_mps() ? at::kFloat : at::kDouble;
}

Number number_in(const torch::Tensor& tensor) {
  if (tensor.is_cpu()) return read_number(tensor);
  const at::NoGradGuard no_grad;
  return tensor.detach().clone();
}

NumberTransfer::Place NumberTransfer::add(double number) {
  numbers_.push_back(number);
  return numbers_.size() - 1;
}

NumberTransfer::Place NumberTransfer::add(const torch::Tensor& numbers) {
  if (numbers.is_cpu() && numbers.numel() == 1) return add(read_number(numbers));
  const at::NoGradGuard no_grad;
  const Place place = numbers_.size();
  numbers_.resize(place + static_cast<std::size_t>(numbers.numel()));
  const auto device = numbers.device();
  const auto flat = numbers.detach().reshape({-1}).to(widest_type(device));
  if (device.is_cpu()) {
    std::copy_n(flat.data_ptr<double>(), flat.numel(), numbers_.data() + place);
    return place;
  }
  load(flat, place);
  return place;
}

NumberTransfer::Place NumberTransfer::add_pixels(const torch::Tensor& pixels) {
  const at::NoGradGuard no_grad;
  const Place place = pixels_.size();
  pixels_.resize(place + static_cast<std::size_t>(pixels.numel()));
  const auto flat = pixels.detach().reshape({-1});
  if (flat.is_cpu()) {
    std::copy_n(flat.data_ptr<uint8_t>(), flat.numel(), pixels_.data() + place);
  } else {
    load(flat, place);
  }
  return place;
}

void NumberTransfer::load(const torch::Tensor& flat, Place place) {
  auto freight = std::find_if(freights_.begin(), freights_.end(), [&](const Freight& other) {
    const torch::Tensor& first = other.tensors.front();
    return first.device() == flat.device() && first.scalar_type() == flat.scalar_type();
  });
  if (freight == freights_.end()) freight = freights_.insert(freight, Freight{});
  freight->tensors.push_back(flat);
  freight->places.push_back(place);
}

NumberTransfer::Place NumberTransfer::add(const Number& number) {
  return std::visit([this](const auto& known_or_not) { return add(known_or_not); }, number);
}

void NumberTransfer::start() {
  for (Freight& freight : freights_) send(freight);
}

void NumberTransfer::send(Freight& freight) {
  const at::NoGradGuard no_grad;
  const auto together = at::cat(freight.tensors);
  const auto device = together.device();
  // Where nobody could tell when it is done, a copy must be waited for.
  const bool asynchronous = has_events(device);
  // LibTorch takes memory for it that the device can reach by itself.
  freight.on_host = together.to(at::kCPU, /*non_blocking=*/asynchronous);
  if (!asynchronous) return;
  freight.stream = current_stream(device);
  freight.arrival.emplace(device.type());
  freight.arrival->record(*freight.stream);
}

bool NumberTransfer::has_arrived() {
  const bool arrived = std::all_of(freights_.begin(), freights_.end(), [](const Freight& freight) {
    return freight.on_host.defined() && (!freight.arrival || freight.arrival->query());
  });
  if (arrived) unload();
  return arrived;
}

void NumberTransfer::wait() {
  for (Freight& freight : freights_) {
    // The stream that is current now may be another one.
    if (freight.stream) freight.stream->synchronize();
  }
  unload();
}

void NumberTransfer::unload() {
  for (const Freight& freight : freights_) {
    if (freight.on_host.scalar_type() == at::kByte) {
      unload(freight, freight.on_host, pixels_);
    } else {
      unload(freight, freight.on_host.to(at::kDouble), numbers_);
    }
  }
  freights_.clear();
}

template <class Element>
void NumberTransfer::unload(const Freight& freight, const torch::Tensor& elements,
                            std::vector<Element>& all) {
  const auto* next = elements.data_ptr<Element>();
  for (std::size_t i = 0; i < freight.tensors.size(); ++i) {
    const auto size = freight.tensors[i].numel();
    std::copy_n(next, size, all.data() + freight.places[i]);
    next += size;
  }
}

}  // namespace suar
