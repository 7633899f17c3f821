#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <new>
#include <random>
#include <thread>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <suar/event_writer.h>

#include "files.h"
#include "temporary_directory.h"

namespace suar {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kFlushInterval{5};
constexpr std::size_t kMostSteps = 1 << 16;

/// What a child leaves of its deeds, in memory that outlives it.
struct Diary {
  std::atomic<std::size_t> logged{0};   ///< number of steps
  std::atomic<std::size_t> flushed{0};  ///< of those, the ones before the last flush()
  std::array<Clock::time_point, kMostSteps> when;
};

/// A process that logs until it is killed. One that calls flush() logs as fast as it can, with
/// large events in between, so that it is often killed in the middle of a write; the other one
/// leaves the flushing to the interval.
[[noreturn]] void log_for_ever(const std::filesystem::path& directory, bool calls_flush,
                               Diary& diary) {
  EventWriterOptions options;
  options.flush_interval = kFlushInterval;
  EventWriter writer(directory, options);
  for (std::size_t i = 0; i < kMostSteps; ++i) {
    const auto step = static_cast<int64_t>(i);
    diary.when[i] = Clock::now();
    if (calls_flush && i % 50 == 0) {
      writer.write({1, step, std::vector<Summary>{{"text", Text{std::string(20000, 'x')}, ""}}});
    } else {
      writer.add_scalar("loss", 1, step);
    }
    diary.logged = i + 1;
    if (!calls_flush) {
      std::this_thread::sleep_for(std::chrono::microseconds(50));
    } else if (i % 97 == 0) {
      writer.flush();
      diary.flushed = i + 1;
    }
  }
  while (true) pause();
}

/// Whether a process that only naps between its steps was let run all the time from `since` on.
bool was_awake(const Diary& diary, Clock::time_point since, Clock::time_point killed) {
  constexpr std::chrono::milliseconds kNap{2};
  Clock::time_point next = killed;
  for (std::size_t i = diary.logged; i-- > 0;) {
    if (next - diary.when[i] > kNap) return false;
    if (diary.when[i] < since) return true;
    next = diary.when[i];
  }
  return false;
}

TEST(EventWriterKill, LeavesAFileThatIsWholeAndMissesNoMoreThanTheFlushInterval) {
  constexpr int kKills = 200;
  std::mt19937 random(20240229);
  std::uniform_int_distribution<int> lifetime(0, 40000);
  int late = 0, long_lived = 0, files = 0;
  for (int kill_number = 0; kill_number < kKills; ++kill_number) {
    const bool calls_flush = kill_number % 2 == 0;
    testing::TemporaryDirectory directory;
    void* memory =
        mmap(nullptr, sizeof(Diary), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(memory, MAP_FAILED);
    auto& diary = *new (memory) Diary;
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) log_for_ever(directory.path(), calls_flush, diary);
    std::this_thread::sleep_for(std::chrono::microseconds(lifetime(random)));
    const auto killed = Clock::now();
    ASSERT_EQ(kill(child, SIGKILL), 0);
    ASSERT_EQ(waitpid(child, nullptr, 0), child);

    std::size_t next = 0;
    for (const auto& file : std::filesystem::directory_iterator(directory.path())) {
      ++files;
      EventReader reader(file.path());
      while (const auto event = reader.next()) {
        if (!std::holds_alternative<std::vector<Summary>>(event->event.what)) continue;
        ASSERT_EQ(event->event.step, static_cast<int64_t>(next)) << "none is missing in between";
        ++next;
      }
      EXPECT_TRUE(reader.damage().empty());
    }
    EXPECT_GE(next, diary.flushed);
    // How long a thread has to wait for a processor is not the writer's to promise: hence the
    // allowance, the count below, and only of those that had one.
    const auto latest = killed - kFlushInterval - std::chrono::milliseconds(5);
    if (!calls_flush && was_awake(diary, latest, killed)) {
      ++long_lived;
      if (next < diary.logged && diary.when[next] < latest) ++late;
    }
    munmap(memory, sizeof(Diary));
  }
  EXPECT_GT(files, kKills / 2);
  RecordProperty("late", late);
  RecordProperty("long_lived", long_lived);
  if (long_lived < kKills / 20) GTEST_SKIP() << "This machine has too much else to do.";
  // A writer that leaves its events lying would be late with all that lived longer than that and
  // did not call flush().
  EXPECT_LT(late, long_lived / 2);
}

}  // namespace
}  // namespace suar
