#include <chrono>
#include <cstdio>
#include <exception>
#include <string>
#include <utility>

#include <suar/error.h>
#include <suar/graph_export.h>
#include <suar/training_callback.h>

#include "failure_report.h"
#include "image_recorder.h"
#include "metric_tag.h"
#include "progress_report.h"
#include "rank_exchange.h"
#include "run_directory.h"
#include "run_notes.h"
#include "schedule.h"
#include "step_recorder.h"
#include "step_timer.h"

namespace suar {
namespace {

using Clock = std::chrono::steady_clock;

EventWriterOptions make_writer_options(const CallbackOptions& options) {
  EventWriterOptions writer_options;
  writer_options.flush_interval = options.flush_interval();
  writer_options.full_queue = options.full_queue();
  writer_options.purge_step = options.purge_step();
  return writer_options;
}

int64_t check_accumulation(const CallbackOptions& options) {
  if (options.accumulate_batches() >= 1) return options.accumulate_batches();
  throw Error("accumulate_batches is a number of batches from 1 up, but " +
              std::to_string(options.accumulate_batches()) + " was given.");
}

std::filesystem::path choose_directory(const CallbackOptions& options) {
  if (options.purge_step() && !options.log_directory().empty()) return options.log_directory();
  return choose_run_directory(options.log_directory());
}

int64_t count_samples(const Batch& batch) {
  for (const torch::Tensor* tensor : {&batch.target, &batch.input, &batch.output}) {
    if (tensor->defined() && tensor->dim() > 0) return tensor->size(0);
  }
  return 0;
}

}  // namespace

class TrainingCallback::Impl {
 public:
  Impl(std::vector<TrainedModel> models, const CallbackOptions& options)
      : models_(std::move(models)),
        schedule_(options),
        writes_(!options.process_group() || options.process_group()->rank() == 0),
        progress_(options.progress() && writes_, options.epochs(), options.steps_per_epoch()),
        failures_(progress_),
        ranks_(options.process_group(), failures_),
        accumulated_batches_(check_accumulation(options)),
        steps_(models_, options, progress_, failures_, ranks_),
        directory_(writes_ ? choose_directory(options) : std::filesystem::path()),
        writer_(writes_ ? SummaryWriter(directory_, make_writer_options(options))
                        : SummaryWriter::closed()),
        log_graph_(options.graph() && writes_),
        images_(models_, options, failures_),
        images_at_epoch_end_(options.image_every().is_every_epoch()),
        run_notes_(options) {
    write(run_notes_.begin(), step());
    steps_.prepare(schedule_.due());
  }

  void train_begin(const torch::Tensor& sample_input) {
    timer_.restart(Clock::now());
    if (!log_graph_ || models_.empty() || !sample_input.defined()) return;
    const TrainedModel& model = models_.front();
    if (!model.forward() && model.script() == nullptr) return;
    failures_.attempt("log the graph", [&] {
      writer_.add_graph(model.script() != nullptr
                            ? export_graph(*model.script(), sample_input)
                            : export_graph(*model.module(), model.forward(), {sample_input}));
      writer_.flush();
    });
    timer_.restart(Clock::now());
  }

  void epoch_begin(int64_t epoch) {
    progress_.set_epoch(epoch);
    schedule_.begin_epoch();
    steps_.prepare(schedule_.due());
    timer_.restart(Clock::now());
  }

  void batch_begin() {
    images_.forget();
    timer_.mark(StepTimer::Moment::batch_begin, Clock::now());
  }

  void before_backward() { timer_.mark(StepTimer::Moment::before_backward, Clock::now()); }

  void after_backward() {
    timer_.mark(StepTimer::Moment::after_backward, Clock::now());
    if (!schedule_.due().scalars || !is_last_batch_of_step()) return;
    steps_.read_gradients(schedule_.due());
    timer_.skip(Clock::now());
  }

  void batch_end(const Batch& batch) {
    const auto now = Clock::now();
    if (steps_.has_measured()) write_measured(/*wait=*/false);
    timer_.add_samples(count_samples(batch));
    if (writes_) images_.keep(batch);
    if (!is_last_batch_of_step()) {
      ++batches_of_step_;
      return;
    }
    batches_of_step_ = 0;
    timer_.end_step(now);
    const bool anything_due = schedule_.due().anything();
    if (anything_due) record_step(batch);
    schedule_.advance();
    steps_.prepare(schedule_.due());
    progress_.show(schedule_.step(), now);
    if (anything_due) timer_.restart(Clock::now());  // logging is no part of a step
  }

  void validation_end(const Metrics& validation) {
    for (const auto& [name, value] : validation) {
      log(metric_tag(name, "validation"), value, schedule_.last_step());
    }
    write_measured(/*wait=*/false);
    progress_.print_validation(validation);
    pause();
  }

  void epoch_end() {
    meet("the end of the epoch at step " + std::to_string(schedule_.last_step()));
    if (images_at_epoch_end_ && writes_) images_.record(writer_, schedule_.last_step());
    images_.forget();
    write_measured(/*wait=*/false);
    progress_.finish();
    pause();
  }

