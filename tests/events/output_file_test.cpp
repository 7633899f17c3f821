#include "output_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <utility>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "files.h"
#include "record_writer.h"
#include "temporary_directory.h"

namespace {

/// What stands in for the system's calls in this program while a test wants them to fail.
std::function<ssize_t(int, const void*, size_t, off_t)> pwrite_stand_in;
bool ftruncate_fails = false;

ssize_t real_pwrite(int descriptor, const void* data, size_t size, off_t offset) {
  return syscall(SYS_pwrite64, descriptor, data, size, offset);
}

ssize_t fail(int error) {
  errno = error;
  return -1;
}

}  // namespace

extern "C" ssize_t pwrite(int descriptor, const void* data, size_t size, off_t offset) {
  return pwrite_stand_in ? pwrite_stand_in(descriptor, data, size, offset)
                         : real_pwrite(descriptor, data, size, offset);
}

extern "C" int ftruncate(int descriptor, off_t size) noexcept {
  if (ftruncate_fails) return static_cast<int>(fail(EIO));
  return static_cast<int>(syscall(SYS_ftruncate, descriptor, size));
}

namespace suar {
namespace {

class FailingOutputFile : public ::testing::Test {
 protected:
  void TearDown() override {
    pwrite_stand_in = nullptr;
    ftruncate_fails = false;
  }

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

  testing::TemporaryDirectory directory_;
  std::vector<std::string> errors_;
  OutputFile file_{std::filesystem::canonical(directory_.path()) / "tfevents",
                   [this](const std::string& message) { errors_.push_back(message); }};
  std::string expected_;  // what the file holds when all is well
};

TEST_F(FailingOutputFile, LosesNothingWhenWritesAreInterruptedOrShort) {
  int calls = 0;
  pwrite_stand_in = [&](int descriptor, const void* data, size_t size, off_t offset) {
    return ++calls % 2 == 0 ? fail(EINTR)
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
    if (std::exchange(wrote, true)) return fail(EIO);
    return real_pwrite(descriptor, data, first.size() + 5, offset);
  };
  EXPECT_FALSE(file_.flush());
  EXPECT_EQ(written(), first);

  // The same where it cannot be cut off at once.
  wrote = true;
  ftruncate_fails = true;
  int part = 0;
  pwrite_stand_in = [&](int descriptor, const void* data, size_t, off_t offset) {
    return ++part > 1 ? fail(EIO) : real_pwrite(descriptor, data, 5, offset);
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
  ASSERT_EQ(dup2(other, descriptor()), descriptor());
  append("record");
  EXPECT_TRUE(file_.flush());
  EXPECT_EQ(written(), expected_);
  EXPECT_EQ(testing::read_file(other_path), "precious");
  close(other);
}

}  // namespace
}  // namespace suar
