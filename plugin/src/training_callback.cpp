#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <suar/at_exit.h>
#include <suar/error.h>
#include <suar/graph_export.h>
#include <suar/training_callback.h>

#include "failure_report.h"
#include "image_recorder.h"
#include "kept_tensor.h"
#include "metric_tag.h"
#include "option_check.h"
#include "parameter_selection.h"
#include "progress_report.h"
#include "rank_exchange.h"
#include "rank_settings.h"
#include "run_directory.h"
#include "run_notes.h"
#include "schedule.h"
#include "step_recorder.h"
#include "step_timer.h"
#include "writer_options.h"

namespace suar {
namespace {

using Clock = std::chrono::steady_clock;

/// Begins the run, or goes on with it, in a directory that is stored in `directory`.
SummaryWriter begin_run(const CallbackOptions& options, std::filesystem::path& directory) {
  std::optional<RunDirectory> claimed;
  directory = options.log_directory();
  if (!options.purge_step()) directory = claimed.emplace(directory).path();
  return SummaryWriter(directory, make_writer_options(options));
}

/// The target comes last: that of sequences often has an element for each word.
int64_t count_samples(const Batch& batch) {
  for (const torch::Tensor* tensor : {&batch.input, &batch.output, &batch.target}) {
    if (tensor->defined() && tensor->dim() > 0) return tensor->size(0);
  }
  return 0;
}

/// The same for later, without the graph of its forward pass.
Batch kept(const Batch& batch) {
  const auto keep = [](const torch::Tensor& tensor) {
    return tensor.defined() ? with_own_memory(tensor.detach()) : tensor;
  };
  return {keep(batch.loss), keep(batch.output), keep(batch.target), keep(batch.input)};
}

std::vector<const void*> identify_parameters(const std::vector<TrainedModel>& models) {
  std::vector<const void*> parameters;
  for (const TrainedModel& model : models) {
    for (const auto& parameter : model.parameters()) {
      parameters.push_back(parameter.second.unsafeGetTensorImpl());
    }
  }
  return parameters;
}

const CallbackOptions& checked(const CallbackOptions& options) {
  check_options(options);
  return options;
}

std::vector<TrainedModel> checked(std::vector<TrainedModel> models) {
  check_models(models);
  return models;
}

}  // namespace

class TrainingCallback::Impl {
 public:
  Impl(std::vector<TrainedModel> models, const CallbackOptions& options)
      : models_(checked(std::move(models))),
        parameters_(identify_parameters(models_)),
        schedule_(checked(options)),
        writes_(!options.process_group() || options.process_group()->rank() == 0),
        progress_(options.progress() && writes_, options.epochs(), options.steps_per_epoch()),
        failures_(progress_),
        ranks_(options.process_group(), failures_),
        accumulated_batches_(options.accumulate_batches()),
        steps_(models_, options, progress_, failures_, ranks_),
        writer_(writes_ ? begin_run(options, directory_) : SummaryWriter::closed()),
        log_graph_(options.graph() && writes_),
        images_(models_, options, failures_, ranks_),
        images_at_epoch_end_(options.image_every().is_every_epoch()),
        run_notes_(options) {
    if (ranks_.connected()) {
      ranks_.agree(rank_settings(options, select_parameters(models_, options)));
    }
    write(run_notes_.begin(), step());
    at_exit_.emplace([this](const ProgramEnd& end) {
      if (end.by_exception) tell_of_failure();
    });
    prepare_step();
  }

  void train_begin(const torch::Tensor& sample_input) {
    if (is_over()) return;
    if (log_graph_ && !models_.empty() && sample_input.defined()) {
      failures_.attempt("log the graph", [&] { log_graph(models_.front(), sample_input); });
    }
    prepare_step();
    timer_.restart(Clock::now());
  }

  void epoch_begin(int64_t epoch) {
    if (is_over()) return;
    end_open_step();
    failures_.attempt("see the parameters that a model has now", [&] {
      if (identify_parameters(models_) == parameters_) return;
      throw Error(
          "they are not those that it had when the callback was constructed, of which it goes on "
          "to log. Construct another one where a layer was exchanged.");
    });
    progress_.set_epoch(epoch);
    schedule_.begin_epoch();
    prepare_step();
    timer_.restart(Clock::now());
  }

  void batch_begin() {
    if (ended_) return;  // the end of the batch says so
    loop_tells_of_begin_ = true;
    images_.forget();
    timer_.mark(StepTimer::Moment::batch_begin, Clock::now());
    steps_.watch(schedule_.due());
    if (batches_of_step_ > 0 || !schedule_.due().scalars) return;
    steps_.see_gradients(schedule_.due());
    steps_.keep_weights(schedule_.due());
    timer_.skip(Clock::now());
  }

  void before_backward() { timer_.mark(StepTimer::Moment::before_backward, Clock::now()); }

