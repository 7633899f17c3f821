#include "output_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <set>
#include <utility>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "files.h"
#include "record_writer.h"
#include "system_calls.h"
#include "temporary_directory.h"

namespace suar {
namespace {

using testing::fail;
using testing::fsync_stand_in;
using testing::ftruncate_fails;
using testing::pwrite_stand_in;
using testing::real_pwrite;

class FailingOutputFile : public ::testing::Test {
 protected:
  void append(const std::string& data) {
    file_.append(data);
    append_record(expected_, data);
  }
  std::string written() { return testing::read_file(file_.path()); }

  /// The number under which this process has the file open.
  int descriptor() {
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
      std::error_code error;
      if (std::filesystem::read_symlink(entry, error) == file_.path()) {
        return std::stoi(entry.path().filename().string());
      }
    }
    return -1;
  }

  testing::RealSystemCallsAgain after_;
  testing::TemporaryDirectory directory_;
  std::vector<std::string> errors_;
  OutputFile file_{[this] { return std::filesystem::canonical(directory_.path()) / "tfevents"; },
                   [this](const std::string& message) { errors_.push_back(message); }};
  std::string expected_;  // what the file holds when all is well
};

TEST_F(FailingOutputFile, LosesNothingWhenWritesAreInterruptedOrShort) {
  int calls = 0;
  pwrite_stand_in = [&](int descriptor, const void* data, size_t size, off_t offset) {
    return ++calls % 2 == 0 ? ssize_t{fail(EINTR)}
                            : real_pwrite(descriptor, data, std::min<size_t>(size, 7), offset);
  };
  for (int i = 0; i < 10; ++i) append(std::string(50, static_cast<char>('a' + i)));
  EXPECT_TRUE(file_.flush());
  EXPECT_EQ(written(), expected_);
  EXPECT_TRUE(errors_.empty());
}

TEST_F(FailingOutputFile, GoesOnWhenADiskCanBeWrittenAgainAndReportsEachFailureOnce) {
  for (const int error : {EROFS, ENOSPC, EDQUOT, EIO}) {
    errors_.clear();
    append("before");
    pwrite_stand_in = [&](int, const void*, size_t, off_t) { return fail(error); };
    EXPECT_FALSE(file_.flush());
    append("meanwhile");
    EXPECT_FALSE(file_.flush());
    ASSERT_EQ(errors_.size(), 1u);
    EXPECT_NE(errors_[0].find(std::strerror(error)), std::string::npos) << errors_[0];
    pwrite_stand_in = nullptr;
    EXPECT_TRUE(file_.flush());
    EXPECT_EQ(written(), expected_);
  }
  EXPECT_EQ(file_.lost_records(), 0u);
}

TEST_F(FailingOutputFile, DoesNotHangWhenNothingIsWrittenWithoutAnError) {
  pwrite_stand_in = [](int, const void*, size_t, off_t) { return ssize_t{0}; };
  append("record");
  EXPECT_FALSE(file_.flush());
  EXPECT_EQ(errors_.size(), 1u);
}

TEST_F(FailingOutputFile, CutsAHalfWrittenRecordOffBeforeItGoesOn) {
  append("whole");
  const std::string first = expected_;
  append("half-written");
  bool wrote = false;
  pwrite_stand_in = [&](int descriptor, const void* data, size_t, off_t offset) {
    if (std::exchange(wrote, true)) return ssize_t{fail(EIO)};
    return real_pwrite(descriptor, data, first.size() + 5, offset);
  };
  EXPECT_FALSE(file_.flush());
  EXPECT_EQ(written(), first);

  // The same where it cannot be cut off at once.
  wrote = true;
  ftruncate_fails = true;
  int part = 0;
  pwrite_stand_in = [&](int descriptor, const void* data, size_t, off_t offset) {
    return ++part > 1 ? ssize_t{fail(EIO)} : real_pwrite(descriptor, data, 5, offset);
  };
  EXPECT_FALSE(file_.flush());
  EXPECT_EQ(written().size(), first.size() + 5);
  pwrite_stand_in = nullptr;
  EXPECT_FALSE(file_.flush()) << "nothing is written behind a part of a record";
  EXPECT_EQ(written().size(), first.size() + 5);
  ftruncate_fails = false;
  EXPECT_TRUE(file_.flush());
  EXPECT_EQ(written(), expected_);
}

TEST_F(FailingOutputFile, OpensADescriptorAgainThatSomebodyElseClosed) {
  append("before");
  EXPECT_TRUE(file_.flush());
  ASSERT_EQ(close(descriptor()), 0);
  append("after");
  EXPECT_TRUE(file_.flush());
  EXPECT_EQ(written(), expected_);
}

TEST_F(FailingOutputFile, NeverWritesIntoAFileThatWasGivenTheNumberOfItsDescriptor) {
  const auto other_path = directory_.path() / "other";
  testing::write_file(other_path, "precious");
  const int other = open(other_path.c_str(), O_RDWR);
  const int number = descriptor();
  ASSERT_EQ(dup2(other, number), number);
  append("record");
  EXPECT_TRUE(file_.flush());
  EXPECT_EQ(written(), expected_);
  EXPECT_EQ(testing::read_file(other_path), "precious");
  close(other);
}

TEST_F(FailingOutputFile, PutsItselfAndItsNameAndThoseOfItsDirectoriesOnTheDisk) {
  std::set<std::filesystem::path> synced;
  fsync_stand_in = [&](int number) {
    synced.insert(std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(number)));
    return 0;
  };
  append("record");
  EXPECT_TRUE(file_.flush());
  EXPECT_TRUE(synced.empty());
  EXPECT_TRUE(file_.sync());
  const auto directory = file_.path().parent_path();
  EXPECT_EQ(synced.count(file_.path()), 1u);
  EXPECT_EQ(synced.count(directory), 1u);
  EXPECT_EQ(synced.count(directory.parent_path()), 1u);

