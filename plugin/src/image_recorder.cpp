#include "image_recorder.h"

#include <algorithm>
#include <string>
#include <utility>

#include <ATen/ATen.h>

#include "accuracy.h"

namespace suar {

ImageRecorder::ImageRecorder(const std::vector<TrainedModel>& models,
                             const CallbackOptions& options, FailureReport& failures,
                             RankExchange& ranks)
    : failures_(failures),
      ranks_(ranks),
      samples_(options),
      cadence_(options.image_every()),
      count_classes_(options.confusion_matrix() && !cadence_.is_never()),
      class_names_(options.class_names()),
      training_("ConfusionMatrix/train"),
      validation_("ConfusionMatrix/validation") {
  if (!options.filters()) return;
  for (const TrainedModel& model : models) {
    Filters filters = find_filters(model);
    if (!filters.weight.defined()) continue;
    if (!model.name().empty()) filters.name = model.name() + "." + filters.name;
    filters_.push_back(std::move(filters));
  }
}

void ImageRecorder::count(const Batch& batch, ConfusionMatrix& matrix) {
  if (!count_classes_ || !ranks_.takes_part()) return;
  failures_.attempt("count the classes", [&] {
    const auto classes = class_targets(batch.output, batch.target);
    if (classes.defined()) matrix.count(batch.output, classes);
  });
}

void ImageRecorder::measure(int64_t step) {
  if (!ranks_.takes_part()) return;
  Measured& measured = measured_.emplace_back();
  measured.step = step;
  failures_.attempt("log the confusion matrix",
                    [&] { measured.training = training_.measure(measured.transfer); });
  if (ranks_.writes()) {
    failures_.attempt("log the sample images",
                      [&] { measured.samples = samples_.measure(measured.transfer); });
    failures_.attempt("log the filters", [&] {
      for (const Filters& filters : filters_) {
        measured.filters.push_back(measured.transfer.add(drawn_filters(filters.weight)));
      }
    });
  }
  send(measured);
}

void ImageRecorder::measure_validation(int64_t step) {
  if (!ranks_.takes_part()) return;
  Measured measured;
  measured.step = step;
  failures_.attempt("log the confusion matrix",
                    [&] { measured.validation = validation_.measure(measured.transfer); });
  if (measured.validation.cells == 0) return;
  send(measured_.emplace_back(std::move(measured)));
}

/// Where that fails, nothing is left.
void ImageRecorder::send(Measured& measured) {
  bool sent = false;
  failures_.attempt("fetch the images", [&] {
    measured.transfer.start();
    sent = true;
  });
  if (!sent) measured = Measured();
}

void ImageRecorder::record(bool wait, SummaryWriter& writer) {
  while (!measured_.empty() && arrives(measured_.front(), wait)) {
    finish(measured_.front(), writer);
    measured_.pop_front();
  }
}

/// True also when it never will: then nothing is left of it.
bool ImageRecorder::arrives(Measured& measured, bool wait) {
  bool arrived = false, lost = true;
  failures_.attempt("fetch the images", [&] {
    if (wait) measured.transfer.wait();
    arrived = measured.transfer.has_arrived();
    lost = false;
  });
  if (lost) measured = Measured();
  return arrived || lost;
}

void ImageRecorder::finish(const Measured& measured, SummaryWriter& writer) {
  take(training_, measured.training, measured, writer);
  take(validation_, measured.validation, measured, writer);
  if (!ranks_.writes()) return;
  failures_.attempt("log the sample images", [&] {
    samples_.record(measured.samples, measured.transfer, writer, measured.step);
  });
  failures_.attempt("log the filters", [&] { record_filters(measured, writer); });
}

void ImageRecorder::take(const ConfusionMatrix& matrix, const ConfusionMatrix::Measured& counted,
                         const Measured& measured, SummaryWriter& writer) {
  if (counted.cells == 0) return;
  RankCounts counts = matrix.take(counted, measured.transfer, measured.step);
  if (ranks_.connected()) {
    ranks_.log(std::move(counts));
  } else {
    record(counts, writer);
  }
}

void ImageRecorder::record(const RankCounts& counts, SummaryWriter& writer) {
  failures_.attempt("log the confusion matrix",
                    [&] { record_confusion(counts, class_names_, writer); });
}

void ImageRecorder::record_filters(const Measured& measured, SummaryWriter& writer) const {
  for (std::size_t i = 0; i < measured.filters.size(); ++i) {
    const auto drawn = drawn_filters(filters_[i].weight);  // for their shape
    const auto weight = at::empty(drawn.sizes(), at::kDouble);
    std::copy_n(measured.transfer.at(measured.filters[i]), weight.numel(),
                weight.data_ptr<double>());
    writer.add_images("Filters/" + filters_[i].name, draw_filters(weight), measured.step,
                      /*columns=*/0,
                      "The filters that look at the picture, each stretched over the range of "
                      "grey or colour.");
  }
}

}  // namespace suar
