#include <cctype>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <optional>
#include <unordered_set>
#include <utility>

#include <ATen/ATen.h>

#include <suar/training_callback.h>

#include "accuracy.h"
#include "captions.h"
#include "parameter_recorder.h"
#include "progress_line.h"
#include "run_directory.h"

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

/// What an error says, without the backtrace that LibTorch appends.
std::string first_line(const char* what) {
  const std::string text = what;
  return text.substr(0, text.find('\n'));
}

}  // namespace

class TrainingCallback::Impl {
 public:
  Impl(torch::nn::Module& model, ForwardFunction forward, torch::optim::Optimizer& optimizer,
       CallbackOptions options)
      : options_(std::move(options)),
        model_(model),
        forward_(std::move(forward)),
        optimizer_(optimizer),
        directory_(choose_run_directory(options_.log_directory())),
        writer_(directory_, make_writer_options(options_)),
        parameters_(model, options_),
        diagnosis_(parameters_.names()),
        line_(stderr) {
    prepare_next_step();
  }

  void train_begin(const torch::Tensor& sample_input) {
    if (!options_.graph() || !forward_ || !sample_input.defined()) return;
    attempt("log the graph", [&] {
      writer_.add_graph(export_graph(model_, forward_, {sample_input}));
      writer_.flush();
    });
  }

  void epoch_begin(int64_t epoch) { epoch_ = epoch; }

  void batch_begin() { last_batch_ = {}; }

  void batch_end(const Batch& batch) {
    const bool scalars_due = is_due(options_.scalar_every());
    bool histograms_due = is_due(options_.histogram_every());
    if (scalars_due || histograms_due) {
      std::vector<Summary> summaries;
      StepStatistics statistics;
      statistics.step = step_;
      attempt("log the loss", [&] { log_scalars(batch, summaries, statistics); });
      // The first bad loss is the moment at which everybody wants to see the layers.
      if (statistics.has_loss && !std::isfinite(statistics.loss) &&
          options_.histogram_every() > 0 && !std::exchange(saw_bad_loss_, true)) {
        histograms_due = true;
      }
      if (histograms_due) {
        attempt("log the parameters",
                [&] { statistics.parameters = parameters_.record(summaries); });
      }
      diagnosis_.observe(statistics);
      attempt("log the findings", [&] { log_new_findings(summaries); });
      writer_.add_summaries(std::move(summaries), step_);
    }
    if (options_.sample_images() > 0) {
      last_batch_ = batch;
      last_batch_.loss.reset();
    }
    ++step_;
    prepare_next_step();
    show_progress();
  }

  void epoch_end(const Metrics& validation) {
    const int64_t last_step = std::max<int64_t>(step_ - 1, 0);
    std::vector<Summary> summaries;
    for (const auto& [name, value] : validation) {
      summaries.push_back({validation_tag(name), value, ""});
    }
    if (!summaries.empty()) writer_.add_summaries(std::move(summaries), last_step);
    attempt("log the sample images", [&] { log_sample_images(last_step); });
    last_batch_ = {};
    if (options_.progress()) print_epoch(validation);
    last_shown_.reset();  // the time of a validation says nothing of the steps
  }

  void train_end() {
    if (std::exchange(ended_, true)) return;
    line_.finish();
    writer_.close();
    if (writer_.lost() > 0) {
      std::fprintf(stderr, "suar: %llu events were lost; the run in %s is not complete.\n",
                   static_cast<unsigned long long>(writer_.lost()), directory_.c_str());
    }
  }

  SummaryWriter& writer() { return writer_; }
  int64_t step() const { return step_; }
  const std::filesystem::path& log_directory() const { return directory_; }
  std::vector<Finding> findings() const { return diagnosis_.findings(); }

 private:
  /// Runs one part of the logging; its failure is reported once and never reaches the training.
  template <class Function>
  void attempt(const char* what, Function&& function) noexcept {
    try {
      function();
    } catch (const std::exception& error) {
      if (!reported_.insert(what).second) return;
      line_.finish();
      std::fprintf(stderr, "suar: cannot %s: %s Training goes on.\n", what,
                   first_line(error.what()).c_str());
    }
  }

  bool is_due(int64_t every) const { return every > 0 && step_ % every == 0; }

  void prepare_next_step() {
    if (is_due(options_.histogram_every())) {
      attempt("keep the weights", [&] { parameters_.keep_weights(); });
    }
  }

