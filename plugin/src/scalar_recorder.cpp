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
    const Judgement judgement = judge(batch.output, batch.target);
    measured.right = transfer.add(judgement.right);
    measured.judged = transfer.add(judgement.judged);
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
  const double judged = measured.judged ? *transfer.at(*measured.judged) : 0;
  if (judged > 0) {
    const double accuracy = *transfer.at(*measured.right) / judged;
    scalars.push_back({kTrainingAccuracyTag, step, accuracy, Across::mean, judged});
  }
  for (const auto& [tag, place] : measured.norms) {
    scalars.push_back({tag, step, *transfer.at(place), Across::root_mean_square});
  }
}

}  // namespace suar
