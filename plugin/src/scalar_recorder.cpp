#include "scalar_recorder.h"

#include <string>

#include <suar/statistics.h>

#include "accuracy.h"

namespace suar {

ScalarRecorder::Result ScalarRecorder::record(const Batch& batch, std::vector<Summary>& summaries) {
  Result result;
  if (batch.loss.defined()) {
    result.loss = batch.loss.detach().item<double>();
    summaries.push_back({kTrainingLossTag, *result.loss, ""});
  }
  if (is_classification(batch.output, batch.target)) {
    result.accuracy = compute_accuracy(batch.output, batch.target);
    summaries.push_back({"Accuracy/train", *result.accuracy, ""});
  }
  const auto& groups = optimizer_.param_groups();
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::string tag =
        groups.size() == 1 ? "LearningRate" : "LearningRate/group" + std::to_string(i);
    summaries.push_back({tag, groups[i].options().get_lr(), ""});
  }
  return result;
}

}  // namespace suar
