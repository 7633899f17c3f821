#include "store.h"

#include <chrono>
#include <future>
#include <thread>

#include <gtest/gtest.h>

#include "store_filling.h"

namespace suar::dashboard {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using suar::testing::commit;
using suar::testing::curve;

uint64_t version_of(const Store& store) {
  return store.read([](const Catalog& catalog) { return catalog.version; });
}

TEST(Store, GivesEachCommitAVersionOfItsOwn) {
  Store store("runs");
  const auto first = version_of(store);
  commit(store, "a", curve("loss", {1}));
  const auto second = version_of(store);
  EXPECT_GT(second, first);
  commit(store, "a", {});
  EXPECT_EQ(version_of(store), second);
}

TEST(Store, ReturnsAtOnceWhenThereIsNewsAlready) {
  Store store("runs");
  EXPECT_TRUE(store.wait_for_newer(0, seconds(30)));
}

TEST(Store, WakesWhoWaitsWhenSomethingIsCommitted) {
  Store store("runs");
  const auto version = version_of(store);
  auto waiting = std::async(std::launch::async, [&] {
    return store.wait_for_newer(version, seconds(30)) && version_of(store) > version;
  });
  commit(store, "a", curve("loss", {1}));
  ASSERT_EQ(waiting.wait_for(seconds(10)), std::future_status::ready);
  EXPECT_TRUE(waiting.get());
}

TEST(Store, WakesWhoWaitsAtTheShutdown) {
  Store store("runs");
  const auto version = version_of(store);
  auto waiting =
      std::async(std::launch::async, [&] { return store.wait_for_newer(version, seconds(30)); });
  store.stop_waiting();
  ASSERT_EQ(waiting.wait_for(seconds(10)), std::future_status::ready);
  EXPECT_TRUE(store.wait_for_newer(version, seconds(30)));
}

TEST(Store, LetsOnlySoManyWait) {
  Store store("runs");
  const auto version = version_of(store);
  std::vector<std::thread> threads;
  std::atomic<int> refused{0};
  for (int i = 0; i < 60; ++i) {
    threads.emplace_back([&] { refused += store.wait_for_newer(version, seconds(30)) ? 0 : 1; });
  }
  EXPECT_TRUE(suar::testing::eventually([&] { return refused == 12; }));
  store.stop_waiting();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(refused, 12);
}

TEST(Store, GivesConsistentViewsWhileAnotherThreadCommits) {
  Store store("runs");
  commit(store, "a", curve("loss", {0}));
  std::thread writer([&] {
    for (int64_t step = 1; step < 2000; ++step) {
      // Now and then the steps go back, which replaces points that a reader may be looking at.
      const int64_t shown = step % 100 == 0 ? step - 50 : step;
      commit(store, "a", {suar::testing::scalar_event(shown, "loss", static_cast<double>(shown))});
    }
  });
  for (int i = 0; i < 500; ++i) {
    const auto view = store.read([](const Catalog& catalog) {
      return catalog.runs.at("a")->scalars().find("loss")->series.view();
    });
    int64_t last = -1;
    view.for_each_from(0, [&](std::size_t, const ScalarPoint& point) {
      ASSERT_GT(point.step, last);
      ASSERT_EQ(point.value, static_cast<double>(point.step));
      last = point.step;
    });
  }
  writer.join();
}

TEST(Compact, LeavesOutEmptyBucketsWithoutLosingAnything) {
  Histogram histogram;
  histogram.min = -2;
  histogram.max = 3;
  histogram.limits = {-1e308, -3, -1, 0, 0.5, 1, 2, 1e308, 1.5e308};
  histogram.counts = {0, 0, 2, 0, 0, 0, 3, 5, 0};
  const auto small = compact(histogram);
  EXPECT_EQ(small.limits, std::vector<double>({-1, 1, 2, 3}));
  EXPECT_EQ(small.counts, std::vector<double>({2, 0, 3, 5}));
}

TEST(Compact, MendsFieldsThatDoNotFitTogether) {
  Histogram histogram;
  histogram.max = 1;
  histogram.limits = {0, 1, 2};
  histogram.counts = {std::nan(""), -4};
  EXPECT_TRUE(compact(histogram).limits.empty());
  EXPECT_TRUE(compact(histogram).counts.empty());
}

}  // namespace
}  // namespace suar::dashboard