  void log_scalars(const Batch& batch, std::vector<Summary>& summaries,
                   StepStatistics& statistics) {
    if (batch.loss.defined()) {
      statistics.loss = batch.loss.detach().item<double>();
      statistics.has_loss = true;
      summaries.push_back({kTrainingLossTag, statistics.loss, ""});
      progress_.loss = statistics.loss;
    }
    if (is_classification(batch.output, batch.target)) {
      const double accuracy = compute_accuracy(batch.output, batch.target);
      summaries.push_back({"Accuracy/train", accuracy, ""});
      progress_.accuracy = accuracy;
    }
    const auto& groups = optimizer_.param_groups();
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const std::string tag =
          groups.size() == 1 ? "LearningRate" : "LearningRate/group" + std::to_string(i);
      summaries.push_back({tag, groups[i].options().get_lr(), ""});
    }
  }

  void log_new_findings(std::vector<Summary>& summaries) {
    for (const Finding& finding : diagnosis_.findings()) {
      if (!known_findings_.insert(finding.rule).second) continue;
      summaries.push_back({"Diagnosis",
                           Text{"**" + finding.rule + "** (" + to_string(finding.severity) +
                                "): " + finding.message + " " + finding.advice},
                           ""});
      if (!options_.print_findings()) continue;
      line_.finish();
      std::fprintf(stderr, "suar: %s: %s\n", to_string(finding.severity), finding.message.c_str());
    }
  }

  void log_sample_images(int64_t step) {
    const torch::Tensor& input = last_batch_.input;
    if (!input.defined() || input.dim() != 4 || input.numel() == 0) return;
    const int64_t count = std::min(input.size(0), options_.sample_images());
    torch::Tensor tiles = input.detach().narrow(0, 0, count);
    if (tiles.is_floating_point()) {
      // Networks are fed normalised pixels: stretch them over the visible range.
      tiles = tiles.to(at::kFloat);
      const auto low = tiles.min(), range = (tiles.max() - low).clamp_min(1e-12);
      tiles = (tiles - low) / range;
    }
    writer_.add_images("Samples/train", tiles, step, /*columns=*/0,
                       "The last training inputs of an epoch, stretched over the range of grey or "
                       "colour; what the model took them for is in Samples/train/captions.");
    if (is_classification(last_batch_.output, last_batch_.target)) {
      writer_.add_text(
          "Samples/train/captions",
          make_captions(last_batch_.output.narrow(0, 0, count),
                        last_batch_.target.narrow(0, 0, count), options_.class_names()),
          step);
    }
  }

  void show_progress() {
    if (!options_.progress()) return;
    const auto now = Clock::now();
    if (!line_.due(now)) return;
    if (last_shown_) {
      const double seconds = std::chrono::duration<double>(now - last_shown_->first).count();
      const double rate = static_cast<double>(step_ - last_shown_->second) / seconds;
      constexpr double kPast = 0.8;  // of the moving average
      progress_.steps_per_second = progress_.steps_per_second > 0
                                       ? kPast * progress_.steps_per_second + (1 - kPast) * rate
                                       : rate;
    }
    last_shown_ = {now, step_};
    progress_.epoch = epoch_;
    progress_.epochs = options_.epochs();
    progress_.step = step_;
    progress_.total_steps = options_.epochs() * options_.steps_per_epoch();
    line_.show(progress_, now);
  }

  void print_epoch(const Metrics& validation) {
    line_.finish();
    if (validation.empty()) return;
    std::string text = "epoch " + std::to_string(epoch_ + 1);
    if (options_.epochs() > 0) text += "/" + std::to_string(options_.epochs());
    text += "  validation";
    for (const auto& [name, value] : validation) {
      char number[32];
      std::snprintf(number, sizeof number, " %.4g", std::isnan(value) ? std::abs(value) : value);
      text += "  " + name + number;
    }
    std::fprintf(stderr, "%s\n", text.c_str());
  }

  const CallbackOptions options_;
  torch::nn::Module& model_;
  const ForwardFunction forward_;
  torch::optim::Optimizer& optimizer_;
  const std::filesystem::path directory_;
  SummaryWriter writer_;
  ParameterRecorder parameters_;
  Diagnosis diagnosis_;
  ProgressLine line_;

  int64_t step_ = 0;
  int64_t epoch_ = 0;
  bool ended_ = false;
  bool saw_bad_loss_ = false;
  Batch last_batch_;
  Progress progress_;
  std::optional<std::pair<Clock::time_point, int64_t>> last_shown_;  ///< time and step
  std::unordered_set<std::string> known_findings_;
  std::unordered_set<std::string> reported_;
};

TrainingCallback::TrainingCallback(torch::nn::Module& model, ForwardFunction forward,
                                   torch::optim::Optimizer& optimizer, CallbackOptions options)
    : impl_(std::make_unique<Impl>(model, std::move(forward), optimizer, std::move(options))) {}

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

void TrainingCallback::on_batch_end(const Batch& batch) {
  impl_->batch_end(batch);
}

void TrainingCallback::on_epoch_end(const Metrics& validation) {
  impl_->epoch_end(validation);
}

void TrainingCallback::on_train_end() {
  impl_->train_end();
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
