#include "confusion_matrix.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <ATen/ATen.h>

#include "accuracy.h"
#include "class_names.h"
#include "image_grid.h"

namespace suar {
namespace {

constexpr int64_t kMaxClasses = 100;
constexpr int64_t kSize = 320;                           // pixels, about
constexpr int64_t kMinCell = 4;                          // pixels
const std::vector<float> kFull = {0.05f, 0.20f, 0.45f};  // colour of a whole row in one cell

torch::Tensor draw(const torch::Tensor& matrix) {
  const int64_t cell = std::max(kMinCell, kSize / matrix.size(0));
  const auto shares = matrix.to(at::kFloat) / matrix.sum(1, /*keepdim=*/true).clamp_min(1);
  std::vector<torch::Tensor> channels;
  for (const float full : kFull) channels.push_back(1 - shares * (1 - full));
  const auto pixels = to_bytes(at::stack(channels), PixelRange());
  return pixels.repeat_interleave(cell, 1).repeat_interleave(cell, 2);
}

std::string make_table(const torch::Tensor& matrix, const std::vector<std::string>& class_names) {
  const int64_t classes = matrix.size(0);
  const auto name = [&](int64_t index) { return table_cell(class_name(index, class_names)); };
  std::string head = "| true \\ predicted |", rule = "|---|";
  for (int64_t column = 0; column < classes; ++column) {
    head.append(" ").append(name(column)).append(" |");
    rule += "---|";
  }
  std::string table = head + "\n" + rule + "\n";
  const auto* counts = matrix.data_ptr<int64_t>();
  for (int64_t row = 0; row < classes; ++row) {
    table.append("| ").append(name(row)).append(" |");
    for (int64_t column = 0; column < classes; ++column) {
      table.append(" ").append(std::to_string(*counts++)).append(" |");
    }
    table += "\n";
  }
  return table;
}

}  // namespace

void ConfusionMatrix::count(const torch::Tensor& output, const torch::Tensor& target) {
  const at::NoGradGuard no_grad;
  const int64_t classes = output.size(1);
  if (classes > kMaxClasses) return;
  if (!counts_.defined() || counts_.size(0) != classes || counts_.device() != output.device()) {
    counts_ = at::zeros({classes, classes}, output.options().dtype(at::kLong));
  }
  if (are_rows_in_memory(output, target)) {
    const float* scores = output.data_ptr<float>();
    const auto* actual = target.data_ptr<int64_t>();
    auto* counts = counts_.data_ptr<int64_t>();
    for (int64_t row = 0; row < output.size(0); ++row) {
      if (!is_judged(actual[row], classes)) continue;
      ++counts[actual[row] * classes + find_greatest(scores + row * classes, classes)];
    }
    return;
  }
  const auto predicted = output.detach().argmax(1).flatten();
  const auto actual = target.detach().flatten();
  const auto counted = are_judged(actual, classes);
  const auto cells = (actual * classes + predicted).clamp(0, classes * classes - 1);
  counts_.view({-1}).scatter_add_(0, cells, counted.to(at::kLong));
}

ConfusionMatrix::Measured ConfusionMatrix::measure(NumberTransfer& transfer) {
  const torch::Tensor counts = std::exchange(counts_, {});
  if (!counts.defined()) return {};
  return {static_cast<std::size_t>(counts.numel()), transfer.add(counts)};
}

RankCounts ConfusionMatrix::take(const Measured& measured, const NumberTransfer& transfer,
                                 int64_t step) const {
  const double* counts = transfer.at(measured.counts);
  return {tag_, step, {counts, counts + measured.cells}};
}

void record_confusion(const RankCounts& counts, const std::vector<std::string>& class_names,
                      SummaryWriter& writer) {
  const at::NoGradGuard no_grad;
  const auto classes = std::lround(std::sqrt(static_cast<double>(counts.counts.size())));
  const auto matrix =
      at::tensor(counts.counts, at::kDouble).reshape({classes, classes}).to(at::kLong);
  writer.add_image(counts.tag, draw(matrix), counts.step,
                   "Rows are true classes, columns what the model took them for; darker is a "
                   "greater share of the row. The counts are in " +
                       counts.tag + "/counts.");
  writer.add_text(counts.tag + "/counts", make_table(matrix, class_names), counts.step);
}

}  // namespace suar
