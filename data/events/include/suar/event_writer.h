#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
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
  /// dashboard quicker and a crash cost less; longer makes fewer system calls.
  std::chrono::milliseconds flush_interval{2000};

  /// Number of events that may wait for the writer thread, rounded up to a power of two.
  std::size_t queue_capacity = 10000;

  FullQueue full_queue = FullQueue::block;

  /// Step of the `SessionLog START` at the head of the file: readers drop what earlier files of the
  /// same run hold at this step and later. 0 is for a new training; set it to the step at which a
  /// resumed one goes on.
  int64_t purge_step = 0;

  /// Called from the writer thread when the file cannot be written, once until it can be written
  /// again, and when it was deleted. Must neither throw nor call the
  /// writer. Default: one line on stderr.
  std::function<void(const std::string& message)> on_error;
};

/// Appends events to a new TensorBoard event file in a run directory, from a thread of its own.
///
/// The file is `events.out.tfevents.<seconds>.<host>.<pid>.<n>` and begins with the file version
/// and a `SessionLog START`; its name sorts behind those of the files that are there. Only whole
/// records are written; a kill loses at most the flush interval. Use one writer a run directory: a
/// second one writes a file of its own, but its START supersedes the first one's events. Steps and
/// times are recorded as they are given, also when they go back.
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

  /// Creates `directory` (with its parents) and the file. Throws `suar::Error` when it cannot.
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
  /// The tag may hold any bytes.
  void add_scalar(std::string_view tag, double value, int64_t step);

  /// `auto loss = writer.scalar("Loss/train"); loss.add(value, step);` is the quicker form of
  /// `add_scalar`.
  Scalar scalar(std::string_view tag);

  /// Queues an event. Blocks only when the queue is full and the policy is `FullQueue::block`.
  void write(Event event);

  /// Blocks until everything written before this call is with the kernel: it survives a crash of
  /// this process. When the file cannot be written, blocks only until that was tried.
  void flush();

  /// Blocks until everything written before this call is on the disk: it survives a power failure.
  void sync();

  /// Number of events that were dropped from a full queue or could not be written to the file.
  uint64_t lost() const;

  /// The event file; another one after it was deleted.
  std::filesystem::path path() const;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace suar
