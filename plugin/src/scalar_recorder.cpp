#include "scalar_recorder.h"

#include <c10/util/StringUtil.h>

#include <suar/error.h>
#include <suar/statistics.h>

#include "accuracy.h"
#include "gradient_norm.h"

namespace suar {

ScalarRecorder::ScalarRecorder(const std::vector<SelectedParameters>& models, bool gradients) {
  if (!gradients) return;
  for (const SelectedParameters& model : models) {
    models_.push_back({total_norm_tag(model), model.tensors, {}});
  }
}

ScalarRecorder::Measured ScalarRecorder::measure(const Batch& batch, NumberTransfer& transfer) {
  Measured measured;
  if (batch.loss.defined()) {
    if (batch.loss.numel() != 1) {
      throw Error(c10::str("Batch::loss should be one number, but its shape is ",
                           batch.loss.sizes(), ": take its mean."));
    }
    measured.loss = transfer.add(batch.loss);
  }
  if (is_classification(batch.output, batch.target)) {
    measured.accuracy = transfer.add(compute_accuracy(batch.output, batch.target));
    measured.samples = static_cast<double>(batch.target.size(0));
  }
  return measured;
}

void ScalarRecorder::read_gradients() {
  for (Model& model : models_) model.norm = compute_gradient_norm(model.parameters);
  gradients_read_ = true;
}

void ScalarRecorder::measure_norms(Measured& measured, NumberTransfer& transfer) {
  if (!gradients_read_) read_gradients();
  gradients_read_ = false;  // whatever comes: they are this step's
  for (const Model& model : models_) {
    if (model.norm) measured.norms.emplace_back(model.tag, transfer.add(*model.norm));
  }
}

void ScalarRecorder::take(const Measured& measured, const NumberTransfer& transfer, int64_t step,
                          std::vector<RankScalar>& scalars) const {
  if (measured.loss) scalars.push_back({kTrainingLossTag, step, *transfer.at(*measured.loss)});
  if (measured.accuracy) {
    scalars.push_back({kTrainingAccuracyTag, step, *transfer.at(*measured.accuracy), Across::mean,
                       measured.samples});
  }
  for (const auto& [tag, place] : measured.norms) {
    scalars.push_back({tag, step, *transfer.at(place), Across::root_mean_square});
  }
}

}  // namespace suar
