#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "routes.h"
#include "store_filling.h"

namespace suar::dashboard {
namespace {

using nlohmann::json;
using suar::testing::commit;
using suar::testing::curve;
using suar::testing::over_the_wire;
using suar::testing::scalar_event;
using suar::testing::with;

class ScalarsRoute : public ::testing::Test {
 protected:
  json ask(std::multimap<std::string, std::string> parameters) {
    parameters.emplace("tag", "loss");
    return over_the_wire(scalars_route(store_, with(std::move(parameters))));
  }
  /// Brings what a client holds up to date as HTTP_API.md says.
  void update(json& held, std::multimap<std::string, std::string> question) {
    question.emplace("since", std::to_string(held["version"].get<uint64_t>()));
    question.emplace("width", held["width"].dump());
    auto news = ask(std::move(question));
    for (auto& curve : news["runs"]) {
      if (curve["from"].is_null()) continue;
      json mine;
      for (const auto& one : held["runs"]) {
        if (name_of(one) == name_of(curve)) mine = one;
      }
      std::size_t kept = 0;
      while (kept < mine["x"].size() && mine["x"][kept] < curve["from"]) ++kept;
      for (auto& [name, column] : curve.items()) {
        if (!column.is_array()) continue;
        const auto& old = mine[name];
        json joined(old.begin(), old.begin() + static_cast<std::ptrdiff_t>(kept));
        joined.insert(joined.end(), column.begin(), column.end());
        column = joined;
      }
      curve["from"] = nullptr;
    }
    held = news;
  }
  static json name_of(const json& curve) {
    return {curve["run"], curve.value("file", ""), curve.value("pass", 0)};
  }
  int refusal(std::multimap<std::string, std::string> parameters) {
    try {
      scalars_route(store_, with(std::move(parameters)));
    } catch (const RequestError& error) {
      return error.status();
    }
    return 200;
  }
  uint64_t version() const {
    return store_.read([](const Catalog& catalog) { return catalog.version; });
  }

  Store store_{"runs"};
};

TEST_F(ScalarsRoute, CutsCurvesIntoBuckets) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  commit(store_, "a", curve("loss", {2.3, 2.1, 1.8, 1.7, nan}));
  const auto answer = ask({{"buckets", "3"}});
  EXPECT_EQ(answer["width"], 2);
  EXPECT_EQ(answer["x"], "step");
  EXPECT_EQ(answer["version"], version());
  ASSERT_EQ(answer["runs"].size(), 1u);
  const auto expected = json::parse(R"({"run": "a", "from": null, "x": [0, 2, 4], "step": [1, 3, 4],
      "wall_time": [1001, 1003, 1004], "min": [2.1, 1.7, null], "max": [2.3, 1.8, null],
      "last": [2.1, 1.7, null], "count": [2, 2, 1], "nonfinite": [0, 0, 1]})");
  EXPECT_EQ(answer["runs"][0], expected);
}

TEST_F(ScalarsRoute, PutsAllRunsOnOneGrid) {
  commit(store_, "long", curve("loss", std::vector<double>(1000, 1)));
  commit(store_, "short", curve("loss", {1, 2, 3}));
  commit(store_, "other", curve("accuracy", {1, 2, 3}));
  const auto answer = ask({{"buckets", "100"}});
  EXPECT_EQ(answer["width"], 16);
  ASSERT_EQ(answer["runs"].size(), 2u);
  EXPECT_EQ(answer["runs"][0]["x"].size(), 63u);
  EXPECT_EQ(answer["runs"][1]["run"], "short");
  EXPECT_EQ(answer["runs"][1]["count"], json({3}));
}

TEST_F(ScalarsRoute, TakesTheRunsThatAreAskedFor) {
  for (const char* run : {"a", "b", "c"}) commit(store_, run, curve("loss", {1}));
  const auto answer = ask({{"run", "c"}, {"run", "a"}, {"run", "gone"}});
  ASSERT_EQ(answer["runs"].size(), 2u);
  EXPECT_EQ(answer["runs"][0]["run"], "c");
  EXPECT_EQ(answer["runs"][1]["run"], "a");
}

TEST_F(ScalarsRoute, AnswersWithNoRunsWhenNoneHasTheTag) {
  commit(store_, "a", curve("accuracy", {1}));
  EXPECT_EQ(ask({})["runs"], json::array());
}

TEST_F(ScalarsRoute, ShowsAPartOfTheAxisAtItsOwnWidth) {
  commit(store_, "a", curve("loss", std::vector<double>(10000, 1)));
  const auto answer = ask({{"buckets", "100"}, {"from", "99.5"}, {"to", "150"}});
  EXPECT_EQ(answer["width"], 1);
  EXPECT_EQ(answer["runs"][0]["x"].front(), 100);
  EXPECT_EQ(answer["runs"][0]["x"].back(), 150);
}

