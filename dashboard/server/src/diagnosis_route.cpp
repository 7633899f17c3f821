#include "diagnosis_route.h"

#include <algorithm>
#include <optional>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include <suar/diagnosis.h>
#include <suar/statistics.h>

#include "find_run.h"
#include "model_groups.h"
#include "parameter_curves.h"

namespace suar::dashboard {
namespace {

using nlohmann::json;

struct ActivationCurve {
  std::string name;
  double ActivationStatistics::*statistic;
  ScalarView points;
};

struct LossCurve {
  std::string model;
  ScalarView loss;
};

struct Recorded {
  uint64_t version = 0;
  uint64_t run_version = 0;
  std::vector<std::string> models;  ///< their names; empty: one without a name
  ParameterCurves parameters;
  std::vector<ActivationCurve> activations;
  ScalarView loss;
  std::vector<LossCurve> losses;  ///< of single models
};

// What begins with the text, without it.
std::optional<std::string> behind(const std::string& text, const std::string& tag) {
  if (tag.compare(0, text.size(), text) != 0) return std::nullopt;
  return tag.substr(text.size());
}

Recorded take_out(const Run& run) {
  Recorded recorded;
  recorded.run_version = run.version();
  recorded.parameters = parameter_curves(run);
  const std::string norm = std::string(kTotalGradientNormTag) + "/";
  const std::string loss = training_loss_tag("");
  for (const auto& entry : run.scalars().entries()) {
    if (entry->series.size() == 0) continue;
    if (auto model = behind(norm, entry->tag)) recorded.models.push_back(std::move(*model));
    if (auto name = behind(kActivationZerosPrefix, entry->tag)) {
      recorded.activations.push_back(
          {std::move(*name), &ActivationStatistics::zeros, entry->series.view()});
    }
    if (auto name = behind(kActivationNonFinitePrefix, entry->tag)) {
      recorded.activations.push_back(
          {std::move(*name), &ActivationStatistics::nonfinite, entry->series.view()});
    }
    if (auto model = behind(loss, entry->tag)) {
      recorded.losses.push_back({std::move(*model), entry->series.view()});
    }
    if (entry->tag == kTrainingLossTag) recorded.loss = entry->series.view();
  }
  return recorded;
}

// Walks over all curves at once, step by step.
class StepMerge {
 public:
  StepMerge(const Recorded& recorded, const ModelGroups& groups)
      : recorded_(recorded), groups_(groups) {
    for (const auto& curve : recorded.parameters.curves) add({&curve.points, &curve});
    for (const auto& curve : recorded.activations) add({&curve.points, nullptr, &curve});
    for (const auto& curve : recorded.losses) add({&curve.loss, nullptr, nullptr, &curve});
    add({&recorded.loss});
  }

  bool done() const { return queue_.empty(); }

  /// What was recorded at the next step. Of a step that is repeated the last value counts.
  StepStatistics next() {
    StepStatistics statistics;
    statistics.step = queue_.top().first;
    while (!queue_.empty() && queue_.top().first == statistics.step) {
      Cursor& cursor = cursors_[queue_.top().second];
      queue_.pop();
      take(cursor, statistics);
      if (++cursor.index < cursor.points->size()) push(cursor);
    }
    return statistics;
  }

 private:
  struct Cursor {
    const ScalarView* points;
    const ParameterCurves::Curve* parameter = nullptr;  ///< whose they are: of these at most one,
    const ActivationCurve* activation = nullptr;        ///< else they are the loss's of all models
    const LossCurve* loss = nullptr;
    std::size_t number = 0;  ///< its own index
    std::size_t index = 0;   ///< of its next point
  };
  using Next = std::pair<int64_t, std::size_t>;  // step, number of the cursor

  void add(Cursor cursor) {
    cursor.number = cursors_.size();
    cursors_.push_back(cursor);
    if (!cursor.points->empty()) push(cursor);
  }

  void push(const Cursor& cursor) {
    queue_.emplace((*cursor.points)[cursor.index].step, cursor.number);
  }

  void take(const Cursor& cursor, StepStatistics& statistics) const {
    const double value = (*cursor.points)[cursor.index].value;
    if (cursor.parameter != nullptr) {
      statistics.parameters.resize(recorded_.parameters.parameters.size());
      const std::size_t place = groups_.places[cursor.parameter->parameter];
      statistics.parameters[place].*(cursor.parameter->statistic->member) = value;
    } else if (cursor.activation != nullptr) {
      auto& activations = statistics.activations;
      auto known = std::find_if(
          activations.begin(), activations.end(),
          [&](const auto& activation) { return activation.name == cursor.activation->name; });
      if (known == activations.end()) {
        known = activations.insert(known, ActivationStatistics{cursor.activation->name});
      }
      (*known).*(cursor.activation->statistic) = value;
    } else if (cursor.loss != nullptr) {
      auto& losses = statistics.losses;
      const auto before = std::find_if(losses.begin(), losses.end(), [&](const auto& loss) {
        return loss.model == cursor.loss->model;
      });
      if (before == losses.end()) {
        losses.push_back({cursor.loss->model, value});
      } else {
        before->value = value;
      }
    } else {
      statistics.loss = value;
      statistics.has_loss = true;
    }
  }

  const Recorded& recorded_;
  const ModelGroups& groups_;
  std::vector<Cursor> cursors_;
  std::priority_queue<Next, std::vector<Next>, std::greater<Next>> queue_;
};

json describe(const Finding& finding) {
  return {{"rule", finding.rule},
          {"severity", to_string(finding.severity)},
          {"model", finding.model},
          {"subject", finding.subject},
          {"first_step", finding.first_step},
          {"last_step", finding.last_step},
          {"message", finding.message},
          {"advice", finding.advice}};
}

json diagnose(const Recorded& recorded) {
  const ModelGroups groups = group_by_model(recorded.parameters.parameters, recorded.models);
  Diagnosis diagnosis(groups.models);
  uint64_t observations = 0;
  for (StepMerge steps(recorded, groups); !steps.done();) {
    const StepStatistics statistics = steps.next();
    if (!statistics.parameters.empty()) ++observations;
    diagnosis.observe(statistics);
  }
  json findings = json::array();
  for (const Finding& finding : diagnosis.findings()) findings.push_back(describe(finding));
  return {{"observations", observations}, {"findings", std::move(findings)}};
}

}  // namespace

json DiagnosisRoute::operator()(const Parameters& parameters) {
  const auto name = parameters.needed_text("run");
  const Recorded recorded = store_.read([&](const Catalog& catalog) {
    Recorded taken = take_out(find_run(catalog, name));
    taken.version = catalog.version;
    return taken;
  });
  // One at a time: of several that ask for the same the first computes.
  const std::lock_guard<std::mutex> lock(mutex_);
  Cached& cached = cache_[name];
  if (cached.run_version < recorded.run_version) {
    cached = {recorded.run_version, diagnose(recorded)};
  }
  json answer = cached.answer;
  answer["version"] = recorded.version;
  return answer;
}

}  // namespace suar::dashboard
