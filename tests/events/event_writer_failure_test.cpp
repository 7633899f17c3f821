#include <atomic>
#include <cerrno>
#include <chrono>
#include <mutex>
#include <set>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <suar/error.h>
#include <suar/event_writer.h>

#include "files.h"
#include "sanitizers.h"
#include "system_calls.h"
#include "temporary_directory.h"

namespace suar {
namespace {

using testing::read_events;
using testing::read_summaries;

class EventWriterFailure : public ::testing::Test {
 protected:
  /// Steps of the values that are in the file now.
  std::vector<int64_t> steps() {
    std::vector<int64_t> steps;
    for (const auto& stepped : read_summaries(writer_->path())) steps.push_back(stepped.step);
    return steps;
  }
  std::size_t errors() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return errors_.size();
  }

  static EventWriterOptions options(EventWriterFailure* test) {
    EventWriterOptions options;
    options.purge_step = 7;
    options.on_error = [test](const std::string& message) {
      const std::lock_guard<std::mutex> lock(test->mutex_);
      test->errors_.push_back(message);
    };
    return options;
  }

  testing::RealSystemCallsAgain after_;
  testing::TemporaryDirectory directory_;
  std::filesystem::path run_ = directory_.path() / "runs" / "a";
  std::mutex mutex_;
  std::vector<std::string> errors_;
  std::unique_ptr<EventWriter> writer_ = std::make_unique<EventWriter>(run_, options(this));
};

TEST_F(EventWriterFailure, GoesOnInANewFileWhenTheDirectoryWasDeleted) {
  writer_->write({1, 8, std::vector<Summary>{{"note", Text{"first"}, ""}}});
  writer_->flush();
  const auto first_path = writer_->path();
  std::filesystem::remove_all(directory_.path() / "runs");
  writer_->write({1, 9, std::vector<Summary>{{"note", Text{"second"}, ""}}});
  writer_->flush();
  EXPECT_NE(writer_->path(), first_path);
  EXPECT_EQ(writer_->path().parent_path(), run_);
  ASSERT_EQ(errors(), 1u);
  EXPECT_NE(errors_[0].find(first_path.string() + " was deleted"), std::string::npos);

  const auto events = read_events(writer_->path());
  ASSERT_EQ(events.size(), 4u);
  EXPECT_EQ(std::get<FileVersion>(events[0].what).version, "brain.Event:2");
  for (std::size_t i = 1; i < 3; ++i) {
    EXPECT_EQ(std::get<SessionLog>(events[i].what).status, SessionLog::Status::start);
    EXPECT_EQ(events[i].step, 7);
  }
  // Its plugin stood with the first value, in the file that is gone.
  const auto& summary = std::get<std::vector<Summary>>(events[3].what).at(0);
  EXPECT_EQ(std::get<Text>(summary.value).markdown, "second");
  EXPECT_EQ(writer_->lost(), 0u);
}

TEST_F(EventWriterFailure, GoesOnInANewFileWhenTheFileAloneWasDeleted) {
  writer_->add_scalar("a", 1, 8);
  writer_->flush();
  std::filesystem::remove(writer_->path());
  writer_->flush();
  EXPECT_EQ(errors(), 0u) << "an idle writer begins no file";
  writer_->add_scalar("a", 1, 9);
  writer_->flush();
  EXPECT_EQ(steps(), std::vector<int64_t>{9});
}

TEST_F(EventWriterFailure, TakesAnotherNameWhereAnotherProcessTookTheSameOneAtTheSameMoment) {
  // A container with the same host name and process number has looked into the directory, too.
  std::set<std::filesystem::path> taken;
  const auto is_beaten_twice = [&](const char* path, int flags, mode_t mode) {
    if ((flags & O_EXCL) != 0 && taken.size() < 2) {
      testing::write_file(path, "of the other one");
      taken.insert(path);
    }
    return testing::real_open(path, flags, mode);
  };
  const auto expect_others_untouched = [&] {
    EXPECT_EQ(taken.size(), 2u);
    EXPECT_EQ(taken.count(writer_->path()), 0u);
    for (const auto& path : taken) EXPECT_EQ(testing::read_file(path), "of the other one");
    taken.clear();
  };
  testing::open_stand_in = is_beaten_twice;
  writer_ = std::make_unique<EventWriter>(run_, options(this));
  writer_->add_scalar("a", 1, 8);
  EXPECT_TRUE(writer_->flush());
  EXPECT_EQ(steps(), std::vector<int64_t>{8});
  expect_others_untouched();

  std::filesystem::remove(writer_->path());
  writer_->add_scalar("a", 1, 9);
  EXPECT_TRUE(writer_->flush());
  EXPECT_EQ(steps(), std::vector<int64_t>{9});
  expect_others_untouched();
  EXPECT_EQ(errors(), 1u) << "of the deleted file alone";
}

TEST_F(EventWriterFailure, GivesUpWhereEveryNameIsTaken) {
  testing::open_stand_in = [](const char*, int, mode_t) { return testing::fail(EEXIST); };
  EXPECT_THROW(EventWriter(run_, options(this)), Error);
}

TEST_F(EventWriterFailure, KeepsEventsUntilANewFileCanBeCreated) {
  std::filesystem::remove_all(run_);
  testing::write_file(run_, "a file where the directory was");
  for (int64_t step = 8; step < 10; ++step) {
    writer_->add_scalar("a", 1, step);
    writer_->flush();
    EXPECT_EQ(errors(), 1u) << "reported once";
  }
  std::filesystem::remove(run_);
  writer_->add_scalar("a", 1, 10);
  writer_->flush();
  EXPECT_EQ(steps(), (std::vector<int64_t>{8, 9, 10}));
  EXPECT_EQ(writer_->lost(), 0u);
}

TEST_F(EventWriterFailure, WritesWhatWaitsToANewFileAlsoWhenNothingIsLoggedAnyMore) {
  for (const bool by_flush : {true, false}) {
    writer_->add_scalar("a", 1, 8);
    ASSERT_TRUE(writer_->flush());
    std::filesystem::remove_all(run_);
    testing::write_file(run_, "a file where the directory was");
    writer_->add_scalar("a", 1, 9);
    EXPECT_FALSE(writer_->flush());
    std::filesystem::remove(run_);
    if (by_flush) {
      EXPECT_TRUE(writer_->flush());
      EXPECT_EQ(steps(), std::vector<int64_t>{9});
    }
  }
  writer_.reset();
  std::size_t values = 0;
  for (const auto& file : std::filesystem::directory_iterator(run_)) {
    values += read_summaries(file.path()).size();
  }
  EXPECT_EQ(values, 1u);
}

TEST_F(EventWriterFailure, CountsWhatAFailingDiskDidNotTakeAndSaysThatItCouldNotFlush) {
  const auto megabyte = [](int64_t step) {
    return Event{1, step, std::vector<Summary>{{"t", Text{std::string(1 << 20, 'x')}, ""}}};
  };
  EXPECT_TRUE(writer_->flush());
  testing::pwrite_stand_in = [](int, const void*, size_t, off_t) { return testing::fail(ENOSPC); };
  writer_->write(megabyte(0));
  EXPECT_FALSE(writer_->flush());
  EXPECT_FALSE(writer_->sync());
  EXPECT_EQ(writer_->lost(), 0u) << "it waits";
  for (int64_t step = 1; step < 40; ++step) writer_->write(megabyte(step));
  EXPECT_FALSE(writer_->flush());
  EXPECT_EQ(errors(), 1u);
  const uint64_t lost = writer_->lost();
  EXPECT_GT(lost, 0u);
  testing::pwrite_stand_in = nullptr;
  EXPECT_TRUE(writer_->flush());
  EXPECT_EQ(writer_->lost(), lost);
  EXPECT_EQ(steps().size() + lost, 40u);
}

TEST_F(EventWriterFailure, TriesADiskThatFailsTenTimesASecondAtMostWhateverTheInterval) {
  EventWriterOptions at_once = options(this);
  at_once.flush_interval = std::chrono::milliseconds(0);
  writer_ = std::make_unique<EventWriter>(run_, at_once);
  std::atomic<int> attempts{0};
  testing::pwrite_stand_in = [&](int, const void*, size_t, off_t) {
    ++attempts;
    return testing::fail(ENOSPC);
  };
  const auto before = std::chrono::steady_clock::now();
  writer_->add_scalar("a", 1, 8);
  while (attempts < 3) std::this_thread::yield();
  const int made = attempts;
  const auto passed = std::chrono::steady_clock::now() - before;
  EXPECT_LE(made, passed / std::chrono::milliseconds(100) + 1);
  EXPECT_FALSE(writer_->flush());  // it is at rest now
  testing::pwrite_stand_in = nullptr;
  EXPECT_TRUE(writer_->flush());
}

TEST_F(EventWriterFailure, SyncsOnlyWhenItIsAskedToAndSaysWhetherItCould) {
  std::atomic<int> syncs{0};
  std::atomic<bool> fails{false};
  testing::fsync_stand_in = [&](int) {
    ++syncs;
    return fails ? testing::fail(EIO) : 0;
  };
  writer_->add_scalar("a", 1, 8);
  EXPECT_TRUE(writer_->flush());
  EXPECT_EQ(syncs, 0);
  EXPECT_TRUE(writer_->sync());
  EXPECT_GE(syncs, 1);
  fails = true;
  EXPECT_FALSE(writer_->sync());
  fails = false;
  EXPECT_FALSE(writer_->sync()) << "the bytes that failed are not tried again";
  EXPECT_EQ(errors(), 1u);
  EXPECT_TRUE(writer_->flush());
}

TEST_F(EventWriterFailure, WritesOnInAFileThatWasRenamed) {
  writer_->add_scalar("a", 1, 8);
  writer_->flush();
  const auto moved = directory_.path() / "moved";
  std::filesystem::rename(run_, moved);
  writer_->add_scalar("a", 1, 9);
  writer_->flush();
  EXPECT_EQ(errors(), 0u);
  EXPECT_EQ(read_summaries(moved / writer_->path().filename()).size(), 2u);
  EXPECT_FALSE(std::filesystem::exists(run_));
}

/// What became of a child that uses the writer of its parent in every way: its status, for waitpid.
int status_of_child_using(std::unique_ptr<EventWriter>& writer, EventWriter::Scalar handle) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);  // ends a child that hangs
    const uint64_t lost_before = writer->lost();
    constexpr int64_t kEvents = 20000;  // more than the queue holds
    for (int64_t step = 0; step < kEvents; ++step) {
      writer->add_scalar("of the child " + std::to_string(step), 1, step);
      handle.add(1, step);
    }
    writer->write({1, 0, std::vector<Summary>{{"of the child", 1.0, ""}}});
    writer->scalar("handle of the child").add(1, 0);
    writer->flush();
    writer->sync();
    const bool all_lost = writer->lost() - lost_before == 2 * kEvents + 2;
    writer.reset();
    _exit(all_lost ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  return status;
}