  void after_backward(const std::string& model, const torch::Tensor& loss) {
    timer_.mark(StepTimer::Moment::after_backward, Clock::now());
    if (!schedule_.due().scalars || ended_) return;
    loop_tells_of_backward_ = true;
    steps_.read_gradients(model, loss, schedule_);
    timer_.skip(Clock::now());
  }

  void batch_end(const Batch& batch) {
    const auto now = Clock::now();
    if (is_over()) return;
    if (steps_.has_measured() || images_.has_measured()) write_measured(/*wait=*/false);
    int64_t samples = 0;
    failures_.attempt("count the samples", [&] { samples = count_samples(batch); });
    timer_.end_batch(samples, now);
    failures_.attempt("keep the batch for its images",
                      [&] { images_.keep(batch, schedule_.due()); });
    ++batches_of_step_;
    if (accumulated_batches_ > 1 && schedule_.due().anything()) keep_open(batch);
    if (batches_of_step_ == accumulated_batches_) end_step(batch, now);
  }

  void validation_batch_end(const Batch& batch) {
    if (!is_over()) images_.count_validation(batch);
  }

  void validation_end(const Metrics& validation) {
    if (is_over()) return;
    progress_.finish();
    std::vector<RankScalar> scalars;
    for (const auto& [name, value] : validation) {
      RankScalar& scalar = scalars.emplace_back();
      scalar.tag = metric_tag(name, "validation");
      scalar.step = schedule_.last_step();
      scalar.value = value;
      scalar.weight = static_cast<double>(std::max<int64_t>(validation.samples(), 1));
      scalar.validation = name;
    }
    if (ranks_.connected()) {
      for (RankScalar& scalar : scalars) ranks_.log(std::move(scalar));
    } else {
      write_logged(scalars);
    }
    images_.measure_validation(schedule_.last_step());
    write_measured(/*wait=*/false);
    prepare_step();  // more may be due than before
    pause();
  }

  void epoch_end(const Metrics& validation) {
    if (is_over()) return;
    end_open_step();
    if (!validation.empty()) validation_end(validation);
    images_.measure_validation(schedule_.last_step());  // one whose end was not told
    if (images_at_epoch_end_) images_.measure(schedule_.last_step());
    images_.forget();
    write_measured(/*wait=*/ranks_.connected());
    meet("the end of the epoch at step " + std::to_string(schedule_.last_step()));
    prepare_step();  // more may be due than before
    progress_.finish();
    pause();
  }

  /// Where the training is done on all ranks, they meet once more.
  void train_end() {
    if (!ended_) {
      end_open_step();
      images_.measure_validation(schedule_.last_step());
      write_measured(/*wait=*/ranks_.connected());
      meet("the end of the training");
    }
    end(SessionStatus::success);
  }

