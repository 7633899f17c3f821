#pragma once

#include <suar/callback.h>
#include <suar/callback_options.h>
#include <suar/summary_writer.h>

namespace suar {

/// Logs the inputs of a batch as images, with what the model took them for.
class SampleRecorder {
 public:
  explicit SampleRecorder(const CallbackOptions& options)
      : count_(options.sample_images()), class_names_(options.class_names()) {}

  /// Keeps the batch (its tensors, not copies), for when it turns out to be an epoch's last one.
  void keep(const Batch& batch);
  void forget() { batch_ = {}; }

  /// Logs the batch that is kept. Waits for its device.
  void record(SummaryWriter& writer, int64_t step) const;

 private:
  const int64_t count_;
  const std::vector<std::string> class_names_;
  Batch batch_;
};

}  // namespace suar
