#include "product_cost.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace suar::graph_export {
namespace {

/// A letter, or a dimension of "..." counted from its end: -1, -2, ...
using Label = int;
using Labels = std::set<Label>;
using Sizes = std::map<Label, int64_t>;

/// The labels of one operand or of the result, in order; `rank` tells how many "..." stands for.
std::vector<Label> labels_of(std::string_view part, std::size_t rank) {
  const auto letters = static_cast<std::size_t>(
      std::count_if(part.begin(), part.end(), [](char c) { return c != ' ' && c != '.'; }));
  const std::size_t others = rank < letters ? 0 : rank - letters;
  std::vector<Label> labels;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part[i] == '.') {
      for (std::size_t j = others; j > 0; --j) labels.push_back(-static_cast<Label>(j));
      i += 2;
    } else if (part[i] != ' ') {
      labels.push_back(part[i]);
    }
  }
  return labels;
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t comma = text.find(','); comma != std::string_view::npos;
       comma = text.find(',')) {
    parts.push_back(text.substr(0, comma));
    text.remove_prefix(comma + 1);
  }
  parts.push_back(text);
  return parts;
}

int64_t elements_of(const Labels& labels, const Sizes& sizes) {
  int64_t elements = 1;
  for (const Label label : labels) elements *= sizes.at(label);
  return elements;
}

/// Sums over the labels that are not needed any more; costs an addition for each element.
Labels sum_out(const Labels& labels, const Labels& needed, const Sizes& sizes, int64_t& flops) {
  Labels left;
  std::set_intersection(labels.begin(), labels.end(), needed.begin(), needed.end(),
                        std::inserter(left, left.end()));
  if (left.size() != labels.size()) flops += elements_of(labels, sizes);
  return left;
}

}  // namespace

OperationCost einsum_cost(const CostedOperation& operation) {
  const auto equation = operation.constant("equation");
  if (!equation || !std::holds_alternative<std::string>(*equation)) throw UnknownShape();
  const std::string_view text = std::get<std::string>(*equation);
  const auto arrow = text.find("->");
  const std::vector<std::string_view> parts = split(text.substr(0, arrow));
  const std::vector<GraphShape> shapes = operation.tensors_from(1);
  if (parts.size() != shapes.size()) throw UnknownShape();
  if (shapes.size() > 2 && operation.constant("path")) throw UnknownShape();  // another order

  Sizes sizes;
  std::map<Label, int> counts;
  std::vector<Labels> operands;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::vector<Label> labels = labels_of(parts[i], shapes[i].size());
    if (labels.size() != shapes[i].size()) throw UnknownShape();
    for (std::size_t j = 0; j < labels.size(); ++j) {
      int64_t& size = sizes.emplace(labels[j], 1).first->second;
      size = std::max(size, CostedOperation::count({shapes[i][j]}));
      ++counts[labels[j]];
    }
    operands.emplace_back(labels.begin(), labels.end());
  }
  Labels result;
  for (const auto& [label, count] : counts) {
    const char name = label < 0 ? '.' : static_cast<char>(label);
    const bool is_kept = arrow == std::string_view::npos
                             ? label < 0 || count == 1
                             : text.find(name, arrow + 2) != std::string_view::npos;
    if (is_kept) result.insert(label);
  }

  OperationCost cost;
  Labels left = operands.front();
  for (std::size_t i = 1; i < operands.size(); ++i) {
    Labels needed_later = result;
    for (std::size_t j = i + 1; j < operands.size(); ++j) {
      needed_later.insert(operands[j].begin(), operands[j].end());
    }
    Labels needed = needed_later;
    needed.insert(operands[i].begin(), operands[i].end());
    left = sum_out(left, needed, sizes, cost.flops);
    needed = needed_later;
    needed.insert(left.begin(), left.end());
    const Labels right = sum_out(operands[i], needed, sizes, cost.flops);
    left.insert(right.begin(), right.end());
    cost = cost + multiply_adds(elements_of(left, sizes));
    Labels product;
    std::set_intersection(left.begin(), left.end(), needed_later.begin(), needed_later.end(),
                          std::inserter(product, product.end()));
    left = std::move(product);
  }
  sum_out(left, result, sizes, cost.flops);  // of a single operand
  return cost;
}

OperationCost product_chain_cost(const CostedOperation& operation) {
  const std::vector<GraphShape> factors = operation.tensors_from(0);
  if (factors.size() < 2) throw UnknownShape();
  std::vector<int64_t> sizes;  // factor i has sizes[i] rows and sizes[i + 1] columns
  for (const GraphShape& factor : factors) {
    if (factor.empty() || factor.size() > 2) throw UnknownShape();
    const bool is_first_vector = sizes.empty() && factor.size() == 1;
    if (sizes.empty()) sizes.push_back(is_first_vector ? 1 : factor.front());
    const bool is_last_vector = !is_first_vector && factor.size() == 1;
    sizes.push_back(is_last_vector ? 1 : factor.back());
  }
  CostedOperation::count(sizes);  // all of them are known
  // cheapest[i][j]: the product of the factors from i to j
  const std::size_t n = factors.size();
  std::vector<std::vector<int64_t>> cheapest(n, std::vector<int64_t>(n, 0));
  for (std::size_t length = 2; length <= n; ++length) {
    for (std::size_t i = 0; i + length <= n; ++i) {
      const std::size_t j = i + length - 1;
      cheapest[i][j] = std::numeric_limits<int64_t>::max();
      for (std::size_t k = i; k < j; ++k) {
        cheapest[i][j] = std::min(cheapest[i][j], cheapest[i][k] + cheapest[k + 1][j] +
                                                      sizes[i] * sizes[k + 1] * sizes[j + 1]);
      }
    }
  }
  return multiply_adds(cheapest[0][n - 1]);
}

}  // namespace suar::graph_export
