#pragma once

#include <memory>
#include <string>
#include <vector>

#include <torch/types.h>

#include <suar/callback_options.h>
#include <suar/event.h>

#include "rank_numbers.h"

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

  /// Appends what was seen of the step under way, in the order of the forward pass. Throws
  /// `suar::Error` in the end when one activation could not be read.
  void take(std::vector<ActivationNumbers>& numbers);

 private:
  struct Activation;

  const bool enabled_;
  std::vector<std::shared_ptr<Activation>> activations_;  ///< of the step under way
};

/// Appends the summaries of a step's activations; histograms only where `with_histograms`.
void summarize_activations(const std::vector<ActivationNumbers>& activations, bool with_histograms,
                           std::vector<Summary>& summaries);

}  // namespace suar
