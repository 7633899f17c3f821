#include "schedule.h"

namespace suar {

Schedule::Schedule(const CallbackOptions& options)
    : scalars_(options.scalar_every()),
      statistics_(options.statistics_every()),
      histograms_(options.histogram_every()),
      system_(options.system_every()),
      images_(options.image_every().is_every_epoch() ? never() : options.image_every()),
      first_step_(options.purge_step().value_or(0)),
      step_(first_step_) {
  decide(/*epoch_begins=*/true);
}

void Schedule::begin_epoch() {
  decide(/*epoch_begins=*/true);
}

void Schedule::advance() {
  ++step_;
  layers_made_due_ = false;
  decide(/*epoch_begins=*/false);
}

void Schedule::make_layers_due() {
  layers_made_due_ = true;
  due_.histograms = !histograms_.is_never();
  due_.statistics = due_.histograms || !statistics_.is_never();
  due_.scalars = due_.scalars || due_.statistics;
}

void Schedule::decide(bool epoch_begins) {
  const bool first = step_ == first_step_;
  due_.histograms = histograms_.is_due(step_, first, epoch_begins);
  due_.statistics = due_.histograms || statistics_.is_due(step_, first, epoch_begins);
  due_.scalars = due_.statistics || scalars_.is_due(step_, first, epoch_begins);
  due_.system = system_.is_due(step_, first, epoch_begins);
  due_.images = images_.is_due(step_, first, epoch_begins);
  if (layers_made_due_) make_layers_due();
}

}  // namespace suar
