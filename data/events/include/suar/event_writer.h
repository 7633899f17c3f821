#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

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
  /// dashboard quicker and a crash cost less; longer makes fewer system calls. From 0, which writes
  /// each event at once, to a day; what is beyond counts as that. A disk that fails is tried again
  /// ten times a second at most.
  std::chrono::milliseconds flush_interval{2000};

  /// Number of events that may wait for the writer thread, rounded up to a power of two.
  std::size_t queue_capacity = 10000;

  /// Bytes of the events that may wait for the writer thread, those of `add_scalar` aside: with
  /// more the queue is full. An event that is larger waits alone.
  std::size_t queue_bytes = std::size_t{256} << 20;

  FullQueue full_queue = FullQueue::block;

  /// The step at which a resumed training goes on: the file begins with two `SessionLog START` at
  /// it (one reader of TensorBoard ignores the first of a run, and the run may have none yet), and
  /// readers drop what earlier files of the same run hold, under all tags, at this step and
  /// later. Default: none, nothing that was logged is superseded. A training that logs its steps
  /// anew without it shows its latest pass here, but both in one of TensorBoard's readers.
  std::optional<int64_t> purge_step;

  /// Called from the writer thread when the file cannot be written, once until it can be written
  /// again, and when it was deleted. Must neither throw nor call the writer. May end the program by
  /// exit(): what is queued is lost then. Default: one line on stderr.
  std::function<void(const std::string& message)> on_error;
};

/// Appends events to a new TensorBoard event file in a run directory, from a thread of its own.
///
/// The file is `events.out.tfevents.<seconds>.<host>.<pid>.<n>`; its name sorts behind those of the
/// files that are there. It begins with the file version and, where it is the first of its run, a
/// `SessionLog START`, with `purge_step` two. Only whole records are written; a kill loses at
/// most the flush interval. A second writer in a run directory writes a file of its own, which adds
/// to the first one's. Steps and times are recorded as they are given, also when they go back.
///
/// A failing disk never reaches the caller: the failure is reported once, the events that could not
/// be written are counted in `lost()`, a half-written record is cut off, and writing goes on behind
/// the last whole record as soon as the file takes bytes again. When the file or its directory was
/// deleted, a new one is begun for what is written from then on; a renamed one is written on.
///
/// In a child of fork() the writer of the parent is dead: calls return at once and count what they
/// are given as lost, and nothing reaches the parent's file. The child can have its own.
///
/// Thread-safe. The destructor writes what is queued and closes the file; it blocks until then.
/// What is queued is written at exit(), too, which destroys no writer but static ones; not where
/// `on_error` calls it.
class EventWriter {
  class Impl;

 public:
  /// Writes the scalars of one tag, without looking the tag up: see `EventWriter::scalar`. Can be
  /// copied; must not be used after its writer is gone. Thread-safe.
  class Scalar {
   public:
    /// As `EventWriter::add_scalar`.
    void add(double value, int64_t step);

   private:
    friend class EventWriter;
    Scalar(Impl* writer, const std::string* tag) : writer_(writer), tag_(tag) {}
    Impl* writer_;
    const std::string* tag_;
  };

  /// Creates `directory` (with its parents) and the file, and starts the thread, which handles no
  /// signals. Throws `suar::Error` when it cannot.
  explicit EventWriter(const std::filesystem::path& directory, EventWriterOptions options = {});
  ~EventWriter();
  EventWriter(const EventWriter&) = delete;
  EventWriter& operator=(const EventWriter&) = delete;

  /// Queues one scalar with the time of now, true to a microsecond (when the clock is set before it
  /// is written, that counts). Costs tens of nanoseconds, by a handle less than reading the clock:
  /// that is left to the writer thread where the system keeps its time by the processor's counter.
  /// Allocates nothing (but at the first use of a tag, which is kept as long as the writer), takes
  /// no lock (but to wake the writer thread: once in a flush interval or in half a queue) and
  /// blocks as `write` does. The value is recorded as a 32-bit float; it may be NaN or infinite.
  /// What of the tag is not UTF-8 is written as U+FFFD, so that such tags may become the same.
  void add_scalar(std::string_view tag, double value, int64_t step);

  /// `auto loss = writer.scalar("Loss/train"); loss.add(value, step);` is the quicker form of
  /// `add_scalar`.
  Scalar scalar(std::string_view tag);

  /// Queues an event. Blocks only when the queue is full and the policy is `FullQueue::block`.
  void write(Event event);

  /// Blocks until everything written before this call is with the kernel: it survives a crash of
  /// this process. When the file cannot be written, blocks only until that was tried, and returns
  /// false: events wait for the disk. Those that do not even wait are counted in `lost()`.
  bool flush();

  /// Blocks until everything written before this call is on the disk, and the names of the file and
  /// of its directories: it survives a power failure. Returns false when that failed, and from then
  /// on for as long as the file is the same: which bytes did not reach the disk is not known any
  /// more.
  bool sync();

  /// Number of events that were dropped from a full queue or could not be written to the file.
  /// Those that wait for a failing disk are not lost yet: `flush()` tells of them.
  uint64_t lost() const;

  /// The event file; another one after it was deleted.
  std::filesystem::path path() const;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace suar
