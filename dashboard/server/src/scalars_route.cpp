#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "buckets.h"
#include "routes.h"
#include "smoothing.h"

namespace suar::dashboard {
namespace {

using nlohmann::json;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

enum class Axis { step, relative, wall };

struct Question {
  std::string tag;
  Axis axis = Axis::step;
  std::string axis_name;
  std::optional<double> from;
  std::optional<double> to;
  std::size_t buckets = 0;
  double smoothing = 0;
  uint64_t since = 0;
  std::optional<double> width;  ///< that the client holds
  bool all_passes = false;
};

struct PassName {
  std::string file;
  std::size_t number;
};

// One curve, taken out of the store.
struct Curve {
  std::string run;
  std::optional<PassName> pass;  ///< empty: what is shown of the run
  ScalarView points;
  double origin = 0;  ///< 0 on the relative axis, in wall time
  /// Number of points that the client holds, when it needs no more than what came after them.
  std::optional<std::size_t> held;
};

Question read_question(const Parameters& parameters) {
  Question question;
  question.tag = parameters.needed_text("tag");
  question.axis_name = parameters.text("x").value_or("step");
  if (question.axis_name == "step") {
    question.axis = Axis::step;
  } else if (question.axis_name == "relative") {
    question.axis = Axis::relative;
  } else if (question.axis_name == "wall") {
    question.axis = Axis::wall;
  } else {
    throw RequestError(400, "expected 'x' to be step, relative or wall, found something else");
  }
  question.from = parameters.number("from");
  question.to = parameters.number("to");
  if (question.from && question.to && *question.from > *question.to) {
    throw RequestError(400, "expected 'from' to be at most 'to', found the contrary");
  }
  question.buckets = parameters.whole("buckets", 500, 1, 10000);
  question.smoothing = parameters.number("smoothing", 0, 0, 0.999);
  question.since = parameters.whole("since", 0, 0, UINT64_MAX);
  question.width = parameters.number("width");
  question.all_passes = parameters.all_passes();
  return question;
}

void take_curve(const std::string& name, const Run& run, const Question& question,
                std::vector<Curve>& curves) {
  const auto* entry = run.scalars().find(question.tag);
  if (entry == nullptr) return;
  const auto& series = entry->series;
  const double origin = run.first_wall_time().value_or(0);
  const bool same_origin =
      question.axis != Axis::relative || run.origin_version() <= question.since;
  // After a file was lost the client starts the run anew.
  const bool same_run = same_origin && run.created() <= question.since;
  const auto if_same_run = [&](std::optional<std::size_t> held) {
    return same_run ? held : std::nullopt;
  };
  if (question.all_passes) {
    for (auto& pass : series.passes(question.since)) {
      const auto held = if_same_run(pass.size_at_since);
      curves.push_back({name, PassName{std::move(pass.file), pass.number}, std::move(pass.points),
                        origin, held});
    }
  } else if (series.size() > 0) {
    curves.push_back(
        {name, std::nullopt, series.view(), origin, if_same_run(series.size_at(question.since))});
  }
}

std::vector<Curve> take_curves(const Catalog& catalog, const Question& question,
                               const std::vector<std::string>& runs) {
  std::vector<Curve> curves;
  if (runs.empty()) {
    for (const auto& [name, run] : catalog.runs) take_curve(name, *run, question, curves);
  }
  for (const auto& name : runs) {
    const auto found = catalog.runs.find(name);
    if (found != catalog.runs.end()) take_curve(name, *found->second, question, curves);
  }
  return curves;
}

// The x axis of steps: what lies in a window is a stretch of the curve.
struct StepAxis {
  using X = int64_t;

  explicit StepAxis(const Question& question) : range(step_range(question.from, question.to)) {}

  static json width(int exponent) { return uint64_t{1} << exponent; }
  static X of(const ScalarPoint& point, const Curve&) { return point.step; }
  static bool valid(X) { return true; }
  bool holds(X x) const { return range.first <= x && x <= range.last; }
  std::size_t first_index(const Curve& curve) const {
    return curve.points.lower_bound(range.first);
  }

  /// Smallest and greatest x in the window; empty when there is no point in it.
  std::optional<std::pair<X, X>> extent(const Curve& curve) const {
    const std::size_t first = first_index(curve);
    const std::size_t end = range.last == std::numeric_limits<int64_t>::max()
                                ? curve.points.size()
                                : curve.points.lower_bound(range.last + 1);
    if (first >= end) return std::nullopt;
    return std::pair(curve.points[first].step, curve.points[end - 1].step);
  }

  StepRange range;
};

// The x axes of time. Clocks go back now and then: any point may lie in the window.
struct TimeAxis {
  using X = double;

  explicit TimeAxis(const Question& question)
      : relative(question.axis == Axis::relative),
        from(question.from.value_or(std::numeric_limits<double>::lowest())),
        to(question.to.value_or(std::numeric_limits<double>::max())) {}

