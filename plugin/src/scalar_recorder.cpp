#include "scalar_recorder.h"

#include <utility>

#include <c10/util/StringUtil.h>

#include <suar/error.h>
#include <suar/statistics.h>

#include "accuracy.h"
#include "fetch.h"
#include "gradient_norm.h"

namespace suar {

ScalarRecorder::ScalarRecorder(const std::vector<SelectedParameters>& models, bool gradients) {
  if (!gradients) return;
  for (const SelectedParameters& model : models) {
    models_.push_back(
        {"TotalGradientNorm" + (model.model.empty() ? "" : "/" + model.model), model.tensors, {}});
  }
}

void ScalarRecorder::read_gradients() {
  for (Model& model : models_) model.norm = compute_gradient_norm(model.parameters);
  gradients_read_ = true;
}

ScalarRecorder::Result ScalarRecorder::record(const Batch& batch, std::vector<Summary>& summaries) {
  if (!gradients_read_) read_gradients();
  gradients_read_ = false;  // whatever comes: they are this step's
  std::vector<std::string> tags;
  std::vector<torch::Tensor> numbers;
  const auto add = [&](const std::string& tag, torch::Tensor number) {
    tags.push_back(tag);
    numbers.push_back(std::move(number));
  };
  const bool has_loss = batch.loss.defined();
  if (has_loss) {
    if (batch.loss.numel() != 1) {
      throw Error(c10::str("Batch::loss should be one number, but its shape is ",
                           batch.loss.sizes(), ": take its mean."));
    }
    add(kTrainingLossTag, batch.loss.detach());
  }
  const bool has_accuracy = is_classification(batch.output, batch.target);
  if (has_accuracy) add("Accuracy/train", compute_accuracy(batch.output, batch.target));
  for (const Model& model : models_) {
    if (model.norm.defined()) add(model.tag, model.norm);
  }
  const std::vector<double> values = fetch(numbers);
  for (std::size_t i = 0; i < values.size(); ++i) summaries.push_back({tags[i], values[i]});
  Result result;
  if (has_loss) result.loss = values[0];
  if (has_accuracy) result.accuracy = values[has_loss ? 1 : 0];
  return result;
}

}  // namespace suar
