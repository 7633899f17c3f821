#include "rank_exchange.h"

#include <string>
#include <utility>

#include <suar/error.h>

#include "rank_message.h"

namespace suar {
namespace {

void append(std::vector<RankScalar> more, std::vector<RankScalar>& scalars) {
  for (RankScalar& scalar : more) scalars.push_back(std::move(scalar));
}

}  // namespace

RankExchange::RankExchange(std::shared_ptr<ProcessGroup> group, FailureReport& failures)
    : group_(group && group->size() > 1 ? std::move(group) : nullptr),
      failures_(failures),
      rank_(group_ ? group_->rank() : 0) {}

RankNumbers RankExchange::meet(RankNumbers own) {
  if (!connected()) return own;
  own.logged = std::exchange(logged_, {});
  std::vector<std::string> gathered;
  bool reached = false;
  failures_.attempt("reach the other ranks (rank 0 goes on with its own values)", [&] {
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

std::vector<RankScalar> RankExchange::take_logged() {
  return std::exchange(writable_, {});
}

}  // namespace suar
