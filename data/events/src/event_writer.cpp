#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include <signal.h>

#include <suar/at_exit.h>
#include <suar/error.h>
#include <suar/event_writer.h>

#include "event_file.h"
#include "event_queue.h"
#include "event_size.h"
#include "fork_count.h"
#include "tag_table.h"
#include "tick_clock.h"

namespace suar {
namespace {

using Clock = std::chrono::steady_clock;

/// Bytes that are gathered before the kernel is called, when no flush asks for them earlier.
constexpr std::size_t kBatchSize = std::size_t{64} << 10;

/// At least so long a disk that fails is left alone.
constexpr std::chrono::milliseconds kRetryInterval{100};

/// Longer ones could not be added to the time of now.
constexpr std::chrono::milliseconds kLongestInterval = std::chrono::hours(24);

/// For the present thread and those that it starts meanwhile: the handlers of the program run on
/// its own threads, and a write beyond the limit on the size of files fails instead of ending the
/// program with SIGXFSZ.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_;
};

void print_error(const std::string& message) {
  std::fprintf(stderr, "suar: %s\n", message.c_str());
}

}  // namespace

class EventWriter::Impl {
 public:
  Impl(const std::filesystem::path& directory, EventWriterOptions options)
      : options_(std::move(options)),
        flush_interval_(
            std::clamp(options_.flush_interval, std::chrono::milliseconds(0), kLongestInterval)),
        on_error_(options_.on_error ? options_.on_error : print_error),
        file_(directory, options_.purge_step, on_error_),
        queue_(options_.queue_capacity),
        half_mask_(queue_.capacity() / 2 - 1),
        path_(file_.path()) {
    ForkCount::watch();
    fork_count_ = ForkCount::now();
    file_.flush();
    start_thread();
    at_exit_.emplace([this](const ProgramEnd& end) { flush_at_exit(end); });
  }

