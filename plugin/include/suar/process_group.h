#pragma once

#include <string>
#include <vector>

namespace suar {

/// The processes that train a model together, each on its own part of the data, as far as logging
/// needs them: see `CallbackOptions::process_group`. For the groups of LibTorch (Gloo, NCCL, MPI,
/// ...) there is c10d_process_group.h; implement it for something else.
///
///     std::vector<std::string> MpiGroup::gather(const std::string& bytes) {
///       ...MPI_Gather of the sizes, MPI_Gatherv of the bytes, both to rank 0...
///     }
///     std::string MpiGroup::broadcast(const std::string& bytes) {
///       ...MPI_Bcast of the size, MPI_Bcast of the bytes, both from rank 0...
///     }
class ProcessGroup {
 public:
  virtual ~ProcessGroup() = default;

  /// The number of this process, from 0 to `size() - 1`.
  virtual int rank() const = 0;

  /// How many processes there are, at least 1.
  virtual int size() const = 0;

  /// Called by every rank at the same point of the training, by the thread that trains. Returns on
  /// rank 0 what each rank gave, in the order of the ranks, and nothing on the others. Blocks for
  /// the slowest rank, and where one does not answer, as long as the group's timeout says; then it
  /// throws.
  virtual std::vector<std::string> gather(const std::string& bytes) = 0;

  /// Called likewise. Returns on every rank what rank 0 gave; what others give is not looked at.
  virtual std::string broadcast(const std::string& bytes) = 0;
};

}  // namespace suar
