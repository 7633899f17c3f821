#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <torch/types.h>

#include <suar/callback_options.h>
#include <suar/event.h>
#include <suar/statistics.h>

#include "measured_statistics.h"
#include "number_transfer.h"
#include "rank_numbers.h"

namespace suar {

/// Takes what passes `suar::watch` on the steps that are due.
///
/// A thread that was told of it keeps it until it is told of another: a callback may move to
/// another thread, or end there, while this one still runs the model.
class ActivationRecorder : public std::enable_shared_from_this<ActivationRecorder> {
 public:
  explicit ActivationRecorder(const CallbackOptions& options) : enabled_(options.activations()) {}
  ActivationRecorder(const ActivationRecorder&) = delete;
  ActivationRecorder& operator=(const ActivationRecorder&) = delete;

  /// What passes `suar::watch` in this thread from now on is for this recorder; `due` tells whether
  /// it wants it.
  void begin_step(bool due);

  /// What passes from now on is for this recorder no more.
  void end_step();

  /// The same for good, in any thread.
  void close();

  /// For `suar::watch`. Never throws.
  void observe(const torch::Tensor& activation, const char* name) noexcept;

  /// What was measured under one name; a size of 0 tells that there was nothing.
  struct Measured {
    std::string name;
    MeasuredStatistics values, gradient;
    std::string failure;  ///< why there is nothing; or empty
  };

  /// What was seen in the step under way, in the order of the forward pass.
  std::vector<Measured> measure(NumberTransfer& transfer);

  /// Appends what was measured, once the transfer has arrived. Throws `suar::Error` in the end when
  /// an activation could not be read.
  static void take(std::vector<Measured> measured, const NumberTransfer& transfer,
                   std::vector<ActivationNumbers>& numbers);

  /// Appends the summaries, histograms only where `with_histograms`, and returns the statistics.
  static std::vector<ActivationStatistics> record(const std::vector<ActivationNumbers>& activations,
                                                  bool with_histograms,
                                                  std::vector<Summary>& summaries);

 private:
  struct Activation;
  struct LeafHook;

  void watch_gradient(const torch::Tensor& tensor, const std::shared_ptr<Activation>& activation);

  const bool enabled_;
  std::atomic<std::thread::id> thread_{};                 ///< the one that trains
  std::mutex mutex_;                                      ///< guards what follows
  std::vector<std::shared_ptr<Activation>> activations_;  ///< of the step under way
  std::vector<std::shared_ptr<LeafHook>> leaf_hooks_;     ///< that were set
};

}  // namespace suar
