#include <plugin_data.pb.h>

#include <suar/error.h>
#include <suar/pr_curve.h>

namespace suar {

Summary make_pr_curve_summary(const std::string& tag, const PrCurve& curve) {
  const std::size_t thresholds = curve.true_positives.size();
  TensorValue rows;
  rows.type = TensorType::float32;
  rows.shape = {6, static_cast<int64_t>(thresholds)};
  for (const auto* row : {&curve.true_positives, &curve.false_positives, &curve.true_negatives,
                          &curve.false_negatives, &curve.precision, &curve.recall}) {
    if (row->size() != thresholds || thresholds < 2) {
      throw Error(
          "expected six lists of a PR curve with a value for each of at least 2 "
          "thresholds, found lists of " +
          std::to_string(thresholds) + " and " + std::to_string(row->size()));
    }
    rows.content.append(reinterpret_cast<const char*>(row->data()), row->size() * sizeof(float));
  }
  schema::PrCurvePluginData data;
  data.set_num_thresholds(static_cast<uint32_t>(thresholds));
  Summary summary{tag, std::move(rows)};
  summary.plugin = {"pr_curves", data.SerializeAsString(), DataClass::tensor};
  return summary;
}

}  // namespace suar
