#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <time.h>

#include <suar/error.h>
#include <suar/event_writer.h>

#include "files.h"
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
  EventWriterOptions options;
  options.first_step = 42;
  const EventWriter writer(directory.path(), options);
  const auto events = read_events(writer.path());
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(std::get<FileVersion>(events[0].what).version, "brain.Event:2");
  EXPECT_EQ(std::get<SessionLog>(events[1].what).status, SessionLog::Status::start);
  EXPECT_EQ(events[1].step, 42);
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

TEST(EventWriter, FlushesByItselfWithinTheInterval) {
  TemporaryDirectory directory;
  EventWriterOptions options;
  options.flush_interval = std::chrono::milliseconds(20);
  EventWriter writer(directory.path(), options);
  writer.write(scalar("a", 1, 0));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (read_summaries(writer.path()).empty()) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    std::this_thread::yield();
  }
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
          writer.write(scalar(std::to_string(t), 0, step));
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

TEST(EventWriter, UsesNoProcessorTimeWhileIdle) {
  TemporaryDirectory directory;
  const EventWriter writer(directory.path());
  const auto cpu_time = [] {
    timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  };
  const auto before = cpu_time();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));  // the idling itself
  EXPECT_LT(cpu_time() - before, std::chrono::milliseconds(50));
}

}  // namespace
}  // namespace suar
