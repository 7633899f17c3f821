#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <future>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <suar/error.h>
#include <suar/event_writer.h>

#include "files.h"
#include "system_calls.h"
#include "temporary_directory.h"

namespace suar {
namespace {

using testing::read_events;
using testing::read_summaries;
using testing::TemporaryDirectory;
using testing::write_file;

Event scalar(const std::string& tag, double value, int64_t step) {
  return {wall_time_now(), step, std::vector<Summary>{{tag, value, ""}}};
}

TEST(EventWriter, BeginsTheFileWithItsVersionAndTheStartOfTheSession) {
  TemporaryDirectory directory;
  const EventWriter writer(directory.path());
  const auto events = read_events(writer.path());
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(std::get<FileVersion>(events[0].what).version, "brain.Event:2");
  EXPECT_EQ(std::get<SessionLog>(events[1].what).status, SessionLog::Status::start);
  EXPECT_EQ(events[1].step, 0);
}

TEST(EventWriter, GoesOnWithTwoStartsBecauseOneReaderIgnoresTheFirstOfARun) {
  TemporaryDirectory directory;
  EventWriterOptions resumed;
  resumed.purge_step = 42;
  const EventWriter writer(directory.path(), resumed);
  const auto events = read_events(writer.path());
  ASSERT_EQ(events.size(), 3u);
  EXPECT_TRUE(std::holds_alternative<FileVersion>(events[0].what));
  for (std::size_t i = 1; i < 3; ++i) {
    EXPECT_EQ(std::get<SessionLog>(events[i].what).status, SessionLog::Status::start);
    EXPECT_EQ(events[i].step, 42);
  }
}

TEST(EventWriter, SupersedesNothingWhenARunIsOpenedAgainToAddToIt) {
  TemporaryDirectory directory;
  { const EventWriter training(directory.path()); }
  const EventWriter test(directory.path());
  const auto events = read_events(test.path());
  ASSERT_EQ(events.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<FileVersion>(events[0].what));
}

TEST(EventWriter, NamesItsFileAsTensorBoardExpects) {
  TemporaryDirectory directory;
  const EventWriter first(directory.path()), second(directory.path());
  EXPECT_NE(first.path(), second.path());
  const std::string name = first.path().filename().string();
  EXPECT_EQ(name.rfind("events.out.tfevents.1", 0), 0u) << name;
  EXPECT_TRUE(is_event_file_name(name));
}

TEST(EventWriter, CreatesTheDirectoryWithItsParents) {
  TemporaryDirectory directory;
  const EventWriter writer(directory.path() / "runs" / "a");
  EXPECT_TRUE(std::filesystem::exists(writer.path()));
}

TEST(EventWriter, SaysWhichDirectoryItCannotWrite) {
  TemporaryDirectory directory;
  write_file(directory.path() / "file", "");
  try {
    EventWriter writer(directory.path() / "file" / "run");
    FAIL() << "expected an error";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("file/run"), std::string::npos) << error.what();
  }
}

/// What the constructor says that cannot make sense of this directory.
std::string error_about(const std::filesystem::path& directory) {
  try {
    const EventWriter writer(directory);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(EventWriter, SaysThatItsDirectoryHasNoName) {
  EXPECT_NE(error_about("").find("is empty"), std::string::npos);
}

TEST(EventWriter, SaysThatTheWorkingDirectoryIsGone) {
  TemporaryDirectory directory;
  const auto before = std::filesystem::current_path();
  const auto deleted = directory.path() / "deleted";
  std::filesystem::create_directory(deleted);
  std::filesystem::current_path(deleted);
  std::filesystem::remove(deleted);
  const std::string error = error_about("runs/a");
  std::filesystem::current_path(before);
  EXPECT_NE(error.find("runs/a"), std::string::npos) << error;
  EXPECT_NE(error.find("working directory"), std::string::npos) << error;
}

TEST(EventWriter, HasWrittenEverythingWhenItIsDestroyed) {
  TemporaryDirectory directory;
  std::filesystem::path path;
  {
    EventWriter writer(directory.path());
    path = writer.path();
    for (int step = 0; step < 5000; ++step) writer.write(scalar("a", step, step));
  }
  const auto summaries = read_summaries(path);
  ASSERT_EQ(summaries.size(), 5000u);
  for (int step = 0; step < 5000; ++step) {
    const auto& stepped = summaries[static_cast<std::size_t>(step)];
    ASSERT_EQ(stepped.step, step);
    ASSERT_EQ(std::get<double>(stepped.summary.value), step);
  }
}

TEST(EventWriter, HasEverythingInTheFileWhenFlushReturns) {
  TemporaryDirectory directory;
  EventWriterOptions options;
  options.flush_interval = std::chrono::hours(1);
  EventWriter writer(directory.path(), options);
  for (int step = 0; step < 100; ++step) {
    writer.write(scalar("a", 1, step));
    if (step % 10 != 0) continue;
    writer.flush();
    ASSERT_EQ(read_summaries(writer.path()).size(), static_cast<std::size_t>(step) + 1);
  }
  writer.sync();
  EXPECT_EQ(read_summaries(writer.path()).size(), 100u);
}

TEST(EventWriter, FlushesByItselfWithinItsIntervalAndNotBefore) {
  TemporaryDirectory directory;
  EventWriterOptions slow, quick;
  slow.flush_interval = std::chrono::minutes(10);
  quick.flush_interval = std::chrono::milliseconds(20);
  EventWriter slow_writer(directory.path(), slow), quick_writer(directory.path(), quick);
  slow_writer.write(scalar("a", 1, 0));
  quick_writer.write(scalar("a", 1, 0));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (read_summaries(quick_writer.path()).empty()) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    std::this_thread::yield();
  }
  // One that goes by an interval of its own would have been the first to write.
  EXPECT_TRUE(read_summaries(slow_writer.path()).empty());
}

TEST(EventWriter, TakesAnyInterval) {
  for (const auto interval : {std::chrono::milliseconds::max(), std::chrono::milliseconds::min(),
                              std::chrono::milliseconds(0), std::chrono::milliseconds(-1)}) {
    TemporaryDirectory directory;
    EventWriterOptions options;
    options.flush_interval = interval;
    EventWriter writer(directory.path(), options);
    for (int step = 0; step < 100; ++step) writer.add_scalar("a", 1, step);
    EXPECT_TRUE(writer.flush());
    EXPECT_EQ(read_summaries(writer.path()).size(), 100u);
  }
}

[[noreturn]] void log_and_exit(const std::filesystem::path& directory) {
  EventWriterOptions options;
  options.flush_interval = std::chrono::hours(1);
  EventWriter writer(directory, options);
  writer.add_scalar("a", 1, 0);
  std::exit(0);
}

std::size_t count_summaries(const std::filesystem::path& directory) {
  std::size_t summaries = 0;
  for (const auto& file : std::filesystem::directory_iterator(directory)) {
    summaries += read_summaries(file.path()).size();
  }
  return summaries;
}

TEST(EventWriter, HasWrittenEverythingWhenTheProgramExitsWithoutDestroyingIt) {
  TemporaryDirectory directory;
  EXPECT_EXIT(log_and_exit(directory.path()), ::testing::ExitedWithCode(0), "");
  EXPECT_EQ(count_summaries(directory.path()), 1u);
}

void fail(const std::string& why) {
  throw std::runtime_error(why);
}

/// An exception that nobody catches, which destroys nothing.
void log_and_throw(const std::filesystem::path& directory) noexcept {
  EventWriterOptions options;
  options.flush_interval = std::chrono::hours(1);
  EventWriter writer(directory, options);
  writer.add_scalar("a", 1, 0);
  fail("the loss is bad");
}

TEST(EventWriter, HasWrittenEverythingWhenAnExceptionEndsTheProgramThatNobodyCatches) {
  TemporaryDirectory directory;
  EXPECT_EXIT(log_and_throw(directory.path()), ::testing::KilledBySignal(SIGABRT),
              "the loss is bad");
  EXPECT_EQ(count_summaries(directory.path()), 1u);
}

/// The same in an error handler, on the thread that would have to write.
void throw_on_error(const std::filesystem::path& run) {
  alarm(60);  // ends a child that hangs
  EventWriterOptions options;
  options.on_error = [](const std::string&) noexcept { fail("the disk is bad"); };
  EventWriter writer(run, options);
  std::filesystem::remove(writer.path());
  writer.add_scalar("a", 1, 0);
  writer.flush();
}

TEST(EventWriter, LetsAnExceptionOfItsErrorHandlerEndTheProgram) {
  TemporaryDirectory directory;
  EXPECT_EXIT(throw_on_error(directory.path()), ::testing::KilledBySignal(SIGABRT),
              "the disk is bad");
}

/// Ends the program by an error handler, which runs on the thread of a writer.
[[noreturn]] void exit_on_error(const std::filesystem::path& run, bool is_static) {
  alarm(60);  // ends a child that hangs
  EventWriterOptions options;
  options.on_error = [](const std::string&) { std::exit(3); };
  const auto fail = [](EventWriter& writer) {
    std::filesystem::remove(writer.path());
    writer.add_scalar("a", 1, 0);
    writer.flush();
    _exit(4);  // there was no error
  };
  if (is_static) {
    static EventWriter writer(run, options);
    fail(writer);
  }
  EventWriter writer(run, options);
  fail(writer);
  std::abort();
}

TEST(EventWriter, LetsItsErrorHandlerEndTheProgramAlsoWhereItIsStatic) {
  TemporaryDirectory directory;
  for (const bool is_static : {false, true}) {
    EXPECT_EXIT(exit_on_error(directory.path(), is_static), ::testing::ExitedWithCode(3), "");
  }
}

TEST(EventWriter, WritesScalarsByTagAndByHandleWithTheTimeOfNow) {
  TemporaryDirectory directory;
  EventWriter writer(directory.path());
  const double before = wall_time_now();
  writer.add_scalar("Loss/train", 0.5, 3);
  auto loss = writer.scalar("Loss/train");
  loss.add(0.25, 4);
  const double after = wall_time_now();
  writer.flush();
  const auto events = read_events(writer.path());
  ASSERT_EQ(events.size(), 4u);
  for (std::size_t i = 2; i < 4; ++i) {
    EXPECT_GE(events[i].wall_time, before - 1e-3);
    EXPECT_LE(events[i].wall_time, after + 1e-3);
    EXPECT_EQ(events[i].step, static_cast<int64_t>(i) + 1);
    const auto& summary = std::get<std::vector<Summary>>(events[i].what).at(0);
    EXPECT_EQ(summary.tag, "Loss/train");
    EXPECT_EQ(std::get<double>(summary.value), i == 2 ? 0.5 : 0.25);
  }
}

TEST(EventWriter, KeepsOddTagsAsTheyAre) {
  TemporaryDirectory directory;
  EventWriter writer(directory.path());
  const std::vector<std::string> tags = {"",
                                         "/",
                                         "a/b//c/",
                                         " with spaces ",
                                         "Größe/\xe6\x90\x8d\xe5\xa4\xb1",
                                         "two\nlines",
                                         std::string("a\0b", 3),
                                         std::string(10000, 'x')};
  for (const auto& tag : tags) writer.add_scalar(tag, 1, 0);
  writer.flush();
  std::vector<std::string> read;
  for (const auto& stepped : read_summaries(writer.path())) read.push_back(stepped.summary.tag);
  EXPECT_EQ(read, tags);
}

TEST(EventWriter, WritesTagsInUtf8BecauseOtherReadersRefuseTheRecordElse) {
  TemporaryDirectory directory;
  EventWriter writer(directory.path());
  auto handle = writer.scalar("caf\xe9/handle");
  handle.add(0, 0);
  handle.add(1, 1);
  writer.add_scalar("caf\xe9", 2, 2);
  writer.add_scalar("caf\xe8", 3, 3);
  writer.write({1, 4, std::vector<Summary>{{"caf\xe9", 4.0}}});
  writer.flush();
  std::vector<std::string> read;
  for (const auto& stepped : read_summaries(writer.path())) read.push_back(stepped.summary.tag);
  const std::string tag = "caf\xef\xbf\xbd";
  EXPECT_EQ(read, (std::vector<std::string>{tag + "/handle", tag + "/handle", tag, tag, tag}));
}

TEST(EventWriter, KeepsStepsAndTimesThatGoBack) {
  TemporaryDirectory directory;
  EventWriter writer(directory.path());
  const std::vector<int64_t> steps = {5, 6, 2, 2, -1};
  for (const int64_t step : steps) {
    writer.write({1e9 + static_cast<double>(step), step, std::vector<Summary>{{"a", 1.0, ""}}});
  }
  writer.flush();
  const auto events = read_events(writer.path());
  ASSERT_EQ(events.size(), 2 + steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    EXPECT_EQ(events[2 + i].step, steps[i]);
    EXPECT_EQ(events[2 + i].wall_time, 1e9 + static_cast<double>(steps[i]));
  }
}

TEST(EventWriter, WritesAFileOfItsOwnBesideAnotherWriterInTheDirectory) {
  TemporaryDirectory directory;
  EventWriter first(directory.path()), second(directory.path());
  for (int step = 0; step < 100; ++step) {
    first.add_scalar("a", 1, step);
    second.add_scalar("b", 2, step);
  }
  first.flush();
  second.flush();
  ASSERT_NE(first.path(), second.path());
  for (const auto& stepped : read_summaries(first.path())) EXPECT_EQ(stepped.summary.tag, "a");
  EXPECT_EQ(read_summaries(first.path()).size(), 100u);
  EXPECT_EQ(read_summaries(second.path()).size(), 100u);
}

TEST(EventWriter, NamesItsFileBehindThoseOfTheRunAlsoWhenTheClockHasJumpedBack) {
  TemporaryDirectory directory;
  const std::string future = "events.out.tfevents.4000000000.host.1.0";
  write_file(directory.path() / future, "");
  write_file(directory.path() / "events.out.tfevents.nonsense", "");
  const EventWriter first(directory.path()), second(directory.path());
  EXPECT_GT(first.path().filename().string(), future);
  EXPECT_GT(second.path().filename().string(), first.path().filename().string());
  EXPECT_EQ(second.path().filename().string().rfind("events.out.tfevents.4000000002.", 0), 0u);
}

TEST(EventWriter, MarksTheStepAtWhichAResumedRunGoesOn) {
  TemporaryDirectory directory;
  const auto log = [&](int64_t from, int64_t to) {
    EventWriterOptions options;
    options.purge_step = from;
    EventWriter writer(directory.path(), options);
    for (int64_t step = from; step < to; ++step) writer.add_scalar("a", 1, step);
  };
  log(0, 10);
  log(5, 12);
  std::set<std::filesystem::path> files;
  for (const auto& file : std::filesystem::directory_iterator(directory.path())) {
    files.insert(file.path());
  }
  // What a reader does that takes the files in order, and drops at a START what is superseded.
  std::vector<int64_t> steps;
  for (const auto& file : files) {
    for (const Event& event : read_events(file)) {
      if (std::holds_alternative<SessionLog>(event.what)) {
        while (!steps.empty() && steps.back() >= event.step) steps.pop_back();
      } else if (std::holds_alternative<std::vector<Summary>>(event.what)) {
        steps.push_back(event.step);
      }
    }
  }
  EXPECT_EQ(steps, (std::vector<int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
}

TEST(EventWriter, KeepsEveryEventOfManyThreadsInTheOrderOfEach) {
  TemporaryDirectory directory;
  std::filesystem::path path;
  constexpr int kThreads = 4, kEvents = 2000;
  {
    EventWriterOptions options;
    options.queue_capacity = 16;  // so that they have to wait for room
    EventWriter writer(directory.path(), options);
    path = writer.path();
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&writer, t] {
        for (int step = 0; step < kEvents; ++step) {
          const std::string tag = std::to_string(t);
          // All three ways keep the order.
          if (step % 3 == 0) writer.write(scalar(tag, 0, step));
          if (step % 3 == 1) writer.add_scalar(tag, 0, step);
          if (step % 3 == 2) writer.scalar(tag).add(0, step);
          if (step % 500 == 0) writer.flush();
        }
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(writer.lost(), 0u);
  }
  std::vector<int64_t> next(kThreads, 0);
  for (const auto& stepped : read_summaries(path)) {
    ASSERT_EQ(stepped.step, next[static_cast<std::size_t>(std::stoi(stepped.summary.tag))]++);
  }
  EXPECT_EQ(next, std::vector<int64_t>(kThreads, kEvents));
}

TEST(EventWriter, ThatMayDropEventsCountsThem) {
  TemporaryDirectory directory;
  std::filesystem::path path;
  constexpr std::size_t kEvents = 100000;
  uint64_t lost = 0;
  {
    EventWriterOptions options;
    options.queue_capacity = 1;
    options.full_queue = FullQueue::drop;
    EventWriter writer(directory.path(), options);
    path = writer.path();
    for (std::size_t i = 0; i < kEvents; ++i) writer.write(scalar("a", 0, 0));
    lost = writer.lost();
  }
  EXPECT_GT(lost, 0u);
  EXPECT_EQ(read_summaries(path).size() + lost, kEvents);
}

/// An event that takes about 100 kB.
Event large_event(int64_t step) {
  return {1, step, std::vector<Summary>{{"text", Text{std::string(100'000, 'x')}, ""}}};
}

TEST(EventWriter, DropsEventsWhoseBytesNoLongerFitTheQueue) {
  const testing::RealSystemCallsAgain after;
  TemporaryDirectory directory;
  EventWriterOptions options;
  options.full_queue = FullQueue::drop;
  options.queue_bytes = 1'050'000;
  options.flush_interval = std::chrono::milliseconds(0);
  EventWriter writer(directory.path(), options);
  // A disk that takes its time.
  std::promise<void> writes, goes_on;
  std::once_flag once;
  testing::pwrite_stand_in = [&](int descriptor, const void* data, size_t size, off_t offset) {
    std::call_once(once, [&] {
      writes.set_value();
      goes_on.get_future().wait();
    });
    return testing::real_pwrite(descriptor, data, size, offset);
  };
  writer.write(large_event(0));
  writes.get_future().wait();
  for (int64_t step = 1; step < 100; ++step) writer.write(large_event(step));
  EXPECT_EQ(writer.lost(), 100u - 1 - 10) << "the one that is written, and those that fit";
  goes_on.set_value();
  EXPECT_TRUE(writer.flush());
  EXPECT_EQ(read_summaries(writer.path()).size(), 11u);
}

TEST(EventWriter, LetsCallersWaitWhoseBytesNoLongerFitTheQueueAndTakesLargerEventsAlone) {
  TemporaryDirectory directory;
  for (const std::size_t bytes : {150'000, 1000, 0}) {
    EventWriterOptions options;
    options.queue_bytes = bytes;
    options.flush_interval = std::chrono::hours(1);
    EventWriter writer(directory.path(), options);
    for (int64_t step = 0; step < 100; ++step) writer.write(large_event(step));
    EXPECT_TRUE(writer.flush());
    EXPECT_EQ(writer.lost(), 0u);
    EXPECT_EQ(read_summaries(writer.path()).size(), 100u);
  }
}

TEST(EventWriter, CallsTheKernelOnceForManyEvents) {
  const testing::RealSystemCallsAgain after;
  TemporaryDirectory directory;
  EventWriterOptions options;
  options.flush_interval = std::chrono::hours(1);
  EventWriter writer(directory.path(), options);
  std::size_t calls = 0, bytes = 0;
  testing::pwrite_stand_in = [&](int descriptor, const void* data, size_t size, off_t offset) {
    ++calls;
    bytes += size;
    return testing::real_pwrite(descriptor, data, size, offset);
  };
  for (int64_t step = 0; step < 20000; ++step) writer.add_scalar("Loss/train", 1, step);
  EXPECT_TRUE(writer.flush());
  EXPECT_GT(bytes, 20000u * 40);
  EXPECT_LE(calls, bytes / (64 << 10) + 1) << "but for the flush, 64 KiB at a time or more";
}

TEST(EventWriter, PrintsOneLineAboutAFailureByDefault) {
  TemporaryDirectory directory;
  EventWriter writer(directory.path());
  std::filesystem::remove(writer.path());
  ::testing::internal::CaptureStderr();
  for (int step = 0; step < 3; ++step) {
    writer.add_scalar("a", 1, step);
    writer.flush();
  }
  const std::string printed = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(printed.rfind("suar: ", 0), 0u) << printed;
  EXPECT_NE(printed.find(directory.path().string()), std::string::npos) << printed;
  EXPECT_EQ(std::count(printed.begin(), printed.end(), '\n'), 1) << printed;
}

/// The numbers of this process's threads.
std::set<std::string> threads() {
  std::set<std::string> numbers;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
    numbers.insert(thread.path().filename());
  }
  return numbers;
}

/// What the kernel says of a thread under a name, such as "SigBlk".
std::string status_of(const std::string& thread, const std::string& name) {
  std::ifstream status("/proc/self/task/" + thread + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind(name + ":\t", 0) == 0) return line.substr(name.size() + 2);
  }
  return "";
}

/// A writer, and the number of its thread.
class EventWriterThread : public ::testing::Test {
 protected:
  EventWriterThread() {
    std::set<std::string> before = threads();
    writer_ = std::make_unique<EventWriter>(directory_.path());
    for (const std::string& thread : threads()) {
      if (before.count(thread) == 0) thread_ = thread;
    }
    writer_->flush();  // it is at work by now
  }

  TemporaryDirectory directory_;
  std::unique_ptr<EventWriter> writer_;
  std::string thread_;
};

TEST_F(EventWriterThread, SleepsWhileIdle) {
  const auto cpu_time = [] {
    timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  };
  const auto sleeps = [&] { return std::stoi(status_of(thread_, "voluntary_ctxt_switches")); };
  const auto cpu_before = cpu_time();
  const int sleeps_before = sleeps();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));  // the idling itself
  EXPECT_LT(cpu_time() - cpu_before, std::chrono::milliseconds(50)) << "it does not spin";
  EXPECT_LE(sleeps() - sleeps_before, 3) << "it does not look again and again";
}

TEST_F(EventWriterThread, LeavesSignalsToTheThreadsOfTheProgram) {
  const auto blocks = [](const std::string& thread, int signal) {
    return (std::stoull(status_of(thread, "SigBlk"), nullptr, 16) >> (signal - 1) & 1) == 1;
  };
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1, SIGXFSZ}) {
    EXPECT_TRUE(blocks(thread_, signal)) << signal;
    EXPECT_FALSE(blocks(std::to_string(gettid()), signal)) << signal;
  }
}

TEST(EventWriter, SaysThatItsThreadCannotBeStartedAndLeavesNoFile) {
  TemporaryDirectory directory;
  pthread_attr_t before, huge;
  ASSERT_EQ(pthread_getattr_default_np(&before), 0);
  pthread_attr_init(&huge);
  ASSERT_EQ(pthread_attr_setstacksize(&huge, std::size_t{1} << 47),
            0);  // all that can be addressed
  ASSERT_EQ(pthread_setattr_default_np(&huge), 0);
  std::string message;
  try {
    EventWriter writer(directory.path());
  } catch (const Error& error) {
    message = error.what();
  }
  pthread_setattr_default_np(&before);
  EXPECT_NE(message.find("thread"), std::string::npos) << message;
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

}  // namespace
}  // namespace suar
