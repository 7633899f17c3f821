#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <suar/error.h>
#include <suar/event_writer.h>

#include "event_encoder.h"
#include "event_file_name.h"
#include "output_file.h"

namespace suar {
namespace {

using Clock = std::chrono::steady_clock;

/// Bytes that are gathered before the kernel is called, when no flush asks for them earlier.
constexpr std::size_t kBatchSize = std::size_t{64} << 10;

std::filesystem::path create_event_file_path(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    throw Error("cannot create the log directory " + directory.string() + ": " + error.message() +
                ". Choose one that can be written.");
  }
  return directory / make_event_file_name(wall_time_now());
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
        file_(create_event_file_path(directory), on_error_) {
    options_.queue_capacity = std::max<std::size_t>(options_.queue_capacity, 1);
    encode({wall_time_now(), options_.first_step, FileVersion{"brain.Event:2"}});
    encode({wall_time_now(), options_.first_step, SessionLog{SessionLog::Status::start}});
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

  void write(Event event) {
    std::unique_lock<std::mutex> lock(mutex_);
    if (queue_.size() >= options_.queue_capacity) {
      if (options_.full_queue == FullQueue::drop) {
        ++dropped_;
        return;
      }
      room_.wait(lock, [this] { return queue_.size() < options_.queue_capacity; });
    }
    queue_.push_back(std::move(event));
    ++queued_;
    // The thread sleeps through further events once it knows of one: it wakes by its deadline. A
    // full queue is the exception.
    if (queue_.size() == 1 || queue_.size() >= options_.queue_capacity) {
      lock.unlock();
      work_.notify_one();
    }
  }

  void flush(bool to_disk) {
    std::unique_lock<std::mutex> lock(mutex_);
    const uint64_t wanted = queued_;
    flush_wanted_ = true;
    sync_wanted_ = sync_wanted_ || to_disk;
    const uint64_t round =
        round_ + 1 + (busy_ ? 1 : 0);  // a round under way may have begun too early
    work_.notify_one();
    done_.wait(lock, [&] { return round_ >= round && taken_ >= wanted; });
  }

  uint64_t lost() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return dropped_ + lost_;
  }

  const std::filesystem::path& path() const { return file_.path(); }

 private:
  void encode(const Event& event) {
    encoded_.clear();
    encoder_.encode(event, encoded_);
    file_.append(encoded_);
  }

  void run() {
    std::vector<Event> batch;
    Clock::time_point deadline = Clock::time_point::max();  // of the oldest event not yet flushed
    std::unique_lock<std::mutex> lock(mutex_);
    while (true) {
      const auto must_act = [this] {
        return closing_ || flush_wanted_ || queue_.size() >= options_.queue_capacity;
      };
      if (deadline == Clock::time_point::max()) {
        work_.wait(lock, [&] { return must_act() || !queue_.empty(); });
        deadline = Clock::now() + options_.flush_interval;
      }
      // Events gather until the deadline: one wake-up and one system call for many of them.
      work_.wait_until(lock, deadline, must_act);

      const bool closing = closing_;
      const bool sync = std::exchange(sync_wanted_, false);
      const bool due = std::exchange(flush_wanted_, false) || closing || Clock::now() >= deadline;
      batch.swap(queue_);
      taken_ += batch.size();
      busy_ = true;
      lock.unlock();
      room_.notify_all();

      for (const Event& event : batch) {
        encode(event);
        if (file_.buffered_bytes() >= kBatchSize) file_.flush();
      }
      batch.clear();
      if (due) {
        const bool all_written = file_.flush();
        deadline = all_written ? Clock::time_point::max() : Clock::now() + options_.flush_interval;
      }
      if (sync) file_.sync();

      lock.lock();
      busy_ = false;
      lost_ = file_.lost_records();
      ++round_;
      done_.notify_all();
      if (closing && queue_.empty()) break;
    }
    const uint64_t unwritten = lost_ + file_.buffered_records();
    if (unwritten > 0) {
      on_error_(std::to_string(unwritten) + " events could not be written to " +
                file_.path().string() + " and are lost.");
    }
  }

  EventWriterOptions options_;
  const std::function<void(const std::string&)> on_error_;
  // Of the writer thread, and of the constructor before it:
  OutputFile file_;
  EventEncoder encoder_;
  std::string encoded_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable work_, room_, done_;
  std::vector<Event> queue_;
  uint64_t queued_ = 0;  // events ever put in the queue
  uint64_t taken_ = 0;   // events ever taken out of it
  uint64_t round_ = 0;   // turns that the writer thread has finished
  uint64_t dropped_ = 0;
  uint64_t lost_ = 0;
  bool busy_ = false;  // a turn is under way
  bool flush_wanted_ = false;
  bool sync_wanted_ = false;
  bool closing_ = false;

  std::thread thread_;  // last: it uses all of the above
};

EventWriter::EventWriter(const std::filesystem::path& directory, EventWriterOptions options)
    : impl_(std::make_unique<Impl>(directory, std::move(options))) {}

EventWriter::~EventWriter() = default;

void EventWriter::write(Event event) {
  impl_->write(std::move(event));
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

const std::filesystem::path& EventWriter::path() const {
  return impl_->path();
}

}  // namespace suar
