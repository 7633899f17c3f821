#include "image_recorder.h"

#include "accuracy.h"

namespace suar {

ImageRecorder::ImageRecorder(const std::vector<TrainedModel>& models,
                             const CallbackOptions& options, FailureReport& failures)
    : failures_(failures),
      samples_(options),
      count_classes_(options.confusion_matrix()),
      confusion_(options.class_names()) {
  if (!options.filters()) return;
  for (const TrainedModel& model : models) {
    Filters filters = find_filters(model);
    if (!filters.weight.defined()) continue;
    if (!model.name().empty()) filters.name = model.name() + "." + filters.name;
    filters_.push_back(std::move(filters));
  }
}

void ImageRecorder::count(const Batch& batch) {
  if (!count_classes_ || !is_classification(batch.output, batch.target)) return;
  failures_.attempt("count the classes", [&] { confusion_.count(batch.output, batch.target); });
}

void ImageRecorder::record(SummaryWriter& writer, int64_t step) {
  failures_.attempt("log the sample images", [&] { samples_.record(writer, step); });
  failures_.attempt("log the confusion matrix",
                    [&] { confusion_.record("ConfusionMatrix/train", writer, step); });
  failures_.attempt("log the filters", [&] {
    for (const Filters& filters : filters_) {
      writer.add_images("Filters/" + filters.name, draw_filters(filters.weight), step,
                        /*columns=*/0,
                        "The filters that look at the picture, each stretched over the range of "
                        "grey or colour.");
    }
  });
}

}  // namespace suar
