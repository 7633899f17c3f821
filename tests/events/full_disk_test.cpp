#include <atomic>
#include <mutex>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <suar/event_writer.h>

#include "files.h"
#include "output_file.h"
#include "temporary_directory.h"

namespace suar {
namespace {

/// A limit on the size of files acts like a disk that is full, and can be lifted again.
class FullDisk : public ::testing::Test {
 protected:
  void SetUp() override {
    signal(SIGXFSZ, SIG_IGN);
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before_), 0);
  }
  void TearDown() override { set_room(before_.rlim_cur); }

  void set_room(rlim_t bytes) {
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  }

  testing::TemporaryDirectory directory_;
  rlimit before_{};
};

TEST_F(FullDisk, LeavesWholeRecordsOnlyAndWritingGoesOnWhenThereIsRoomAgain) {
  std::vector<std::string> errors;
  OutputFile file([&] { return directory_.path() / "tfevents"; },
                  [&](const std::string& message) { errors.push_back(message); });
  EventReader reader(file.path());
  for (int i = 0; i < 10; ++i) file.append(std::string(100, 'x'));
  set_room(1000);  // eight records of 116 bytes and a half-written one
  EXPECT_FALSE(file.flush());
  EXPECT_FALSE(file.flush());
  EXPECT_EQ(std::filesystem::file_size(file.path()), 8u * 116u);
  ASSERT_EQ(errors.size(), 1u) << "a failure is reported once";
  EXPECT_NE(errors[0].find(file.path().string()), std::string::npos);

  set_room(before_.rlim_cur);
  EXPECT_TRUE(file.flush());
  EXPECT_EQ(std::filesystem::file_size(file.path()), 10u * 116u);
  EXPECT_EQ(file.lost_records(), 0u);
}

TEST_F(FullDisk, KeepsOnlySoMuchInMemoryAndCountsTheRest) {
  OutputFile file([&] { return directory_.path() / "tfevents"; }, [](const std::string&) {});
  set_room(0);
  const std::string megabyte(1 << 20, 'x');
  for (int i = 0; i < 100; ++i) {
    file.append(megabyte);
    EXPECT_FALSE(file.flush());
  }
  EXPECT_LT(file.buffered_bytes(), std::size_t{20} << 20);
  EXPECT_EQ(file.lost_records() + file.buffered_records(), 100u);
}

TEST_F(FullDisk, NeverReachesTheCallerOfAWriter) {
  signal(SIGXFSZ, SIG_DFL);  // which would end the program
  std::atomic<int> errors{0};
  EventWriterOptions options;
  options.on_error = [&](const std::string&) { ++errors; };
  options.flush_interval = std::chrono::milliseconds(1);
  std::filesystem::path path;
  {
    EventWriter writer(directory_.path(), options);
    path = writer.path();
    set_room(200);
    for (int step = 0; step < 100; ++step) {
      writer.write({1, step, std::vector<Summary>{{"a", 1.0, ""}}});
    }
    writer.flush();
    EXPECT_EQ(errors, 1);
    set_room(before_.rlim_cur);
    writer.write({1, 100, std::vector<Summary>{{"a", 1.0, ""}}});
  }
  EXPECT_EQ(testing::read_summaries(path).size(), 101u);
}

}  // namespace
}  // namespace suar