  ~Impl() {
    at_exit_.reset();
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      closing_ = true;
    }
    work_.notify_one();
    thread_.join();
  }

  /// True in a child of the process that made the writer: there is no thread, and the locks may be
  /// held for ever.
  bool belongs_to_parent() const { return ForkCount::now() != fork_count_; }

  /// True on the thread that writes: in an error handler, or what that calls.
  bool is_on_own_thread() const { return std::this_thread::get_id() == thread_.get_id(); }

  void write(Event event) {
    if (belongs_to_parent()) return count_dropped();
    const std::size_t size = size_in_memory(event);
    std::size_t queued;
    if (!try_reserve(size, queued)) {
      if (options_.full_queue == FullQueue::drop) return count_dropped();
      wait_for_room([&] { return try_reserve(size, queued); });
    }
    auto owned = std::make_unique<Event>(std::move(event));
    const bool pushed = push([&](QueuedEvent& queued) {
      queued.tag = nullptr;
      queued.event = owned.release();
    });
    const std::size_t half = options_.queue_bytes / 2;
    if (!pushed) {
      queued_bytes_ -= size;
    } else if (queued < half && queued + size >= half) {
      wake();
    }
  }

  void add_scalar(std::string_view tag, double value, int64_t step) {
    if (belongs_to_parent()) {
      count_dropped();
    } else {
      add_scalar(tags_.intern(tag), value, step);
    }
  }

  void add_scalar(const std::string* tag, double value, int64_t step) {
    const int64_t ticks = clock_.ticks();
    push([=](QueuedEvent& queued) {
      queued.tag = tag;
      queued.step = step;
      queued.ticks = ticks;
      queued.value = static_cast<float>(value);
    });
  }

  const std::string* intern(std::string_view tag) {
    return belongs_to_parent() ? nullptr : tags_.intern(tag);
  }

  bool flush(bool to_disk) {
    if (belongs_to_parent()) return false;
    std::unique_lock<std::mutex> lock(mutex_);
    const uint64_t flush = ++flushes_wanted_;
    sync_wanted_ = sync_wanted_ || to_disk;
    work_.notify_one();
    done_.wait(lock, [&] { return flushes_done_ >= flush; });
    return (to_disk ? flushes_on_disk_ : flushes_written_) >= flush;
  }

  uint64_t lost() const { return dropped_ + lost_; }

  std::filesystem::path path() const {
    if (belongs_to_parent()) return path_;
    const std::lock_guard<std::mutex> lock(mutex_);
    return path_;
  }

 private:
  /// False when the event was dropped.
  template <class Fill>
  bool push(Fill&& fill) {
    uint64_t position;
    if (belongs_to_parent()) {
      count_dropped();
      return false;
    }
    if (!queue_.try_push(fill, position)) return push_to_full_queue(fill);
    if (idle_.load(std::memory_order_seq_cst) || is_half_full_at(position)) wake();
    return true;
  }

  template <class Fill>
  bool push_to_full_queue(Fill&& fill) {
    if (options_.full_queue == FullQueue::drop) {
      count_dropped();
      return false;
    }
    uint64_t position;
    wait_for_room([&] { return queue_.try_push(fill, position); });
    return true;
  }

  template <class Try>
  void wait_for_room(Try&& attempt) {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!attempt()) {
      wanted_now_ = true;
      work_.notify_one();
      room_.wait(lock);  // notified under the lock after room was made: none is missed
    }
  }

  /// Takes so many of the bytes that may wait, besides those that are `queued`; false when they are
  /// not there.
  bool try_reserve(std::size_t size, std::size_t& queued) {
    queued = queued_bytes_;
    do {
      if (queued > 0 && queued + size > options_.queue_bytes) return false;
    } while (!queued_bytes_.compare_exchange_weak(queued, queued + size));
    return true;
  }

  /// The thread sleeps through further events once it knows of one, for it wakes by its deadline.
  /// But it should begin before the queue is full.
  bool is_half_full_at(uint64_t position) const { return (position & half_mask_) == 0; }

  void wake() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      // Of an idle thread it is enough that it learns of the first event.
      if (!idle_.exchange(false)) wanted_now_ = true;
    }
    work_.notify_one();
  }

  void count_dropped() { dropped_.fetch_add(1, std::memory_order_relaxed); }

  void start_thread() {
    const BlockedSignals blocked;
    try {
      thread_ = std::thread([this] { run(); });
    } catch (const std::system_error& error) {
      std::error_code ignored;
      std::filesystem::remove(path_, ignored);
      throw Error("cannot start the thread that writes " + path_.string() + ": " +
                  error.code().message() + ". Allow this process more threads or memory.");
    }
  }

  /// What waits is written when the program ends without destroying the writer, unless its own
  /// thread ends it, in an error handler.
  void flush_at_exit(const ProgramEnd& end) {
    if (end.thread != thread_.get_id()) flush(/*to_disk=*/false);
  }

  void run() {
    Clock::time_point deadline = Clock::time_point::max();  // of the oldest event not yet flushed
    std::unique_lock<std::mutex> lock(mutex_);
    while (true) {
      const auto must_act = [this] {
        return closing_ || wanted_now_ || flushes_wanted_ != flushes_done_;
      };
      if (deadline == Clock::time_point::max()) {
        // First idle, then a look at the queue; a caller does the two in the other order. So one of
        // them notices the other.
        idle_ = true;
        if (queue_.pushed() != queue_.popped()) idle_ = false;
        work_.wait(lock, [&] { return !idle_ || must_act(); });
        idle_ = false;
        deadline = Clock::now() + flush_interval_;
      }
      // Events gather until the deadline: one wake-up and one system call for many of them.
      work_.wait_until(lock, deadline, must_act);

      const bool closing = closing_;
      const bool sync = std::exchange(sync_wanted_, false);
      const uint64_t flushes = flushes_wanted_;
      const bool due = closing || flushes != flushes_done_ || Clock::now() >= deadline;
      wanted_now_ = false;
      lock.unlock();

      write_queued();
      bool written = false;
      if (due) {
        written = file_.flush();
        deadline = file_.buffered_events() == 0
                       ? Clock::time_point::max()
                       : Clock::now() + std::max(flush_interval_, kRetryInterval);
      }
      const bool synced = sync && file_.sync();
      lost_ = file_.lost_events();

      lock.lock();
      path_ = file_.path();
      flushes_done_ = flushes;
      if (written) flushes_written_ = flushes;
      if (written && synced) flushes_on_disk_ = flushes;
      done_.notify_all();
      if (closing) break;
    }
    const uint64_t unwritten = file_.lost_events() + file_.buffered_events();
    if (unwritten > 0) {
      on_error_(std::to_string(unwritten) + " events could not be written to " +
                file_.path().string() + " and are lost.");
    }
  }

  /// Writes what was queued before this call.
  void write_queued() {
    const uint64_t end = queue_.pushed();
    const bool is_empty = end == queue_.popped();
    if (!is_empty || file_.buffered_events() > 0) file_.replace_if_deleted();
    if (is_empty) return;
    clock_.observe();
    bool writable = true;
    while (queue_.popped() != end) {
      if (!queue_.try_pop([this](QueuedEvent& queued) { append(queued); })) {
        // The system has interrupted a caller between taking its place and filling it.
        std::this_thread::sleep_for(std::chrono::microseconds(100));
      }
      if (writable && file_.buffered_bytes() >= kBatchSize) writable = file_.flush();
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    room_.notify_all();
  }

  void append(QueuedEvent& queued) {
    if (queued.tag == nullptr) {
      const std::unique_ptr<Event> event(queued.event);
      file_.append(*event);
      queued_bytes_ -= size_in_memory(*event);
    } else {
      const double seconds = static_cast<double>(clock_.nanoseconds(queued.ticks)) / 1e9;
      file_.append_scalar(seconds, queued.step, *queued.tag, queued.value);
    }
  }

  const EventWriterOptions options_;
  const std::chrono::milliseconds flush_interval_;
  const std::function<void(const std::string&)> on_error_;
  uint64_t fork_count_ = 0;
  EventFile file_;   // of the writer thread, and of the constructor before it
  TickClock clock_;  // but for its ticks, of the writer thread
  TagTable tags_;
  EventQueue queue_;
  const uint64_t half_mask_;  // half of the queue's capacity, a power of two, less one
  std::atomic<std::size_t> queued_bytes_{0};  // of the events in the queue
  std::atomic<uint64_t> dropped_{0};
  std::atomic<uint64_t> lost_{0};
  std::atomic<bool> idle_{false};  // the thread sleeps without a deadline; cleared under the mutex

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable work_, room_, done_;
  std::filesystem::path path_;
  uint64_t flushes_wanted_ = 0;   // calls of flush() and sync()
  uint64_t flushes_done_ = 0;     // how many of them have been served
  uint64_t flushes_written_ = 0;  // the last of them that left nothing to be written
  uint64_t flushes_on_disk_ = 0;  // the last sync() that succeeded
  bool wanted_now_ = false;       // the thread is to take the events before its deadline
  bool sync_wanted_ = false;
  bool closing_ = false;

  std::thread thread_;  // it uses all of the above
  std::optional<AtExit> at_exit_;
};

