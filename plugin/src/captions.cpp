#include "captions.h"

#include <cstdio>

#include <ATen/ATen.h>

namespace suar {

TileJudgement judge_tiles(const torch::Tensor& output, const torch::Tensor& target,
                          NumberTransfer& transfer) {
  const at::NoGradGuard no_grad;
  const auto probabilities = output.detach().to(at::kFloat).softmax(1);
  const auto [probability, predicted] = probabilities.max(1);
  TileJudgement judgement;
  judgement.samples = static_cast<std::size_t>(target.size(0));
  judgement.predicted = transfer.add(predicted);
  judgement.probability = transfer.add(probability);
  judgement.actual = transfer.add(target);
  return judgement;
}

std::vector<TileCaption> make_captions(const TileJudgement& judgement,
                                       const NumberTransfer& transfer,
                                       const std::vector<std::string>& class_names) {
  const auto name = [&](double number) {
    const auto index = static_cast<int64_t>(number);
    return index >= 0 && static_cast<std::size_t>(index) < class_names.size()
               ? class_names[static_cast<std::size_t>(index)]
               : std::to_string(index);
  };
  std::vector<TileCaption> captions;
  for (std::size_t i = 0; i < judgement.samples; ++i) {
    captions.push_back({name(transfer.at(judgement.predicted)[i]),
                        name(transfer.at(judgement.actual)[i]),
                        static_cast<float>(transfer.at(judgement.probability)[i])});
  }
  return captions;
}

std::string caption_table(const std::vector<TileCaption>& captions) {
  std::string table = "| tile | predicted | probability | true | |\n|---|---|---|---|---|\n";
  int tile = 0;
  for (const TileCaption& caption : captions) {
    char percent[16];
    std::snprintf(percent, sizeof percent, "%.0f %%", 100 * double{caption.probability});
    table += "| " + std::to_string(++tile) + " | " + caption.predicted + " | " + percent + " | " +
             caption.actual + " | " + (caption.predicted == caption.actual ? "" : "wrong") + " |\n";
  }
  return table;
}

}  // namespace suar
