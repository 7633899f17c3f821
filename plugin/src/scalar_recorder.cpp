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

void ScalarRecorder::take(const Batch& batch, int64_t step, std::vector<RankScalar>& scalars) {
  if (!gradients_read_) read_gradients();
  gradients_read_ = false;  // whatever comes: they are this step's
  std::vector<RankScalar> taken;
  std::vector<torch::Tensor> numbers;
  const auto add = [&](const std::string& tag, torch::Tensor number, Across across,
                       double weight = 1) {
    taken.push_back({tag, step, 0, across, weight});
    numbers.push_back(std::move(number));
  };
  if (batch.loss.defined()) {
    if (batch.loss.numel() != 1) {
      throw Error(c10::str("Batch::loss should be one number, but its shape is ",
                           batch.loss.sizes(), ": take its mean."));
    }
    add(kTrainingLossTag, batch.loss.detach(), Across::mean);
  }
  if (is_classification(batch.output, batch.target)) {
    add(kTrainingAccuracyTag, compute_accuracy(batch.output, batch.target), Across::mean,
        static_cast<double>(batch.target.size(0)));
  }
  for (const Model& model : models_) {
    if (model.norm.defined()) add(model.tag, model.norm, Across::root_mean_square);
  }
  const std::vector<double> values = fetch(numbers);
  for (std::size_t i = 0; i < values.size(); ++i) {
    taken[i].value = values[i];
    scalars.push_back(std::move(taken[i]));
  }
}

}  // namespace suar