  synced.clear();
  EXPECT_TRUE(file_.sync());
  EXPECT_EQ(synced, std::set{file_.path()}) << "the names are there";
}

TEST_F(FailingOutputFile, IsNoLongerSyncedOnceThatFailedAndReportsItOnceForEachFile) {
  for (std::size_t files = 1; files <= 2; ++files) {
    fsync_stand_in = [](int) { return fail(EIO); };
    for (int i = 0; i < 3; ++i) {
      EXPECT_FALSE(file_.sync());
      append("record");
      EXPECT_TRUE(file_.flush()) << "what is written has nothing to do with it";
    }
    int synced = 0;
    fsync_stand_in = [&](int) { return ++synced, 0; };
    EXPECT_FALSE(file_.sync()) << "the kernel takes for clean what it could not write";
    EXPECT_GT(synced, 0) << "what can be is put on the disk";
    EXPECT_EQ(errors_.size(), files);
    std::filesystem::remove(file_.path());
    ASSERT_TRUE(file_.begin_again());
    EXPECT_TRUE(file_.sync());
    errors_.resize(files);  // without the deleted file
  }
}

TEST_F(FailingOutputFile, SyncsAgainAfterAnInterruption) {
  fsync_stand_in = [](int) { return fail(EINTR); };
  EXPECT_FALSE(file_.sync());
  fsync_stand_in = nullptr;
  EXPECT_TRUE(file_.sync());
}

TEST_F(FailingOutputFile, TakesLargeRecordsWhenOnlySyncingFails) {
  fsync_stand_in = [](int) { return fail(EIO); };
  EXPECT_FALSE(file_.sync());
  append(std::string(std::size_t{20} << 20, 'x'));  // more than a failing disk makes it hold
  EXPECT_TRUE(file_.flush());
  EXPECT_EQ(file_.lost_records(), 0u);
  EXPECT_EQ(written(), expected_);
}

}  // namespace
}  // namespace suar
