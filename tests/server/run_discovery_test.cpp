#include "run_discovery.h"

#include <chrono>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "temporary_directory.h"

namespace suar::dashboard {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

class RunDiscoveryTest : public ::testing::Test {
 protected:
  fs::path root() const { return directory_.path(); }
  void touch(const fs::path& path) {
    fs::create_directories((root() / path).parent_path());
    std::ofstream(root() / path) << "";
  }
  DiscoveredRuns discover() {
    while (!discovery_.advance(Clock::now() + std::chrono::seconds(10))) {
    }
    return discovery_.runs();
  }

  suar::testing::TemporaryDirectory directory_;
  RunDiscovery discovery_{directory_.path()};
};

TEST_F(RunDiscoveryTest, TakesEveryDirectoryWithEventFilesForARun) {
  touch("events.out.tfevents.1");
  touch("b/deep/x.tfevents.2");
  touch("b/deep/x.tfevents.1");
  touch("b/deep/checkpoint.pt");
  touch("empty/notes.txt");
  const DiscoveredRuns expected = {{".", {"events.out.tfevents.1"}},
                                   {"b/deep", {"x.tfevents.1", "x.tfevents.2"}}};
  EXPECT_EQ(discover(), expected);
  EXPECT_TRUE(discovery_.problems().empty());
}

TEST_F(RunDiscoveryTest, FindsWhatComesAndMissesWhatGoes) {
  EXPECT_TRUE(discover().empty());
  touch("a/1.tfevents");
  EXPECT_EQ(discover().count("a"), 1u);
  touch("a/2.tfevents");
  EXPECT_EQ(discover().at("a").size(), 2u);
  fs::remove_all(root() / "a");
  EXPECT_TRUE(discover().empty());
}

TEST_F(RunDiscoveryTest, WaitsForADirectoryThatIsNotThereYet) {
  RunDiscovery discovery(root() / "later");
  EXPECT_TRUE(discovery.advance(Clock::now() + std::chrono::seconds(10)));
  EXPECT_TRUE(discovery.problems().empty());
  touch("later/1.tfevents");
  EXPECT_TRUE(discovery.advance(Clock::now() + std::chrono::seconds(10)));
  EXPECT_EQ(discovery.runs().count("."), 1u);
}

TEST_F(RunDiscoveryTest, FollowsNoLoopAndShowsALinkedRunOnce) {
  touch("z/1.tfevents");
  fs::create_directory_symlink(root(), root() / "z" / "up");
  fs::create_directory_symlink(root() / "z", root() / "latest");
  fs::create_symlink("self", root() / "self");
  EXPECT_EQ(discover(), DiscoveredRuns({{"z", {"1.tfevents"}}}));
}

TEST_F(RunDiscoveryTest, FollowsALinkOutOfTheLogDirectory) {
  const suar::testing::TemporaryDirectory elsewhere;
  std::ofstream(elsewhere.path() / "1.tfevents") << "";
  fs::create_directory_symlink(elsewhere.path(), root() / "disk2");
  EXPECT_EQ(discover(), DiscoveredRuns({{"disk2", {"1.tfevents"}}}));
}

TEST_F(RunDiscoveryTest, LeavesOutHiddenDirectoriesAndThingsThatAreNoFiles) {
  touch(".git/1.tfevents");
  fs::create_directories(root() / "directory.tfevents");
  EXPECT_TRUE(discover().empty());
}

TEST_F(RunDiscoveryTest, GoesOnWhereItStoppedWhenItsTimeIsOver) {
  for (int i = 0; i < 50; ++i) touch(std::to_string(i) + "/1.tfevents");
  int slices = 1;
  while (!discovery_.advance(Clock::now())) ++slices;
  EXPECT_GT(slices, 40);
  EXPECT_EQ(discovery_.runs().size(), 50u);
}

TEST_F(RunDiscoveryTest, NamesADirectoryThatItCannotRead) {
  touch("open/1.tfevents");
  fs::create_directories(root() / "locked");
  fs::permissions(root(), fs::perms::all);
  fs::permissions(root() / "locked", fs::perms::none);
  // Root may read everything: look as somebody else.
  const bool was_root = geteuid() == 0;
  ASSERT_EQ(was_root ? seteuid(65534) : 0, 0);
  const auto runs = discover();
  ASSERT_EQ(was_root ? seteuid(0) : 0, 0);
  EXPECT_EQ(runs.count("open"), 1u);
  ASSERT_EQ(discovery_.problems().size(), 1u);
  EXPECT_EQ(discovery_.problems()[0], (root() / "locked").string() + ": Permission denied");
  fs::permissions(root() / "locked", fs::perms::all);
}

}  // namespace
}  // namespace suar::dashboard
