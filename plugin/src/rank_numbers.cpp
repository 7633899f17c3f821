#include "rank_numbers.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

namespace suar {
namespace {

void merge(RankScalar& scalar, const RankScalar& more) {
  const double weight = scalar.weight + more.weight;
  switch (scalar.across) {
    case Across::mean:
      scalar.value = (scalar.value * scalar.weight + more.value * more.weight) / weight;
      break;
    case Across::root_mean_square:
      scalar.value = std::hypot(scalar.value * std::sqrt(scalar.weight / weight),
                                more.value * std::sqrt(more.weight / weight));
      break;
    case Across::sum:
      scalar.value += more.value;
      break;
  }
  scalar.weight = weight;
}

void merge(RankCounts& counts, const RankCounts& more) {
  counts.counts.resize(std::max(counts.counts.size(), more.counts.size()));
  for (std::size_t i = 0; i < more.counts.size(); ++i) counts.counts[i] += more.counts[i];
}

/// Merges each with the one of its tag and step.
template <class Logged>
void merge(std::vector<Logged>& all, const std::vector<Logged>& more) {
  std::multimap<std::pair<int64_t, std::string>, std::size_t> places;  // equal ones in their order
  for (std::size_t i = 0; i < all.size(); ++i) {
    places.emplace(std::pair(all[i].step, all[i].tag), i);
  }
  for (const Logged& logged : more) {
    const auto key = std::pair(logged.step, logged.tag);
    const auto place = places.lower_bound(key);
    if (place == places.end() || place->first != key) {
      all.push_back(logged);
    } else {
      merge(all[place->second], logged);
      places.erase(place);
    }
  }
}

void merge(GradientNumbers& gradient, const GradientNumbers& more) {
  if (more.ranks == 0) return;
  if (gradient.ranks == 0) {
    gradient = more;
    return;
  }
  gradient.ranks += more.ranks;
  suar::merge(gradient.numbers, more.numbers);
  gradient.dead_units = std::min(gradient.dead_units, more.dead_units);
}

void merge(std::optional<NumberStatistics>& numbers, const std::optional<NumberStatistics>& more) {
  if (!more) return;
  if (numbers) {
    suar::merge(*numbers, *more);
  } else {
    numbers = more;
  }
}

}  // namespace

void merge(RankNumbers& numbers, const RankNumbers& more) {
  merge(numbers.scalars, more.scalars);
  merge(numbers.logged.scalars, more.logged.scalars);
  merge(numbers.logged.counts, more.logged.counts);
  if (numbers.gradients.size() < more.gradients.size()) {
    numbers.gradients.resize(more.gradients.size());
  }
  for (std::size_t i = 0; i < more.gradients.size(); ++i) {
    merge(numbers.gradients[i], more.gradients[i]);
  }
  for (const ActivationNumbers& activation : more.activations) {
    const auto same_name =
        std::find_if(numbers.activations.begin(), numbers.activations.end(),
                     [&](const auto& other) { return other.name == activation.name; });
    if (same_name == numbers.activations.end()) {
      numbers.activations.push_back(activation);
    } else {
      merge(same_name->values, activation.values);
      merge(same_name->gradient, activation.gradient);
    }
  }
}

}  // namespace suar