  void end(SessionStatus status) {
    if (ended_) return;
    // Not where other ranks would have to meet this one.
    if (status == SessionStatus::success && !ranks_.connected()) end_open_step();
    if (status == SessionStatus::success) images_.measure_validation(schedule_.last_step());
    ended_ = true;
    at_exit_.reset();
    steps_.stop_watching();
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

  void log(const std::string& tag, double value) {
    if (is_over()) return;
    if (ranks_.connected()) {
      ranks_.log({tag, step(), value});
    } else {
      write_number(tag, value, step());
    }
  }

  void log(const std::string& tag, const torch::Tensor& value) {
    if (!is_over()) steps_.log(tag, value, schedule_.due());
  }

  SummaryWriter& writer() { return writer_; }
  int64_t step() const { return schedule_.step(); }
  const std::filesystem::path& log_directory() const { return directory_; }
  std::vector<Finding> findings() const { return steps_.findings(); }

 private:
  /// The training has ended, so that nothing can be logged any more; says so, once.
  bool is_over() {
    if (ended_) {
      failures_.attempt("log anything more", [] {
        throw Error(
            "on_train_end was called (or on_exception), which closed the run. Log what belongs to "
            "it before that, and begin another callback for another training.");
      });
    }
    return ended_;
  }

  /// The program ends by an exception that nobody catches, so that nothing is destroyed.
  void tell_of_failure() {
    write(run_notes_.end(SessionStatus::failure), schedule_.last_step());
    writer_.flush();
  }

  /// Something else than training is over, whose time is no step's.
  void pause() {
    progress_.pause();
    timer_.restart(Clock::now());
  }

  void write_number(const std::string& tag, double value, int64_t step) {
    failures_.attempt("log a number", [&] {
      check_tag(tag);
      writer_.add_scalar(tag, value, step);
    });
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
    const RankLog logged = ranks_.take_logged();
    write_logged(logged.scalars);
    for (const RankCounts& counts : logged.counts) images_.record(counts, writer_);
  }

  void write_logged(const std::vector<RankScalar>& scalars) {
    std::map<int64_t, Metrics> validations;  // by their steps
    for (const RankScalar& scalar : scalars) {
      write_number(scalar.tag, scalar.value, scalar.step);
      if (!scalar.validation.empty()) {
        validations[scalar.step].emplace_back(scalar.validation, scalar.value);
      }
    }
    for (const auto& [step, metrics] : validations) progress_.print_validation(metrics);
  }

  /// Writes what was measured and is here; with `wait` all that was measured.
  void write_measured(bool wait) {
    images_.record(wait, writer_);  // first, so that what ranks count joins their meeting
    for (StepRecorder::Record& record : steps_.take(wait, schedule_)) {
      write(std::move(record.summaries), record.step);
    }
  }

  /// A step is about to begin, as far as one knows: where the loop tells of it, that counts.
  void prepare_step() {
    if (loop_tells_of_begin_) {
      steps_.stop_watching();
      return;
    }
    steps_.watch(schedule_.due());
    if (batches_of_step_ == 0) steps_.see_gradients(schedule_.due());
    steps_.keep_weights(schedule_.due());
  }

  void end_step(const Batch& batch, Clock::time_point now) {
    batches_of_step_ = 0;
    loop_tells_of_backward_ = false;
    timer_.end_step();
    const bool anything_due = schedule_.due().anything();
    if (anything_due) record_step(batch);
    schedule_.advance();
    prepare_step();
    progress_.show(schedule_.step(), now);
    if (anything_due) timer_.restart(Clock::now());  // logging is no part of a step
  }

  /// Takes of a batch what may be gone when it turns out to be the last of its step: which one is,
  /// only the end of the epoch may tell.
  void keep_open(const Batch& batch) {
    if (batches_of_step_ < accumulated_batches_) {
      failures_.attempt("keep the batch", [&] { open_batch_ = kept(batch); });
    }
    if (loop_tells_of_backward_ || !schedule_.due().scalars) return;
    steps_.read_gradients(/*model=*/{}, /*loss=*/{}, schedule_);
    timer_.skip(Clock::now());
  }

  /// The optimizer made its step after fewer batches: the epoch had no more.
  void end_open_step() {
    if (batches_of_step_ > 0) end_step(std::exchange(open_batch_, {}), Clock::now());
  }

  void log_graph(const TrainedModel& model, const torch::Tensor& sample_input) {
    if (model.script() != nullptr) {
      writer_.add_graph(export_graph(*model.script(), sample_input));
    } else if (model.forward()) {
      writer_.add_graph(export_graph(*model.module(), model.forward(), {sample_input}));
    } else {
      throw Error(
          "the class of the model is not known here, or its forward does not take one tensor. Call "
          "writer().add_graph(model, {first, second}) with the tensors that it takes, or switch it "
          "off by CallbackOptions::graph.");
    }
  }

  void record_step(const Batch& batch) {
    steps_.measure(batch, timer_, schedule_);
    images_.count(batch, schedule_.due());
    if (schedule_.due().images) images_.measure(step());
    // Ranks meet at the step at which it was measured, by whatever device.
    write_measured(/*wait=*/ranks_.connected());
    write_logged();
  }

  const std::vector<TrainedModel> models_;
  const std::vector<const void*> parameters_;  ///< that they had in the beginning
  Schedule schedule_;
  const bool writes_;  ///< this is the only process, or rank 0
  ProgressReport progress_;
  FailureReport failures_;
  RankExchange ranks_;
  const int64_t accumulated_batches_;
  StepRecorder steps_;  // before the writer: a wrong option leaves no file behind
  StepTimer timer_;
  std::filesystem::path directory_;
  SummaryWriter writer_;
  const bool log_graph_;
  ImageRecorder images_;
  const bool images_at_epoch_end_;
  RunNotes run_notes_;
  int64_t batches_of_step_ = 0;          ///< done, of the step under way
  Batch open_batch_;                     ///< the last one of these, where anything is due
  bool loop_tells_of_begin_ = false;     ///< it calls `on_batch_begin`
  bool loop_tells_of_backward_ = false;  ///< it has called `on_after_backward` in this step
  bool ended_ = false;
  std::optional<AtExit> at_exit_;
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

void TrainingCallback::on_after_backward(const std::string& model, const torch::Tensor& loss) {
  impl_->after_backward(model, loss);
}

void TrainingCallback::on_batch_end(const Batch& batch) {
  impl_->batch_end(batch);
}

void TrainingCallback::on_validation_batch_end(const Batch& batch) {
  impl_->validation_batch_end(batch);
}

void TrainingCallback::on_validation_end(const Metrics& validation) {
  impl_->validation_end(validation);
}

void TrainingCallback::on_epoch_end(const Metrics& validation) {
  impl_->epoch_end(validation);
}

void TrainingCallback::on_train_end() {
  impl_->train_end();
}

void TrainingCallback::on_exception() {
  impl_->end(SessionStatus::failure);
}

void TrainingCallback::log(const std::string& name, double value) {
  impl_->log(name, value);
}

void TrainingCallback::log(const std::string& name, const torch::Tensor& value) {
  impl_->log(name, value);
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
