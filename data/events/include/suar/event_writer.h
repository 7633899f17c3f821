#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include <suar/event.h>

namespace suar {

/// What `EventWriter::write` does when the queue to the writer thread is full.
enum class FullQueue {
  block,  ///< waits until there is room: nothing is lost
  drop,   ///< drops the event and counts it in `EventWriter::lost()`: the caller never waits
};

/// Settings of an `EventWriter`.
struct EventWriterOptions {
  /// An event is with the kernel at most this long after it was written. Shorter makes a live
  /// dashboard quicker and a crash cost less; longer makes fewer system calls.
  std::chrono::milliseconds flush_interval{2000};

  /// Number of events that may wait for the writer thread.
  std::size_t queue_capacity = 10000;

  FullQueue full_queue = FullQueue::block;

  /// Step of the `SessionLog START` at the head of the file: readers drop what earlier files of the
  /// same run hold at this step and later. Set it to the step at which a resumed training goes on.
  int64_t first_step = 0;

  /// Called from the writer thread when the file cannot be written, once until it can be written
  /// again. Default: one line on stderr.
  std::function<void(const std::string& message)> on_error;
};

/// Appends events to a new TensorBoard event file in a run directory, from a thread of its own.
///
/// The file is `events.out.tfevents.<seconds>.<host>.<pid>.<n>` and begins with the file version
/// and a `SessionLog START`. Only whole records are written; a kill loses at most the flush
/// interval. Use one writer a run directory: a second one's START would supersede the first one's
/// events.
///
/// A failing disk never reaches the caller: the failure is reported once, the events that could not
/// be written are counted in `lost()`, a half-written record is cut off, and writing goes on behind
/// the last whole record as soon as the file takes bytes again.
///
/// Thread-safe. The destructor writes what is queued and closes the file; it blocks until then.
class EventWriter {
 public:
  /// Creates `directory` (with its parents) and the file. Throws `suar::Error` when it cannot.
  explicit EventWriter(const std::filesystem::path& directory, EventWriterOptions options = {});
  ~EventWriter();
  EventWriter(const EventWriter&) = delete;
  EventWriter& operator=(const EventWriter&) = delete;

  /// Queues an event. Blocks only when the queue is full and the policy is `FullQueue::block`.
  void write(Event event);

  /// Blocks until everything written before this call is with the kernel: it survives a crash of
  /// this process. When the file cannot be written, blocks only until that was tried.
  void flush();

  /// Blocks until everything written before this call is on the disk: it survives a power failure.
  void sync();

  /// Number of events that were dropped from a full queue or could not be written to the file.
  uint64_t lost() const;

  /// The event file.
  const std::filesystem::path& path() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace suar
