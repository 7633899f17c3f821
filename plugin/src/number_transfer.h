#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include <c10/core/Event.h>
#include <c10/core/Stream.h>
#include <torch/types.h>

namespace suar {

/// The type in which numbers of a device are summed up and sent: double, where it has one.
at::ScalarType widest_type(at::Device device);

/// A number that is known, or is still computed by a device: a tensor of one element.
using Number = std::variant<double, torch::Tensor>;

/// The number in a tensor of one element as it is now: what is done to the tensor later does not
/// count. Waits for no accelerator.
Number number_in(const torch::Tensor& tensor);

/// Gathers the numbers that a step comes to. Those that lie on an accelerator come back together,
/// in one transfer from each (pixels, which are bytes, in one of their own), which nobody waits for
/// but `wait`. Of one thread.
class NumberTransfer {
 public:
  /// Where a number, or the first of several, is found.
  using Place = std::size_t;

  /// Takes along a number that is known, or all elements (real ones) of a tensor. Waits for no
  /// accelerator.
  Place add(double number);
  Place add(const torch::Tensor& numbers);
  Place add(const Number& number);

  /// Takes along all elements of a tensor of bytes, apart from the numbers.
  Place add_pixels(const torch::Tensor& pixels);

  /// Sends off what was added, once.
  void start();

  /// True when all numbers are here: before `start`, when none lies on an accelerator.
  bool has_arrived();

  /// Blocks until all are here. After `start`.
  void wait();

  /// The numbers from a place on; once they are here.
  const double* at(Place place) const { return numbers_.data() + place; }

  /// The pixels from a place on; once they are here.
  const uint8_t* pixels_at(Place place) const { return pixels_.data() + place; }

 private:
  /// What lies on one device, of one type.
  struct Freight {
    std::vector<torch::Tensor> tensors;  ///< one-dimensional
    std::vector<Place> places;           ///< one for each
    torch::Tensor on_host;               ///< all of them, one after the other
    std::optional<c10::Event> arrival;   ///< none: they are here
    std::optional<c10::Stream> stream;   ///< on which they come, with `arrival`
  };

  void load(const torch::Tensor& flat, Place place);
  void send(Freight& freight);
  void unload();
  template <class Element>
  static void unload(const Freight& freight, const torch::Tensor& elements,
                     std::vector<Element>& all);

  std::vector<double> numbers_;
  std::vector<uint8_t> pixels_;
  std::vector<Freight> freights_;
};

}  // namespace suar
