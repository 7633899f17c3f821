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
  const auto name = [&](double number) {
    return class_name(static_cast<int64_t>(number), class_names);
  };
  std::vector<TileCaption> captions;
  for (std::size_t i = 0; i < judgement.samples; ++i) {
    captions.push_back({name(transfer.at(judgement.predicted)[i]),
                        name(transfer.at(judgement.actual)[i]),
                        static_cast<float>(transfer.at(judgement.probability)[i])});
  }
  return captions;
}

std::vector<bool> find_wrong(const TileJudgement& judgement, const NumberTransfer& transfer) {
  const double* predicted = transfer.at(judgement.predicted);
  const double* actual = transfer.at(judgement.actual);
  std::vector<bool> wrong;
  for (std::size_t i = 0; i < judgement.samples; ++i) {
    wrong.push_back(is_judged(static_cast<int64_t>(actual[i]), judgement.classes) &&
                    predicted[i] != actual[i]);
  }
  return wrong;
}

std::string caption_table(const std::vector<TileCaption>& captions,
                          const std::vector<bool>& wrong) {
  std::string table = "| tile | predicted | probability | true | |\n|---|---|---|---|---|\n";
  for (std::size_t tile = 0; tile < captions.size(); ++tile) {
    const TileCaption& caption = captions[tile];
    char percent[16] = "unknown";
    if (std::isfinite(caption.probability)) {
      std::snprintf(percent, sizeof percent, "%.0f %%", 100 * double{caption.probability});
    }
    table += "| " + std::to_string(tile + 1) + " | " + table_cell(caption.predicted) + " | " +
             percent + " | " + table_cell(caption.actual) + " | " + (wrong[tile] ? "wrong" : "") +
             " |\n";
  }
  return table;
}

}  // namespace suar
