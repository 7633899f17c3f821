#include "rank_exchange.h"

#include <string>
#include <utility>

#include <suar/error.h>

#include "append.h"
#include "rank_message.h"

namespace suar {
namespace {

void append(RankLog more, RankLog& all) {
  append(std::move(more.scalars), all.scalars);
  append(std::move(more.counts), all.counts);
}

/// How the first rank that is unlike rank 0 differs from it; empty when all are alike. Never
/// throws: the other ranks wait for the answer.
std::string find_difference(const std::vector<std::string>& gathered) noexcept {
  try {
    std::vector<std::string> first;
    for (std::size_t rank = 0; rank < gathered.size(); ++rank) {
      const std::vector<std::string> settings = decode_settings(gathered[rank]);
      if (rank == 0) first = settings;
      if (settings.size() != first.size()) throw Error("Run the same program on every rank.");
      std::string own, other;
      for (std::size_t i = 0; i < settings.size(); ++i) {
        if (settings[i] == first[i]) continue;
        own += (own.empty() ? "" : ", ") + first[i];
        other += (other.empty() ? "" : ", ") + settings[i];
      }
      if (!own.empty()) {
        return "on rank 0 they are \"" + own + "\", on rank " + std::to_string(rank) + " \"" +
               other + "\". Give every rank the same CallbackOptions.";
      }
    }
    return {};
  } catch (const std::exception& error) {
    return error.what();
  }
}

const char* const kReach = "reach the other ranks (rank 0 goes on with its own values)";

}  // namespace

RankExchange::RankExchange(std::shared_ptr<ProcessGroup> group, FailureReport& failures)
    : group_(group && group->size() > 1 ? std::move(group) : nullptr),
      failures_(failures),
      rank_(group_ ? group_->rank() : 0) {}

void RankExchange::agree(const std::vector<std::string>& settings) {
  if (!connected()) return;
  std::string difference;
  bool agreed = false;
  failures_.attempt(kReach, [&] {
    const auto gathered = group_->gather(encode(settings));
    difference = group_->broadcast(rank_ == 0 ? find_difference(gathered) : "");
    agreed = difference.empty();
  });
  if (agreed) return;
  if (!difference.empty()) {
    failures_.attempt(
        "log together with the other ranks, whose settings differ (rank 0 goes on with its own "
        "values, the others log nothing)",
        [&] { throw Error(difference); });
  }
  group_.reset();
}

RankNumbers RankExchange::meet(RankNumbers own) {
  if (!connected()) return own;
  own.logged = std::exchange(logged_, {});
  std::vector<std::string> gathered;
  bool reached = false;
  failures_.attempt(kReach, [&] {
    gathered = group_->gather(encode(own));
    reached = true;
  });
  if (!reached) group_.reset();
  // Whatever came of it, this rank stays one with whom the others can meet.
  failures_.attempt("use the values of another rank", [&] { merge_others(gathered, own); });
  append(std::exchange(own.logged, {}), writable_);
  return own;
}

void RankExchange::merge_others(const std::vector<std::string>& gathered, RankNumbers& numbers) {
  for (std::size_t rank = 1; rank < gathered.size(); ++rank) {
    const RankNumbers other = decode_rank_numbers(gathered[rank]);
    if (other.moment != numbers.moment) {
      throw Error("rank " + std::to_string(rank) + " was met at " + other.moment + ", rank 0 at " +
                  numbers.moment + ". Give every rank the same cadences, and call the same hooks.");
    }
    merge(numbers, other);
  }
}

void RankExchange::leave() {
  group_.reset();
  append(std::exchange(logged_, {}), writable_);
}

RankLog RankExchange::take_logged() {
  return std::exchange(writable_, {});
}

}  // namespace suar
