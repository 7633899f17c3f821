#include "run_directory.h"

#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "files.h"
#include "temporary_directory.h"

namespace suar {
namespace {

/// Works in another directory for a while.
class InDirectory {
 public:
  explicit InDirectory(const std::filesystem::path& directory) {
    std::filesystem::current_path(directory);
  }
  ~InDirectory() { std::filesystem::current_path(before_); }

 private:
  const std::filesystem::path before_ = std::filesystem::current_path();
};

TEST(RunDirectory, IsTheOneWantedWhenNoRunIsThere) {
  testing::TemporaryDirectory directory;
  EXPECT_EQ(RunDirectory(directory.path() / "a").path(), directory.path() / "a");
  EXPECT_EQ(RunDirectory(directory.path() / "a/").path(), directory.path() / "a");
  std::filesystem::create_directory(directory.path() / "a");
  testing::write_file(directory.path() / "a" / "notes.txt", "");
  EXPECT_EQ(RunDirectory(directory.path() / "a").path(), directory.path() / "a");
}

TEST(RunDirectory, IsBesideTheRunsThatAreThere) {
  testing::TemporaryDirectory directory;
  for (const char* expected : {"a", "a_2", "a_3"}) {
    const auto chosen = RunDirectory(directory.path() / "a").path();
    EXPECT_EQ(chosen, directory.path() / expected);
    std::filesystem::create_directory(chosen);
    testing::write_file(chosen / "events.out.tfevents.1", "");
  }
}

TEST(RunDirectory, IsNamedByTheTimeWhenNoneIsWanted) {
  testing::TemporaryDirectory directory;
  const InDirectory moved(directory.path());
  const RunDirectory chosen("");
  EXPECT_EQ(chosen.path().parent_path(), "runs");
  EXPECT_EQ(chosen.path().filename().string().rfind("20", 0), 0u);
}

TEST(RunDirectory, IsNotTheOneInWhichAnotherTrainingIsAboutToWrite) {
  testing::TemporaryDirectory directory;
  const auto wanted = directory.path() / "runs" / "a";
  {
    const RunDirectory first(wanted), second(wanted), third(wanted);
    EXPECT_EQ(first.path(), wanted);
    EXPECT_EQ(second.path(), directory.path() / "runs" / "a_2");
    EXPECT_EQ(third.path(), directory.path() / "runs" / "a_3");
  }
  EXPECT_TRUE(std::filesystem::is_empty(wanted)) << "no trace of the claim is left";
  EXPECT_EQ(RunDirectory(wanted).path(), wanted);
}

TEST(RunDirectory, IsOneOfItsOwnForEachOfManyTrainingsThatBeginTogether) {
  testing::TemporaryDirectory directory;
  std::vector<std::filesystem::path> chosen(8);
  std::vector<std::thread> trainings;
  for (auto& path : chosen) {
    trainings.emplace_back([&] {
      const RunDirectory claimed(directory.path() / "a");
      path = claimed.path();
      testing::write_file(path / "events.out.tfevents.1", "");
    });
  }
  for (std::thread& training : trainings) training.join();
  EXPECT_EQ(std::set<std::filesystem::path>(chosen.begin(), chosen.end()).size(), chosen.size());
}

TEST(RunDirectory, BesideTheCurrentOneIsNamedAsThatOneIs) {
  testing::TemporaryDirectory directory;
  const auto current = std::filesystem::canonical(directory.path()) / "here";
  std::filesystem::create_directory(current);
  const InDirectory moved(current);
  EXPECT_EQ(RunDirectory(".").path(), current);
  testing::write_file("events.out.tfevents.1", "");
  EXPECT_EQ(RunDirectory(".").path(), current.parent_path() / "here_2");
}

TEST(RunDirectory, ThatCannotBeCreatedIsLeftToTheWriterToReport) {
  testing::TemporaryDirectory directory;
  testing::write_file(directory.path() / "file", "");
  EXPECT_EQ(RunDirectory(directory.path() / "file" / "a").path(), directory.path() / "file" / "a");
}

}  // namespace
}  // namespace suar