  /// Where the training is done on all ranks, they meet once more.
  void train_end() {
    if (!ended_) meet("the end of the training");
    end(SessionStatus::success);
  }

  void end(SessionStatus status) {
    if (std::exchange(ended_, true)) return;
    steps_.finish();
    ranks_.leave();
    write_logged();
    write_measured(/*wait=*/true);
    progress_.finish();
    write(run_notes_.end(status), schedule_.last_step());
    writer_.close();
    if (writer_.lost() > 0) {
      std::fprintf(stderr, "suar: %llu events were lost; the run in %s is not complete.\n",
                   static_cast<unsigned long long>(writer_.lost()), directory_.c_str());
    }
  }

  void log(const std::string& tag, double value, int64_t step) {
    failures_.attempt("log a number", [&] {
      if (ranks_.connected()) {
        ranks_.log({tag, step, value});
      } else {
        writer_.add_scalar(tag, value, step);
      }
    });
  }

  SummaryWriter& writer() { return writer_; }
  int64_t step() const { return schedule_.step(); }
  const std::filesystem::path& log_directory() const { return directory_; }
  std::vector<Finding> findings() const { return steps_.findings(); }

 private:
  /// Something else than training is over, whose time is no step's.
  void pause() {
    progress_.pause();
    timer_.restart(Clock::now());
  }

  void write(std::vector<Summary> summaries, int64_t step) {
    if (summaries.empty()) return;
    failures_.attempt("log", [&] { writer_.add_summaries(std::move(summaries), step); });
  }

  /// Other ranks may have something to say, or want to hear what this one has.
  void meet(const std::string& moment) {
    RankNumbers numbers;
    numbers.moment = moment;
    ranks_.meet(std::move(numbers));
    write_logged();
  }

  void write_logged() {
    for (const RankScalar& scalar : ranks_.take_logged()) {
      failures_.attempt("log a number",
                        [&] { writer_.add_scalar(scalar.tag, scalar.value, scalar.step); });
    }
  }

  /// Writes what was measured and is here; with `wait` all that was measured.
  void write_measured(bool wait) {
    for (StepRecorder::Record& record : steps_.take(wait, schedule_)) {
      write(std::move(record.summaries), record.step);
    }
  }

  void record_step(const Batch& batch) {
    steps_.measure(batch, timer_, schedule_);
    // Ranks meet at the step at which it was measured, by whatever device.
    write_measured(/*wait=*/ranks_.connected());
    write_logged();
    if (!writes_) return;
    if (schedule_.due().scalars) images_.count(batch);
    if (schedule_.due().images) images_.record(writer_, step());
  }

  bool is_last_batch_of_step() const { return batches_of_step_ + 1 >= accumulated_batches_; }

  const std::vector<TrainedModel> models_;
  Schedule schedule_;
  const bool writes_;  ///< this is the only process, or rank 0
  ProgressReport progress_;
  FailureReport failures_;
  RankExchange ranks_;
  const int64_t accumulated_batches_;
  StepRecorder steps_;  // before the writer: a wrong option leaves no file behind
  StepTimer timer_;
  const std::filesystem::path directory_;
  SummaryWriter writer_;
  const bool log_graph_;
  ImageRecorder images_;
  const bool images_at_epoch_end_;
  RunNotes run_notes_;
  int64_t batches_of_step_ = 0;  ///< done, of the step under way
  bool ended_ = false;
};

TrainingCallback::TrainingCallback(std::vector<TrainedModel> models, CallbackOptions options)
    : impl_(std::make_unique<Impl>(std::move(models), options)),
      exceptions_when_constructed_(std::uncaught_exceptions()) {}

TrainingCallback::~TrainingCallback() {
  const bool unwinding = std::uncaught_exceptions() > exceptions_when_constructed_;
  impl_->end(unwinding ? SessionStatus::failure : SessionStatus::success);
}

void TrainingCallback::on_train_begin(const torch::Tensor& sample_input) {
  impl_->train_begin(sample_input);
}

void TrainingCallback::on_epoch_begin(int64_t epoch) {
  impl_->epoch_begin(epoch);
}

void TrainingCallback::on_batch_begin() {
  impl_->batch_begin();
}

void TrainingCallback::on_before_backward() {
  impl_->before_backward();
}

void TrainingCallback::on_after_backward() {
  impl_->after_backward();
}

void TrainingCallback::on_batch_end(const Batch& batch) {
  impl_->batch_end(batch);
}

void TrainingCallback::on_validation_end(const Metrics& validation) {
  impl_->validation_end(validation);
}

void TrainingCallback::on_epoch_end(const Metrics& validation) {
  if (!validation.empty()) impl_->validation_end(validation);
  impl_->epoch_end();
}

void TrainingCallback::on_train_end() {
  impl_->train_end();
}

void TrainingCallback::log(const std::string& name, double value) {
  impl_->log(name, value, impl_->step());
}

SummaryWriter& TrainingCallback::writer() {
  return impl_->writer();
}

int64_t TrainingCallback::step() const {
  return impl_->step();
}

const std::filesystem::path& TrainingCallback::log_directory() const {
  return impl_->log_directory();
}

std::vector<Finding> TrainingCallback::findings() const {
  return impl_->findings();
}

}  // namespace suar
