#include "run_directory.h"

#include <gtest/gtest.h>

#include "files.h"
#include "temporary_directory.h"

namespace suar {
namespace {

TEST(RunDirectory, IsTheOneWantedWhenNoRunIsThere) {
  testing::TemporaryDirectory directory;
  EXPECT_EQ(choose_run_directory(directory.path() / "a"), directory.path() / "a");
  EXPECT_EQ(choose_run_directory(directory.path() / "a/"), directory.path() / "a");
  std::filesystem::create_directory(directory.path() / "a");
  testing::write_file(directory.path() / "a" / "notes.txt", "");
  EXPECT_EQ(choose_run_directory(directory.path() / "a"), directory.path() / "a");
}

TEST(RunDirectory, IsBesideTheRunsThatAreThere) {
  testing::TemporaryDirectory directory;
  for (const char* expected : {"a", "a_2", "a_3"}) {
    const auto chosen = choose_run_directory(directory.path() / "a");
    EXPECT_EQ(chosen, directory.path() / expected);
    std::filesystem::create_directory(chosen);
    testing::write_file(chosen / "events.out.tfevents.1", "");
  }
}

TEST(RunDirectory, IsNamedByTheTimeWhenNoneIsWanted) {
  const auto chosen = choose_run_directory("");
  EXPECT_EQ(chosen.parent_path(), "runs");
  EXPECT_EQ(chosen.filename().string().rfind("20", 0), 0u);
}

}  // namespace
}  // namespace suar
