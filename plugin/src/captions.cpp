#include "captions.h"

#include <cmath>
#include <cstdio>

#include <ATen/ATen.h>

#include "accuracy.h"
#include "class_names.h"

namespace suar {

TileJudgement judge_tiles(const torch::Tensor& output, const torch::Tensor& target,
                          NumberTransfer& transfer) {
  const at::NoGradGuard no_grad;
  const auto probabilities = output.detach().to(at::kFloat).softmax(1);
  const auto [probability, predicted] = probabilities.max(1);
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
    char percent[16] = "unknown";
    if (std::isfinite(caption.probability)) {
      std::snprintf(percent, sizeof percent, "%.0f %%", 100 * double{caption.probability});
    }
    table += "| " + std::to_string(tile + 1) + " | " + table_cell(caption.predicted) + " | " +
             percent + " | " + table_cell(caption.actual) + " | " +
             (caption.verdict == TileVerdict::wrong ? "wrong" : "") + " |\n";
  }
  return table;
}

}  // namespace suar