TEST_F(ScalarsRoute, SmoothsOverAllPointsAlsoThoseBeforeTheWindow) {
  commit(store_, "a", curve("loss", {1, 0, 0, 0}));
  const auto answer = ask({{"smoothing", "0.5"}, {"from", "2"}});
  // 1, 1/3, 1/7, 1/15: the debiased averages.
  ASSERT_EQ(answer["runs"][0]["smoothed"].size(), 2u);
  EXPECT_NEAR(answer["runs"][0]["smoothed"][0], 1.0 / 7, 1e-12);
  EXPECT_NEAR(answer["runs"][0]["smoothed"][1], 1.0 / 15, 1e-12);
  EXPECT_FALSE(ask({})["runs"][0].contains("smoothed"));
}

TEST_F(ScalarsRoute, CountsRelativeTimeFromTheFirstEventOfTheRun) {
  commit(store_, "a",
         {scalar_event(0, "accuracy", 1, 5000), scalar_event(3, "loss", 1, 5002.5),
          scalar_event(4, "loss", 2, 5004)});
  const auto relative = ask({{"x", "relative"}, {"buckets", "4"}});
  EXPECT_EQ(relative["width"], 0.5);
  EXPECT_EQ(relative["runs"][0]["x"], json({2.5, 4.0}));
  EXPECT_EQ(relative["runs"][0]["step"], json({3, 4}));
  const auto wall = ask({{"x", "wall"}, {"buckets", "4"}, {"from", "5003"}});
  EXPECT_EQ(wall["runs"][0]["x"], json({5004.0}));
}

TEST_F(ScalarsRoute, SendsOnlyWhatIsNewToAClientThatHoldsTheRest) {
  commit(store_, "a", curve("loss", std::vector<double>(100, 1)));
  const auto held = ask({{"buckets", "50"}});
  EXPECT_EQ(held["width"], 2);
  commit(store_, "b", curve("loss", {5}));
  const std::string since = std::to_string(held["version"].get<uint64_t>());
  auto news = ask({{"buckets", "50"}, {"since", since}, {"width", "2"}});
  ASSERT_EQ(news["runs"].size(), 2u);
  EXPECT_EQ(news["runs"][0]["from"], 98);
  EXPECT_EQ(news["runs"][0]["x"], json({98}));
  EXPECT_EQ(news["runs"][1]["from"], nullptr);

  // Growing past the grid makes the width another one: everything again.
  commit(store_, "a", curve("loss", {7, 7}, 100));
  news = ask({{"buckets", "50"}, {"since", since}, {"width", "2"}});
  EXPECT_EQ(news["width"], 4);
  EXPECT_EQ(news["runs"][0]["from"], nullptr);
}

TEST_F(ScalarsRoute, GivesByPiecesWhatItGivesAtOnce) {
  commit(store_, "a", curve("loss", {3}));
  auto held = ask({{"smoothing", "0.9"}});
  for (int64_t step = 1; step < 400; step += 3) {
    commit(store_, "a", curve("loss", {std::sin(step * 0.1), 2, 1.0 / step}, step));
    update(held, {{"smoothing", "0.9"}});
  }
  EXPECT_EQ(held, ask({{"smoothing", "0.9"}}));
}

TEST_F(ScalarsRoute, GivesEveryPassByPiecesWhatItGivesAtOnce) {
  const std::multimap<std::string, std::string> question = {
      {"smoothing", "0.9"}, {"passes", "all"}, {"buckets", "50"}};
  std::mt19937 random(1);
  const auto below = [&random](int64_t limit) {
    return static_cast<int64_t>(random() % static_cast<uint64_t>(limit));
  };
  commit(store_, "a", curve("loss", {3}));
  auto held = ask(question);
  int64_t step = 1;
  for (int i = 0; i < 400; ++i) {
    if (below(10) == 0) step = below(step + 1);
    const std::string file = "file" + std::to_string(i / 100 - (below(20) == 0 && i >= 100));
    if (below(15) == 0) commit(store_, "a", {suar::testing::start_event(below(step + 1))}, file);
    commit(store_, "a", curve("loss", {std::sin(step * 0.1), 2, 1.0 / step}, step), file);
    step += 3;
    if (below(3) == 0) continue;
    update(held, question);
    ASSERT_EQ(held, ask(question)) << i;
  }
}

