#pragma once

#include <memory>
#include <string>
#include <vector>

#include <torch/types.h>

#include <suar/callback_options.h>
#include <suar/event.h>

namespace suar {

/// Takes what passes `suar::watch` on the steps that are due.
class ActivationRecorder {
 public:
  explicit ActivationRecorder(const CallbackOptions& options) : enabled_(options.activations()) {}
  ~ActivationRecorder();
  ActivationRecorder(const ActivationRecorder&) = delete;
  ActivationRecorder& operator=(const ActivationRecorder&) = delete;

  /// A step begins, in this thread; `due` tells whether its activations are wanted.
  void begin_step(bool due);

  /// For `suar::watch`. Never throws.
  void observe(const torch::Tensor& activation, const char* name) noexcept;

  /// Appends the summaries of the step under way, in the order of the forward pass; histograms only
  /// where `with_histograms`. Throws `suar::Error` in the end when one of them could not be taken.
  void record(bool with_histograms, std::vector<Summary>& summaries);

 private:
  struct Activation;

  const bool enabled_;
  std::vector<std::shared_ptr<Activation>> activations_;  ///< of the step under way
};

}  // namespace suar
