#include "input_file.h"

#include <gtest/gtest.h>

namespace suar {
namespace {

constexpr int64_t kSecond = 1700000000;

FileStatus status(int64_t now, off_t size = 100, int64_t changed = kSecond, long nanoseconds = 5,
                  ino_t inode = 7) {
  struct stat status {};
  status.st_ino = inode;
  status.st_size = size;
  status.st_ctim.tv_sec = changed;
  status.st_ctim.tv_nsec = nanoseconds;
  return FileStatus(status, {now, 0});
}

TEST(FileStatus, TellsThatNothingWasWrittenSinceTheFileHadSettled) {
  const FileStatus settled = status(kSecond + 10);
  EXPECT_TRUE(status(kSecond + 20).is_unchanged_since(settled));
  EXPECT_FALSE(status(kSecond + 20, 101).is_unchanged_since(settled));
  EXPECT_FALSE(status(kSecond + 20, 100, kSecond + 1).is_unchanged_since(settled));
  EXPECT_FALSE(status(kSecond + 20, 100, kSecond, 6).is_unchanged_since(settled));
  EXPECT_FALSE(status(kSecond + 20, 100, kSecond, 5, 8).is_unchanged_since(settled));
  EXPECT_FALSE(FileStatus().is_unchanged_since(settled));
}

TEST(FileStatus, DoesNotTrustTheTimeOfAFileThatWasWrittenAMomentBefore) {
  const FileStatus fresh = status(kSecond + 1);
  EXPECT_FALSE(status(kSecond + 20).is_unchanged_since(fresh));
  EXPECT_FALSE(status(kSecond + 20).is_unchanged_since(status(kSecond - 1)))
      << "the clock of another machine";
}

}  // namespace
}  // namespace suar