TEST_F(ScalarsRoute, GivesEveryPassAsACurveOfItsOwnWhenAskedTo) {
  commit(store_, "a", curve("loss", {1, 1, 1, 1}), "1.tfevents");
  commit(store_, "a", curve("loss", {2, 2}, 1), "1.tfevents");
  commit(store_, "a", {suar::testing::start_event(0)}, "2.tfevents");
  commit(store_, "b", curve("loss", {5}));
  const auto answer = ask({{"passes", "all"}});
  ASSERT_EQ(answer["runs"].size(), 3u);
  EXPECT_EQ(answer["runs"][0]["run"], "a");
  EXPECT_EQ(answer["runs"][0]["file"], "1.tfevents");
  EXPECT_EQ(answer["runs"][0]["pass"], 0);
  EXPECT_EQ(answer["runs"][0]["step"], json({0, 1, 2, 3}));
  EXPECT_EQ(answer["runs"][1]["file"], "1.tfevents");
  EXPECT_EQ(answer["runs"][1]["pass"], 1);
  EXPECT_EQ(answer["runs"][1]["step"], json({1, 2}));
  EXPECT_EQ(answer["runs"][1]["last"], json({2.0, 2.0}));
  EXPECT_EQ(answer["runs"][2]["run"], "b");
  EXPECT_EQ(answer["runs"][2]["pass"], 0);

  // The START hides all that run "a" has.
  for (const auto& shown : {ask({}), ask({{"passes", "shown"}})}) {
    ASSERT_EQ(shown["runs"].size(), 1u);
    EXPECT_EQ(shown["runs"][0]["run"], "b");
    EXPECT_FALSE(shown["runs"][0].contains("pass"));
  }
}

TEST_F(ScalarsRoute, SendsOnlyWhatIsNewOfEveryPass) {
  commit(store_, "a", curve("loss", {1, 1, 1, 1}));
  commit(store_, "a", curve("loss", {2, 2, 2}, 1));
  const std::string since = std::to_string(version());
  commit(store_, "a", curve("loss", {3, 3}, 4));
  const auto news = ask({{"passes", "all"}, {"since", since}, {"width", "1"}});
  ASSERT_EQ(news["runs"].size(), 2u);
  EXPECT_EQ(news["runs"][0]["from"], 3);
  EXPECT_EQ(news["runs"][0]["x"], json({3}));
  EXPECT_EQ(news["runs"][1]["from"], 3);
  EXPECT_EQ(news["runs"][1]["x"], json({3, 4, 5}));
}

TEST_F(ScalarsRoute, SendsEverythingWhenThePastChanged) {
  commit(store_, "a", curve("loss", {1, 1, 1, 1}));
  const std::string since = std::to_string(version());
  commit(store_, "a", curve("loss", {2}, 1));
  const auto news = ask({{"since", since}, {"width", "1"}});
  EXPECT_EQ(news["runs"][0]["from"], nullptr);
  EXPECT_EQ(news["runs"][0]["last"], json({1.0, 2.0}));
}

TEST_F(ScalarsRoute, CopesWithStepsAtTheEndsOfTheAxisAndTimesThatAreNone) {
  const double infinity = std::numeric_limits<double>::infinity();
  commit(store_, "a",
         {scalar_event(std::numeric_limits<int64_t>::min(), "loss", 1, infinity),
          scalar_event(std::numeric_limits<int64_t>::max(), "loss", 2, -1e308),
          scalar_event(std::numeric_limits<int64_t>::max(), "loss", 3, 1e308)});
  EXPECT_EQ(ask({{"buckets", "1"}})["runs"][0]["count"], json({1, 2}));
  for (const char* x : {"relative", "wall"}) {
    uint64_t count = 0;
    const auto answer = ask({{"x", x}});
    for (const auto& part : answer["runs"][0]["count"]) count += part.get<uint64_t>();
    EXPECT_LE(count, 2u);
  }
}

TEST_F(ScalarsRoute, RefusesWrongParameters) {
  EXPECT_EQ(refusal({}), 400);
  for (const auto& [name, value] : std::multimap<std::string, std::string>{{"x", "epoch"},
                                                                           {"passes", "each"},
                                                                           {"buckets", "0"},
                                                                           {"buckets", "10001"},
                                                                           {"buckets", "ten"},
                                                                           {"smoothing", "1"},
                                                                           {"from", "here"},
                                                                           {"to", "nan"},
                                                                           {"since", "-1"},
                                                                           {"smoothing", "-0.5"},
                                                                           {"width", "wide"}}) {
    EXPECT_EQ(refusal({{"tag", "loss"}, {name, value}}), 400) << name << "=" << value;
  }
  EXPECT_EQ(refusal({{"tag", "loss"}, {"from", "2"}, {"to", "1"}}), 400);
}

}  // namespace
}  // namespace suar::dashboard
