#include "diagnosis_route.h"

#include <queue>
#include <utility>
#include <vector>

#include <suar/diagnosis.h>
#include <suar/statistics.h>

#include "find_run.h"
#include "parameter_curves.h"

namespace suar::dashboard {
namespace {

using nlohmann::json;

struct Recorded {
  uint64_t version = 0;
  uint64_t run_version = 0;
  ParameterCurves parameters;
  ScalarView loss;
};

// Walks over all curves at once, step by step.
class StepMerge {
 public:
  explicit StepMerge(const Recorded& recorded) : recorded_(recorded) {
    for (const auto& curve : recorded.parameters.curves) add(curve.points, &curve);
    add(recorded.loss, nullptr);
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
    const ParameterCurves::Curve* curve;  ///< null for the loss
    std::size_t number;                   ///< its own index
    std::size_t index = 0;                ///< of its next point
  };
  using Next = std::pair<int64_t, std::size_t>;  // step, number of the cursor

  void add(const ScalarView& points, const ParameterCurves::Curve* curve) {
    cursors_.push_back({&points, curve, cursors_.size()});
    if (!points.empty()) push(cursors_.back());
  }

  void push(const Cursor& cursor) {
    queue_.emplace((*cursor.points)[cursor.index].step, cursor.number);
  }

  void take(const Cursor& cursor, StepStatistics& statistics) const {
    const double value = (*cursor.points)[cursor.index].value;
    if (cursor.curve == nullptr) {
      statistics.loss = value;
      statistics.has_loss = true;
      return;
    }
    statistics.parameters.resize(recorded_.parameters.parameters.size());
    statistics.parameters[cursor.curve->parameter].*(cursor.curve->statistic->member) = value;
  }

  const Recorded& recorded_;
  std::vector<Cursor> cursors_;
  std::priority_queue<Next, std::vector<Next>, std::greater<Next>> queue_;
};

json describe(const Finding& finding) {
  return {{"rule", finding.rule},           {"severity", to_string(finding.severity)},
          {"subject", finding.subject},     {"first_step", finding.first_step},
          {"last_step", finding.last_step}, {"message", finding.message},
          {"advice", finding.advice}};
}

json diagnose(const Recorded& recorded) {
  Diagnosis diagnosis(recorded.parameters.parameters);
  uint64_t observations = 0;
  for (StepMerge steps(recorded); !steps.done();) {
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
    const Run& run = find_run(catalog, name);
    Recorded taken{catalog.version, run.version(), parameter_curves(run), {}};
    if (const auto* loss = run.scalars().find(kTrainingLossTag)) taken.loss = loss->series.view();
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
