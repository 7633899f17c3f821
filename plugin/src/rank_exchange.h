#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <suar/process_group.h>

#include "failure_report.h"
#include "rank_numbers.h"

namespace suar {

/// Brings what the ranks of a distributed training took to rank 0, which writes it. The process of
/// any other training is a rank 0 without others.
///
/// When a rank cannot be reached (it died, and the group noticed or waited for its timeout), each
/// of the others reports that once and leaves the group alone from then on: rank 0 goes on with its
/// own numbers.
class RankExchange {
 public:
  /// `group` may be null.
  RankExchange(std::shared_ptr<ProcessGroup> group, FailureReport& failures);

  /// Whether this rank writes the run.
  bool writes() const { return rank_ == 0; }

  /// Whether somebody wants this rank's numbers.
  bool takes_part() const { return writes() || connected(); }

  /// Whether there are others with which to meet.
  bool connected() const { return group_ != nullptr; }

  /// Before ranks meet for the first time: each calls this, with what must be alike on all of them.
  /// Where it is not, each reports what differs and meets the others no more, since sooner or later
  /// one would wait for another in vain. Waits for the slowest.
  void agree(const std::vector<std::string>& settings);

  /// Keeps what not all ranks need log until they meet.
  void log(RankScalar scalar) { logged_.scalars.push_back(std::move(scalar)); }
  void log(RankCounts counts) { logged_.counts.push_back(std::move(counts)); }

  /// Ranks meet: each calls this at the same moment of the training. Returns, on rank 0, the
  /// numbers of all; else, and where the others cannot be reached, one's own. Waits for the
  /// slowest.
  RankNumbers meet(RankNumbers own);

  /// Ranks will not meet again.
  void leave();

  /// What was logged and is to be written by this rank.
  RankLog take_logged();

 private:
  void merge_others(const std::vector<std::string>& gathered, RankNumbers& numbers);

  std::shared_ptr<ProcessGroup> group_;  ///< null when there is nobody to meet
  FailureReport& failures_;
  const int rank_;
  RankLog logged_;    ///< since ranks met
  RankLog writable_;  ///< what they met about; after `leave`, what they did not
};

}  // namespace suar