EventWriter::EventWriter(const std::filesystem::path& directory, EventWriterOptions options)
    : impl_(std::make_unique<Impl>(directory, std::move(options))) {}

EventWriter::~EventWriter() {
  // What belongs to a parent cannot be taken down: its thread and those that wait are not here. Nor
  // can a static writer be by its own thread, whose error handler calls exit(): it would wait for
  // itself.
  if (impl_->belongs_to_parent() || impl_->is_on_own_thread()) {
    static_cast<void>(impl_.release());
  }
}

void EventWriter::write(Event event) {
  impl_->write(std::move(event));
}

void EventWriter::add_scalar(std::string_view tag, double value, int64_t step) {
  impl_->add_scalar(tag, value, step);
}

EventWriter::Scalar EventWriter::scalar(std::string_view tag) {
  return {impl_.get(), impl_->intern(tag)};
}

void EventWriter::Scalar::add(double value, int64_t step) {
  writer_->add_scalar(tag_, value, step);
}

bool EventWriter::flush() {
  return impl_->flush(/*to_disk=*/false);
}

bool EventWriter::sync() {
  return impl_->flush(/*to_disk=*/true);
}

uint64_t EventWriter::lost() const {
  return impl_->lost();
}

std::filesystem::path EventWriter::path() const {
  return impl_->path();
}

}  // namespace suar
