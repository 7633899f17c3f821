#include "tailer.h"

#include <chrono>
#include <filesystem>

#include <gtest/gtest.h>

#include <suar/event_writer.h>

#include "event_files.h"
#include "temporary_directory.h"

namespace suar::dashboard {
namespace {

namespace fs = std::filesystem;
using suar::testing::eventually;
using suar::testing::scalar_event;

std::size_t points(const Store& store, const std::string& run, const std::string& tag) {
  return store.read([&](const Catalog& catalog) -> std::size_t {
    const auto found = catalog.runs.find(run);
    if (found == catalog.runs.end()) return 0;
    const auto* entry = found->second->scalars().find(tag);
    return entry == nullptr ? 0 : entry->series.size();
  });
}

bool loading(const Store& store) {
  return store.read([](const Catalog& catalog) { return catalog.loading; });
}

TEST(Tailer, LoadsWhatIsThereThenFollowsIt) {
  const suar::testing::TemporaryDirectory directory;
  Store store("runs");
  EventWriter writer(directory.path() / "a");
  writer.write(scalar_event(0, "loss", 1));
  writer.flush();
  const Tailer tailer(store, directory.path());
  ASSERT_TRUE(eventually([&] { return !loading(store); }));
  EXPECT_EQ(points(store, "a", "loss"), 1u);

  writer.write(scalar_event(1, "loss", 1));
  writer.flush();
  EXPECT_TRUE(eventually([&] { return points(store, "a", "loss") == 2; }));
}

TEST(Tailer, FindsRunsThatComeAndDropsThoseThatGo) {
  const suar::testing::TemporaryDirectory directory;
  const auto log_directory = directory.path() / "runs";
  Store store("runs");
  const Tailer tailer(store, log_directory, std::chrono::milliseconds(10));
  ASSERT_TRUE(eventually([&] { return !loading(store); }));
  { EventWriter(log_directory / "a").write(scalar_event(0, "loss", 1)); }
  ASSERT_TRUE(eventually([&] { return points(store, "a", "loss") == 1; }));
  fs::remove_all(log_directory / "a");
  EXPECT_TRUE(eventually([&] {
    return store.read([](const Catalog& catalog) {
      return catalog.runs.empty() && catalog.removed.count("a") == 1;
    });
  }));
}

TEST(Tailer, ShowsANewPointWithinThreeTenthsOfASecond) {
  const suar::testing::TemporaryDirectory directory;
  Store store("runs");
  EventWriter writer(directory.path() / "a");
  const Tailer tailer(store, directory.path());
  ASSERT_TRUE(eventually([&] { return !loading(store); }));
  // The best of some, for the machine may have other things to do as well.
  auto best = std::chrono::steady_clock::duration::max();
  for (int64_t step = 0; step < 5; ++step) {
    writer.write(scalar_event(step, "loss", 1));
    writer.flush();
    const auto begin = std::chrono::steady_clock::now();
    ASSERT_TRUE(eventually(
        [&] { return points(store, "a", "loss") == static_cast<std::size_t>(step) + 1; }));
    best = std::min(best, std::chrono::steady_clock::now() - begin);
  }
  EXPECT_LT(best, std::chrono::milliseconds(300));
}

TEST(Tailer, EndsAtOnceWhileItSleeps) {
  const suar::testing::TemporaryDirectory directory;
  Store store("runs");
  const auto begin = std::chrono::steady_clock::now();
  {
    const Tailer tailer(store, directory.path(), std::chrono::hours(1));
    ASSERT_TRUE(eventually([&] { return !loading(store); }));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

}  // namespace
}  // namespace suar::dashboard
