#include "captions.h"

#include <cmath>
#include <cstdio>
#include <limits>

#include <ATen/ATen.h>

#include "accuracy.h"
#include "class_names.h"

namespace suar {
namespace {

/// The step from 1 to the next number of a type; of those that are no coarser than float, float's.
float resolution(at::ScalarType type) {
  if (type == at::kHalf) return std::numeric_limits<at::Half>::epsilon();
  if (type == at::kBFloat16) return std::numeric_limits<at::BFloat16>::epsilon();
  return std::numeric_limits<float>::epsilon();
}

/// Of each row of scores the probabilities: itself where it is some, else its softmax.
torch::Tensor to_probabilities(const torch::Tensor& output) {
  const auto scores = output.detach().to(at::kFloat);
  // Each probability was rounded in its type; and adding them up rounds in float.
  const double tolerance = 2 * resolution(output.scalar_type()) + 1e-5;
  const auto adds_up = (scores.sum(1) - 1).abs().le(tolerance);
  const auto is_distribution = scores.ge(0).all(1).logical_and(adds_up).unsqueeze(1);
  return at::where(is_distribution, scores, scores.softmax(1));
}

}  // namespace

TileJudgement judge_tiles(const torch::Tensor& output, const torch::Tensor& target,
                          NumberTransfer& transfer) {
  const at::NoGradGuard no_grad;
  const auto [probability, predicted] = to_probabilities(output).max(1);
  TileJudgement judgement;
  judgement.samples = static_cast<std::size_t>(target.size(0));
  judgement.classes = output.size(1);
  judgement.predicted = transfer.add(predicted);
  judgement.probability = transfer.add(probability);
  judgement.actual = transfer.add(target);
  return judgement;
}

std::vector<TileCaption> make_captions(const TileJudgement& judgement,
                                       const NumberTransfer& transfer,
                                       const std::vector<std::string>& class_names) {
  const auto number = [&](NumberTransfer::Place place, std::size_t sample) {
    return static_cast<int64_t>(transfer.at(place)[sample]);
  };
  std::vector<TileCaption> captions;
  for (std::size_t i = 0; i < judgement.samples; ++i) {
    const int64_t predicted = number(judgement.predicted, i), actual = number(judgement.actual, i);
    TileCaption& caption = captions.emplace_back();
    caption.predicted = class_name(predicted, class_names);
    caption.actual = class_name(actual, class_names);
    caption.probability = static_cast<float>(transfer.at(judgement.probability)[i]);
    if (is_judged(actual, judgement.classes)) {
      caption.verdict = predicted == actual ? TileVerdict::right : TileVerdict::wrong;
    }
  }
  return captions;
}

std::string caption_table(const std::vector<TileCaption>& captions) {
  std::string table = "| tile | predicted | probability | true | |\n|---|---|---|---|---|\n";
  for (std::size_t tile = 0; tile < captions.size(); ++tile) {
    const TileCaption& caption = captions[tile];
    char percent[32] = "unknown";
    if (std::isfinite(caption.probability)) {
      // Of a thousand classes the most probable one may have less than 1 %.
      const double shown = 100 * double{caption.probability};
      std::snprintf(percent, sizeof percent, shown < 1 ? "%.2g %%" : "%.0f %%", shown);
    }
    table += "| " + std::to_string(tile + 1) + " | " + table_cell(caption.predicted) + " | " +
             percent + " | " + table_cell(caption.actual) + " | " +
             (caption.verdict == TileVerdict::wrong ? "wrong" : "") + " |\n";
  }
  return table;
}

}  // namespace suar
