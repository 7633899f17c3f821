#include "option_check.h"

#include <set>
#include <string>

#include <suar/error.h>
#include <suar/statistics.h>

#include "image_grid.h"
#include "metric_tag.h"

namespace suar {
namespace {

void check_at_least(int64_t least, int64_t value, const char* option, const char* what) {
  if (value >= least) return;
  throw Error(std::string(option) + " is a number of " + what + " from " + std::to_string(least) +
              " up, but " + std::to_string(value) + " was given.");
}

void check_metrics(const CallbackOptions& options) {
  std::set<std::string> tags = {kTrainingLossTag};
  for (const MetricFunction& metric : options.metrics()) {
    if (metric.name.empty()) throw Error("A metric has no name.");
    if (!metric.compute) {
      throw Error("The metric \"" + metric.name + "\" has no function that computes it.");
    }
    const std::string tag = metric_tag(metric.name, "train");
    if (tags.insert(tag).second) continue;
    throw Error("A metric named \"" + metric.name + "\" would be logged as " + tag +
                (tag == kTrainingLossTag ? ", as Batch::loss is." : ", as another one is.") +
                " Give it another name.");
  }
}

}  // namespace

void check_models(const std::vector<TrainedModel>& models) {
  if (models.size() < 2) return;
  std::set<std::string> names;
  for (const TrainedModel& model : models) {
    if (model.name().empty()) {
      throw Error("Each of several models needs a name, but one has none.");
    }
    if (!names.insert(model.name()).second) {
      throw Error("Each of several models needs a name of its own, but two are named \"" +
                  model.name() + "\".");
    }
  }
}

void check_options(const CallbackOptions& options) {
  check_at_least(1, options.accumulate_batches(), "accumulate_batches", "batches");
  check_at_least(0, options.sample_images(), "sample_images", "images");
  check_at_least(0, options.epochs(), "epochs", "epochs");
  check_at_least(0, options.steps_per_epoch(), "steps_per_epoch", "steps");
  check_at_least(0, options.flush_interval().count(), "flush_interval", "milliseconds");
  if (options.purge_step()) {
    check_at_least(0, *options.purge_step(), "purge_step", "steps");
    if (options.log_directory().empty()) {
      throw Error("purge_step goes on with a run, but no log_directory says with which one.");
    }
  }
  if (options.sample_range()) check_range(*options.sample_range());
  check_metrics(options);
}

}  // namespace suar
