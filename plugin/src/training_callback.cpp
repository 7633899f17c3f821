#include <cctype>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <utility>

#include <suar/training_callback.h>

#include "failure_report.h"
#include "finding_log.h"
#include "parameter_recorder.h"
#include "progress_report.h"
#include "run_directory.h"
#include "sample_recorder.h"
#include "scalar_recorder.h"
#include "schedule.h"

namespace suar {
namespace {

using Clock = std::chrono::steady_clock;

EventWriterOptions make_writer_options(const CallbackOptions& options) {
  EventWriterOptions writer_options;
  writer_options.flush_interval = options.flush_interval();
  writer_options.full_queue = options.full_queue();
  return writer_options;
}

/// "loss" -> "Loss/validation"; a name with a '/' of its own is left as it is.
std::string validation_tag(const std::string& metric) {
  if (metric.empty() || metric.find('/') != std::string::npos) return metric;
  std::string tag = metric + "/validation";
  tag[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(tag[0])));
  return tag;
}

}  // namespace

class TrainingCallback::Impl {
 public:
  Impl(torch::nn::Module& model, ForwardFunction forward, torch::optim::Optimizer& optimizer,
       const CallbackOptions& options)
      : model_(model),
        forward_(options.graph() ? std::move(forward) : ForwardFunction()),
        directory_(choose_run_directory(options.log_directory())),
        writer_(directory_, make_writer_options(options)),
        schedule_(options),
        progress_(options.progress(), options.epochs(), options.steps_per_epoch()),
        failures_(progress_),
        scalars_(optimizer),
        parameters_(model, options),
        findings_(parameters_.names(), options.print_findings(), progress_),
        samples_(options),
        samples_at_epoch_end_(options.image_every().is_every_epoch()) {
    prepare_step();
  }

  void train_begin(const torch::Tensor& sample_input) {
    if (!forward_ || !sample_input.defined()) return;
    failures_.attempt("log the graph", [&] {
      writer_.add_graph(export_graph(model_, forward_, {sample_input}));
      writer_.flush();
    });
  }

  void epoch_begin(int64_t epoch) {
    progress_.set_epoch(epoch);
    schedule_.begin_epoch();
    prepare_step();
  }

  void batch_begin() { samples_.forget(); }

  void after_backward() {
    if (!schedule_.due().statistics) return;
    failures_.attempt("read the gradients", [&] { parameters_.read_gradients(); });
  }

  void batch_end(const Batch& batch) {
    samples_.keep(batch);
    if (schedule_.due().anything()) record_step(batch);
    schedule_.advance();
    prepare_step();
    progress_.show(schedule_.step(), Clock::now());
  }

  void validation_end(const Metrics& validation) {
    failures_.attempt("log the validation", [&] {
      std::vector<Summary> summaries;
      for (const auto& [name, value] : validation) {
        summaries.push_back({validation_tag(name), value, ""});
      }
      writer_.add_summaries(std::move(summaries), schedule_.last_step());
    });
    progress_.print_validation(validation);
    progress_.pause();
  }

  void epoch_end() {
    if (samples_at_epoch_end_) record_samples(schedule_.last_step());
    samples_.forget();
    progress_.finish();
    progress_.pause();
  }

  void train_end() {
    if (std::exchange(ended_, true)) return;
    progress_.finish();
    writer_.close();
    if (writer_.lost() > 0) {
      std::fprintf(stderr, "suar: %llu events were lost; the run in %s is not complete.\n",
                   static_cast<unsigned long long>(writer_.lost()), directory_.c_str());
    }
  }

  void log(const std::string& name, double value) {
    failures_.attempt("log a number", [&] { writer_.add_scalar(name, value, step()); });
  }

  SummaryWriter& writer() { return writer_; }
  int64_t step() const { return schedule_.step(); }
  const std::filesystem::path& log_directory() const { return directory_; }
  std::vector<Finding> findings() const { return findings_.findings(); }

 private:
  /// Before the step that is under way now: what it changes can be told only with what was before.
  void prepare_step() {
    if (!schedule_.due().statistics) return;
    failures_.attempt("keep the weights", [&] { parameters_.keep_weights(); });
  }

  void record_step(const Batch& batch) {
    std::vector<Summary> summaries;
    StepStatistics statistics;
    statistics.step = step();
    if (schedule_.due().scalars || schedule_.due().statistics) {
      failures_.attempt("log the loss", [&] { record_scalars(batch, summaries, statistics); });
    }
    // The first bad loss is the moment at which everybody wants to see the layers.
    if (statistics.has_loss && !std::isfinite(statistics.loss) &&
        !std::exchange(saw_bad_loss_, true)) {
      schedule_.make_layers_due();
    }
    const Due due = schedule_.due();
    if (due.statistics) {
      failures_.attempt("log the parameters", [&] {
        statistics.parameters = parameters_.record(due.histograms, summaries);
      });
    }
    failures_.attempt("log the findings", [&] {
      for (Summary& news : findings_.observe(statistics)) summaries.push_back(std::move(news));
    });
    failures_.attempt("log a step", [&] { writer_.add_summaries(std::move(summaries), step()); });
    if (due.images) record_samples(step());
  }

  void record_scalars(const Batch& batch, std::vector<Summary>& summaries,
                      StepStatistics& statistics) {
    const ScalarRecorder::Result result = scalars_.record(batch, summaries);
    if (result.loss) {
      statistics.has_loss = true;
      statistics.loss = *result.loss;
      progress_.set_loss(*result.loss);
    }
    if (result.accuracy) progress_.set_accuracy(*result.accuracy);
  }

  void record_samples(int64_t step) {
    failures_.attempt("log the sample images", [&] { samples_.record(writer_, step); });
  }

  torch::nn::Module& model_;
  const ForwardFunction forward_;
  const std::filesystem::path directory_;
  SummaryWriter writer_;
  Schedule schedule_;
  ProgressReport progress_;
  FailureReport failures_;
  ScalarRecorder scalars_;
  ParameterRecorder parameters_;
  FindingLog findings_;
  SampleRecorder samples_;
  const bool samples_at_epoch_end_;
  bool ended_ = false;
  bool saw_bad_loss_ = false;
};

TrainingCallback::TrainingCallback(torch::nn::Module& model, ForwardFunction forward,
                                   torch::optim::Optimizer& optimizer, CallbackOptions options)
    : impl_(std::make_unique<Impl>(model, std::move(forward), optimizer, options)) {}

TrainingCallback::~TrainingCallback() {
  impl_->train_end();
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
