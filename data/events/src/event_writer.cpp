#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>
#include <utility>

#include <signal.h>

#include <suar/event_writer.h>

#include "event_file.h"
#include "event_queue.h"
#include "fork_count.h"
#include "tag_table.h"
#include "tick_clock.h"

namespace suar {
namespace {

using Clock = std::chrono::steady_clock;

/// Bytes that are gathered before the kernel is called, when no flush asks for them earlier.
constexpr std::size_t kBatchSize = std::size_t{64} << 10;

/// For the present thread: the handlers of the program run on its own threads, and a write beyond
/// the limit on the size of files fails instead of ending the program with SIGXFSZ.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

void print_error(const std::string& message) {
  std::fprintf(stderr, "suar: %s\n", message.c_str());
}

}  // namespace

class EventWriter::Impl {
 public:
  Impl(const std::filesystem::path& directory, EventWriterOptions options)
      : options_(std::move(options)),
        on_error_(options_.on_error ? options_.on_error : print_error),
        file_(directory, options_.purge_step, on_error_),
        queue_(options_.queue_capacity),
        half_mask_(queue_.capacity() / 2 - 1),
        path_(file_.path()) {
    ForkCount::watch();
    fork_count_ = ForkCount::now();
    file_.flush();
    thread_ = std::thread([this] { run(); });
  }

  ~Impl() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      closing_ = true;
    }
    work_.notify_one();
    thread_.join();
  }

  /// True in a child of the process that made the writer: there is no thread, and the locks may be
  /// held for ever.
  bool is_parents() const { return ForkCount::now() != fork_count_; }

  void write(Event event) {
    auto owned = std::make_unique<Event>(std::move(event));
    push([&](QueuedEvent& queued) {
      queued.tag = nullptr;
      queued.event = owned.release();
    });
  }

  void add_scalar(std::string_view tag, double value, int64_t step) {
    if (is_parents()) {
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
    return is_parents() ? nullptr : tags_.intern(tag);
  }

  void flush(bool to_disk) {
    if (is_parents()) return;
    std::unique_lock<std::mutex> lock(mutex_);
    const uint64_t flush = ++flushes_wanted_;
    sync_wanted_ = sync_wanted_ || to_disk;
    work_.notify_one();
    done_.wait(lock, [&] { return flushes_done_ >= flush; });
  }

  uint64_t lost() const { return dropped_ + lost_; }

  std::filesystem::path path() const {
    if (is_parents()) return path_;
    const std::lock_guard<std::mutex> lock(mutex_);
    return path_;
  }

 private:
  template <class Fill>
  void push(Fill&& fill) {
    uint64_t position;
    if (is_parents()) {
      count_dropped();
    } else if (!queue_.try_push(fill, position)) {
      push_to_full_queue(fill);
    } else if (idle_.load(std::memory_order_seq_cst) || is_half_full_at(position)) {
      wake();
    }
  }

  template <class Fill>
  void push_to_full_queue(Fill&& fill) {
    if (options_.full_queue == FullQueue::drop) {
      count_dropped();
      return;
    }
    std::unique_lock<std::mutex> lock(mutex_);
    uint64_t position;
    while (!queue_.try_push(fill, position)) {
      wanted_now_ = true;
      work_.notify_one();
      room_.wait(lock);  // notified under the lock after places were freed: none is missed
    }
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

  void run() {
    block_signals();
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
        deadline = Clock::now() + options_.flush_interval;
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
      if (due) {
        const bool all_written = file_.flush();
        deadline = all_written ? Clock::time_point::max() : Clock::now() + options_.flush_interval;
      }
      if (sync) file_.sync();
      lost_ = file_.lost_events();

      lock.lock();
      path_ = file_.path();
      flushes_done_ = flushes;
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
    if (end == queue_.popped()) return;
    clock_.observe();
    file_.replace_if_deleted();
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
    } else {
      const double seconds = static_cast<double>(clock_.nanoseconds(queued.ticks)) / 1e9;
      file_.append_scalar(seconds, queued.step, *queued.tag, queued.value);
    }
  }

  EventWriterOptions options_;
  const std::function<void(const std::string&)> on_error_;
  uint64_t fork_count_ = 0;
  EventFile file_;   // of the writer thread, and of the constructor before it
  TickClock clock_;  // but for its ticks, of the writer thread
  TagTable tags_;
  EventQueue queue_;
  const uint64_t half_mask_;  // half of the queue's capacity, a power of two, less one
  std::atomic<uint64_t> dropped_{0};
  std::atomic<uint64_t> lost_{0};
  std::atomic<bool> idle_{false};  // the thread sleeps without a deadline; cleared under the mutex

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable work_, room_, done_;
  std::filesystem::path path_;
  uint64_t flushes_wanted_ = 0;  // calls of flush() and sync()
  uint64_t flushes_done_ = 0;    // how many of them have been served
  bool wanted_now_ = false;      // the thread is to take the events before its deadline
  bool sync_wanted_ = false;
  bool closing_ = false;

  std::thread thread_;  // last: it uses all of the above
};

EventWriter::EventWriter(const std::filesystem::path& directory, EventWriterOptions options)
    : impl_(std::make_unique<Impl>(directory, std::move(options))) {}

EventWriter::~EventWriter() {
  // What belongs to a parent cannot be taken down: its thread and those that wait are not here.
  if (impl_->is_parents()) static_cast<void>(impl_.release());
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

void EventWriter::flush() {
  impl_->flush(/*to_disk=*/false);
}

void EventWriter::sync() {
  impl_->flush(/*to_disk=*/true);
}

uint64_t EventWriter::lost() const {
  return impl_->lost();
}

std::filesystem::path EventWriter::path() const {
  return impl_->path();
}

}  // namespace suar