TEST_F(EventWriterFailure, IsDeadInAForkedChildAndLivesOnInTheParent) {
  auto handle = writer_->scalar("handle");
  handle.add(1, 0);
  writer_->flush();
  EXPECT_EQ(status_of_child_using(writer_, handle), 0);
  handle.add(2, 1);
  const auto path = writer_->path();
  EXPECT_EQ(writer_->lost(), 0u);
  writer_.reset();
  EXPECT_EQ(read_summaries(path).size(), 2u);
}

// The AddressSanitizer of GCC 12 does not take its allocator's locks in fork(): in a child made
// while another thread allocates, as the writer's does, they may be held for ever, and the child
// hangs as soon as it allocates.
TEST_F(EventWriterFailure, LetsAForkedChildHaveAWriterOfItsOwn) {
  if (testing::kAddressSanitizer) GTEST_SKIP() << "AddressSanitizer may hang in such a child";
  if (testing::kThreadSanitizer) GTEST_SKIP() << "ThreadSanitizer ends a child that starts threads";
  writer_->add_scalar("of the parent", 1, 0);
  const auto run_of_child = directory_.path() / "child";
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);  // ends a child that hangs
    uint64_t lost = 0;
    {
      EventWriter own(run_of_child);
      for (int64_t step = 0; step < 100; ++step) own.add_scalar("of the child", 1, step);
      own.flush();
      lost = own.lost();
    }
    _exit(lost == 0 ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(run_of_child)) {
    ++files;
    EXPECT_EQ(read_summaries(file.path()).size(), 100u);
  }
  EXPECT_EQ(files, 1u);
  EXPECT_TRUE(writer_->flush());
  EXPECT_EQ(steps(), std::vector<int64_t>{0});
}

TEST_F(EventWriterFailure, IsDeadInAChildForkedWhileAnotherThreadLogs) {
  if (testing::kAddressSanitizer) GTEST_SKIP() << "AddressSanitizer may hang in such a child";
  std::atomic<bool> stop{false};
  std::atomic<int64_t> logged{0};
  // Logs all the while, so that locks are held and places are half filled when the child is made.
  std::thread busy([&] {
    while (!stop) {
      writer_->add_scalar("new tag " + std::to_string(logged), 1, logged);
      ++logged;
      if (logged % 100 == 0) writer_->flush();
    }
  });
  const auto handle = writer_->scalar("handle");
  for (int i = 0; i < 20; ++i) EXPECT_EQ(status_of_child_using(writer_, handle), 0);
  stop = true;
  busy.join();
  const auto path = writer_->path();
  EXPECT_EQ(writer_->lost(), 0u);
  writer_.reset();
  const auto summaries = read_summaries(path);
  ASSERT_EQ(summaries.size(), static_cast<std::size_t>(logged));
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    ASSERT_EQ(summaries[i].summary.tag, "new tag " + std::to_string(i));
  }
}

}  // namespace
}  // namespace suar