  static json width(int exponent) { return bucket_width(exponent); }
  X of(const ScalarPoint& point, const Curve& curve) const {
    return relative ? point.wall_time - curve.origin : point.wall_time;
  }
  static bool valid(X x) { return std::isfinite(x); }
  bool holds(X x) const { return from <= x && x <= to; }
  std::size_t first_index(const Curve&) const { return 0; }

  std::optional<std::pair<X, X>> extent(const Curve& curve) const {
    std::optional<std::pair<X, X>> extent;
    curve.points.for_each_from(0, [&](std::size_t, const ScalarPoint& point) {
      const X x = of(point, curve);
      if (!valid(x) || !holds(x)) return;
      extent = extent ? std::pair(std::min(extent->first, x), std::max(extent->second, x))
                      : std::pair(x, x);
    });
    return extent;
  }

  bool relative;
  double from;
  double to;
};

// Left edge of the first bucket to send; empty: all. The last bucket that the client holds is
// always sent again, so that the answer says the same whether or not something is new.
template <typename Axis>
std::optional<typename Axis::X> resume_at(const Axis& axis, const Curve& curve, int exponent) {
  if (!curve.held || *curve.held == 0) return std::nullopt;
  std::optional<typename Axis::X> least;
  curve.points.for_each_from(*curve.held - 1, [&](std::size_t, const ScalarPoint& point) {
    const auto x = axis.of(point, curve);
    if (axis.valid(x)) least = least ? std::min(*least, x) : x;
  });
  if (!least) return std::nullopt;
  return left_edge(*least, exponent);
}

template <typename X>
json columns(const std::vector<Bucket<X>>& buckets, bool smoothed) {
  json columns = json::object();
  const auto add = [&](const char* name, auto field) {
    json::array_t column;
    column.reserve(buckets.size());
    for (const auto& bucket : buckets) column.emplace_back(bucket.*field);
    columns[name] = std::move(column);
  };
  add("x", &Bucket<X>::x);
  add("step", &Bucket<X>::step);
  add("wall_time", &Bucket<X>::wall_time);
  add("min", &Bucket<X>::min);
  add("max", &Bucket<X>::max);
  add("last", &Bucket<X>::last);
  if (smoothed) add("smoothed", &Bucket<X>::smoothed);
  add("count", &Bucket<X>::count);
  add("nonfinite", &Bucket<X>::nonfinite);
  return columns;
}

template <typename Axis>
json describe(const Axis& axis, const Curve& curve, int exponent, const Question& question,
              bool same_width) {
  const bool smoothing = question.smoothing > 0;
  const auto resume =
      same_width ? resume_at(axis, curve, exponent) : std::optional<typename Axis::X>();
  DebiasedAverage average(question.smoothing);
  BucketBuilder<typename Axis::X> builder(exponent);
  // The average needs the whole past of the curve, the buckets only what is shown.
  const std::size_t first = smoothing ? 0 : axis.first_index(curve);
  curve.points.for_each_from(first, [&](std::size_t, const ScalarPoint& point) {
    if (smoothing) average.add(point.value);
    const auto x = axis.of(point, curve);
    if (!axis.valid(x) || !axis.holds(x) || (resume && x < *resume)) return;
    builder.add(x, point.step, point.wall_time, point.value, smoothing ? average.value() : kNone);
  });
  json run = columns(builder.buckets(), smoothing);
  run["run"] = curve.run;
  if (curve.pass) {
    run["file"] = curve.pass->file;
    run["pass"] = curve.pass->number;
  }
  run["from"] = resume ? json(*resume) : json(nullptr);
  return run;
}

template <typename Axis>
json describe_all(const Axis& axis, const std::vector<Curve>& curves, const Question& question,
                  uint64_t version) {
  std::optional<std::pair<typename Axis::X, typename Axis::X>> extent;
  for (const Curve& curve : curves) {
    const auto own = axis.extent(curve);
    if (!own) continue;
    extent = extent ? std::pair(std::min(extent->first, own->first),
                                std::max(extent->second, own->second))
                    : *own;
  }
  const int exponent = extent ? width_exponent(extent->first, extent->second, question.buckets) : 0;
  const bool same_width = question.width == bucket_width(exponent);
  json runs = json::array();
  for (const Curve& curve : curves) {
    runs.push_back(describe(axis, curve, exponent, question, same_width));
  }
  return {{"version", version},
          {"x", question.axis_name},
          {"width", axis.width(exponent)},
          {"runs", std::move(runs)}};
}

}  // namespace

json scalars_route(const Store& store, const Parameters& parameters) {
  const Question question = read_question(parameters);
  const auto runs = parameters.texts("run");
  uint64_t version = 0;
  const auto curves = store.read([&](const Catalog& catalog) {
    version = catalog.version;
    return take_curves(catalog, question, runs);
  });
  if (question.axis == Axis::step) {
    return describe_all(StepAxis(question), curves, question, version);
  }
  return describe_all(TimeAxis(question), curves, question, version);
}

}  // namespace suar::dashboard
