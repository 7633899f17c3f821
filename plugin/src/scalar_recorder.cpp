#include "scalar_recorder.h"

#include <algorithm>

#include <c10/util/StringUtil.h>

#include <suar/error.h>
#include <suar/statistics.h>

#include "accuracy.h"
#include "metric_tag.h"

namespace suar {
namespace {

void check_is_number(const std::string& name, const torch::Tensor& tensor) {
  if (!tensor.defined()) throw Error(name + " should be one number, but the tensor is undefined.");
  if (tensor.numel() == 1) return;
  throw Error(c10::str(name, " should be one number, but its shape is ", tensor.sizes(),
                       ": take its mean."));
}

/// Whether the user measures the accuracy.
bool has_own_accuracy(const CallbackOptions& options) {
  const auto& metrics = options.metrics();
  return std::any_of(metrics.begin(), metrics.end(), [](const MetricFunction& metric) {
    return metric_tag(metric.name, "train") == kTrainingAccuracyTag;
  });
}

}  // namespace

ScalarRecorder::ScalarRecorder(const std::vector<SelectedParameters>& models,
                               const CallbackOptions& options)
    : norms_(options.gradients()), accuracy_(!has_own_accuracy(options)) {
  for (const SelectedParameters& model : models) {
    std::vector<torch::Tensor> parameters = model.tensors;
    parameters.insert(parameters.end(), model.others.begin(), model.others.end());
    models_.push_back({training_loss_tag(model.model), total_norm_tag(model),
                       GradientNorm(std::move(parameters)), model.others.empty()});
  }
}

void ScalarRecorder::keep(RankScalar scalar, const torch::Tensor& tensor) {
  check_is_number(scalar.tag, tensor);
  Number number = number_in(tensor);
  const auto same_tag = std::find_if(
      kept_.begin(), kept_.end(), [&](const auto& other) { return other.first.tag == scalar.tag; });
  if (same_tag == kept_.end()) {
    kept_.emplace_back(std::move(scalar), std::move(number));
  } else {
    same_tag->second = std::move(number);
  }
}

void ScalarRecorder::log(const std::string& name, const torch::Tensor& number) {
  RankScalar scalar;
  scalar.tag = name;
  keep(std::move(scalar), number);
}

void ScalarRecorder::log_loss(int32_t model, const torch::Tensor& loss) {
  RankScalar scalar;
  scalar.tag = kTrainingLossTag;
  if (model != kEveryModel) scalar.tag = models_.at(static_cast<std::size_t>(model)).loss_tag;
  scalar.meaning = Meaning::loss;
  scalar.model = model;
  keep(std::move(scalar), loss);
}

void ScalarRecorder::measure(const Batch& batch, Measured& measured, NumberTransfer& transfer) {
  // First what is there: the accuracy of an odd output may fail.
  for (auto& [scalar, number] : std::exchange(kept_, {})) {
    measured.scalars.emplace_back(std::move(scalar), transfer.add(number));
  }
  if (!accuracy_) return;
  if (const auto classes = class_targets(batch.output, batch.target); classes.defined()) {
    const Judgement judgement = judge(batch.output, classes);
    measured.right = transfer.add(judgement.right);
    measured.judged = transfer.add(judgement.judged);
  }
}

void ScalarRecorder::see_gradients() {
  for (Model& model : models_) model.gradients.see_gradients();
}

void ScalarRecorder::read_gradients(std::size_t model, bool with_statistics) {
  Model& own = models_.at(model);
  const bool wanted = with_statistics ? !own.all_recorded : norms_;
  if (wanted) own.norm = own.gradients.compute();
  own.gradients_read = true;
}

void ScalarRecorder::measure_norms(bool with_statistics, Measured& measured,
                                   NumberTransfer& transfer) {
  const bool any_read = std::any_of(models_.begin(), models_.end(),
                                    [](const Model& model) { return model.gradients_read; });
  for (std::size_t i = 0; i < models_.size() && !any_read; ++i) read_gradients(i, with_statistics);
  for (Model& model : models_) {
    const auto read = std::exchange(model.norm, std::nullopt);
    model.gradients_read = false;
    if (!read) continue;
    RankScalar norm;
    norm.tag = model.norm_tag;
    norm.across = Across::root_mean_square;
    measured.scalars.emplace_back(std::move(norm), transfer.add(*read));
  }
}

void ScalarRecorder::forget() {
  kept_.clear();
  for (Model& model : models_) {
    model.norm.reset();
    model.gradients_read = false;
  }
}

void ScalarRecorder::take(Measured measured, const NumberTransfer& transfer, int64_t step,
                          std::vector<RankScalar>& scalars) {
  const double judged = measured.judged ? *transfer.at(*measured.judged) : 0;
  if (judged > 0) {
    scalars.push_back({kTrainingAccuracyTag, step, *transfer.at(*measured.right) / judged,
                       Across::mean, judged, Meaning::accuracy});
  }
  for (auto& [scalar, place] : measured.scalars) {
    scalar.step = step;
    scalar.value = *transfer.at(place);
    scalars.push_back(std::move(scalar));
  }
}

}  // namespace suar
