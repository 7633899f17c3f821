#include <cmath>

#include <gtest/gtest.h>

#include <suar/graph.h>
#include <suar/tiles.h>

#include "api.h"
#include "event_files.h"
#include "run_loader.h"
#include "store_filling.h"
#include "temporary_directory.h"

namespace suar::dashboard {
namespace {

using nlohmann::json;
using suar::testing::commit;
using suar::testing::curve;
using suar::testing::scalar_event;
using suar::testing::with;
using Values = std::multimap<std::string, std::string>;

class Routes : public ::testing::Test {
 protected:
  json get(const std::string& path, Values parameters = {}) {
    const auto answer = api_.answer(path, with(std::move(parameters)));
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json::parse(answer.body);
  }
  int status(const std::string& path, Values parameters = {}) {
    const auto answer = api_.answer(path, with(std::move(parameters)));
    if (answer.status != 200) {
      EXPECT_FALSE(json::parse(answer.body)["error"].empty());
    }
    return answer.status;
  }
  Values since(const json& answer) const {
    return {{"session", answer["session"]},
            {"since", std::to_string(answer["version"].get<uint64_t>())}};
  }
  // Writes the events to a file and lets a loader read it.
  void load(const std::vector<Event>& events) {
    suar::testing::write_event_file(directory_.path() / "1.tfevents", events);
    while (loader_.poll({"1.tfevents"})) {
    }
  }

  suar::testing::TemporaryDirectory directory_;
  Store store_{"/home/ada/runs"};
  RunLoader loader_{store_, "run", directory_.path()};
  Api api_{store_};
};

Event histogram_event(int64_t step) {
  Histogram histogram;
  histogram.min = -1;
  histogram.max = 1;
  histogram.count = 8;
  histogram.sum = 0.5;
  histogram.sum_squares = 4;
  histogram.limits = {0, 1};
  histogram.counts = {3, 5};
  return {1000.0 + static_cast<double>(step), step,
          std::vector<Summary>{{"Weights/a", histogram, ""}}};
}

TEST_F(Routes, ListRunsWithTheirSeries) {
  commit(store_, "b", curve("Loss/train", {3, 2, 0.5}));
  commit(store_, "b", {histogram_event(7)});
  commit(store_, "a", curve("x", {std::nan("")}));
  const auto answer = get("/api/runs");
  EXPECT_EQ(answer["session"], store_.session());
  EXPECT_EQ(answer["full"], true);
  EXPECT_EQ(answer["log_directory"], "/home/ada/runs");
  EXPECT_EQ(answer["loading"], true);
  ASSERT_EQ(answer["runs"].size(), 2u);
  EXPECT_EQ(answer["runs"][0]["scalars"][0]["last_value"], nullptr);
  const auto expected = json::parse(R"({
      "name": "b", "first_wall_time": 1000, "last_wall_time": 1007, "last_step": 7,
      "scalars": [{"tag": "Loss/train", "points": 3, "last_step": 2, "last_value": 0.5, "version": 2,
                   "description": ""}],
      "histograms": [{"tag": "Weights/a", "points": 1, "last_step": 7, "version": 3,
                      "description": ""}],
      "images": [], "texts": [], "graph_version": null, "damage": [],
      "damage_count": 0})");
  EXPECT_EQ(answer["runs"][1], expected);
}

TEST_F(Routes, ListOnlyWhatChangedSinceTheVersionThatTheClientKnows) {
  commit(store_, "a", curve("x", {1}));
  commit(store_, "a", curve("y", {1}));
  commit(store_, "b", curve("x", {1}));
  const auto known = get("/api/runs");
  commit(store_, "a", curve("y", {2}, 1));
  const auto news = get("/api/runs", since(known));
  EXPECT_EQ(news["full"], false);
  ASSERT_EQ(news["runs"].size(), 1u);
  ASSERT_EQ(news["runs"][0]["scalars"].size(), 1u);
  EXPECT_EQ(news["runs"][0]["scalars"][0]["tag"], "y");
  EXPECT_EQ(get("/api/runs", since(news))["runs"], json::array());
}

TEST_F(Routes, StartOverWithAClientOfAnotherSession) {
  commit(store_, "a", curve("x", {1}));
  EXPECT_EQ(get("/api/runs", {{"since", "2"}, {"session", "another"}})["full"], true);
  EXPECT_EQ(get("/api/runs", {{"since", "2"}})["full"], true);
  EXPECT_EQ(get("/api/runs", {{"since", "999"}, {"session", store_.session()}})["full"], true);
}

TEST_F(Routes, NameRunsThatAreGoneAndThoseThatBeganAnew) {
  commit(store_, "gone", curve("x", {1}));
  commit(store_, "again", curve("x", {1}));
  commit(store_, "replaced", curve("old", {1}));
  const auto known = get("/api/runs");
  store_.remove_run("gone");
  store_.remove_run("again");
  commit(store_, "again", curve("y", {1}));
  store_.commit("replaced", [](auto& run, uint64_t&) { run.forget_file("1.tfevents"); });
  commit(store_, "replaced", curve("new", {1}));
  commit(store_, "new", curve("x", {1}));
  const auto news = get("/api/runs", since(known));
  EXPECT_EQ(news["removed"], json({"again", "gone", "replaced"}));
  ASSERT_EQ(news["runs"].size(), 3u);
  ASSERT_EQ(news["runs"][2]["scalars"].size(), 1u);
  EXPECT_EQ(news["runs"][2]["scalars"][0]["tag"], "new");
  EXPECT_EQ(get("/api/runs", since(news))["removed"], json::array());
}

TEST_F(Routes, ShowDamageAndProblems) {
  commit(store_, "a", {});
  store_.commit("a", [](auto& run, uint64_t&) {
    run.set_damage("1.tfevents", {{{4711, 56, "checksum of the data is wrong"}}, 1});
    run.set_damage("2.tfevents", {{}, 299});
  });
  store_.set_problems({"/home/ada/runs/locked: Permission denied"});
  const auto answer = get("/api/runs");
  EXPECT_EQ(answer["runs"][0]["damage"],
            json::parse(R"([{"file": "1.tfevents", "offset": 4711, "length": 56,
                             "reason": "checksum of the data is wrong"}])"));
  EXPECT_EQ(answer["runs"][0]["damage_count"], 300);
  EXPECT_EQ(answer["problems"], json({"/home/ada/runs/locked: Permission denied"}));
}

TEST_F(Routes, RefuseAWaitThatIsTooLong) {
  EXPECT_EQ(status("/api/runs", {{"wait", "31"}}), 400);
  EXPECT_EQ(status("/api/runs", {{"since", "yesterday"}}), 400);
}

TEST_F(Routes, SpreadHistogramsEvenlyAndKeepTheLast) {
  std::vector<Event> events;
  for (int64_t step = 0; step < 1000; step += 10) events.push_back(histogram_event(step));
  commit(store_, "run", events);
  const Values series = {{"run", "run"}, {"tag", "Weights/a"}};
  auto with_slices = series;
  with_slices.emplace("slices", "4");
  const auto answer = get("/api/histograms", with_slices);
  EXPECT_EQ(answer["points"], 100);
  std::vector<int> steps;
  for (const auto& slice : answer["slices"]) steps.push_back(slice["step"]);
  EXPECT_EQ(steps, std::vector<int>({0, 330, 660, 990}));
  EXPECT_EQ(answer["slices"][0], json::parse(R"({"step": 0, "wall_time": 1000, "min": -1, "max": 1,
      "count": 8, "sum": 0.5, "sum_squares": 4, "limits": [0, 1], "counts": [3, 5]})"));
  with_slices = series;
  with_slices.emplace("from", "100");
  with_slices.emplace("to", "119");
  EXPECT_EQ(get("/api/histograms", with_slices)["slices"].size(), 2u);
  with_slices = series;
  with_slices.emplace("slices", "1");
  EXPECT_EQ(get("/api/histograms", with_slices)["slices"][0]["step"], 990);
}

TEST_F(Routes, SendPicturesAsTheyWereLogged) {
  const std::string png = std::string("\x89PNG\r\n\x1a\n", 8) + "the rest";
  load(
      {{5, 2,
        std::vector<Summary>{{"Samples", Images{{{242, 240, 3, png}, {8, 9, 1, "<svg/>"}}}, ""}}}});
  const auto list = get("/api/images", {{"run", "run"}, {"tag", "Samples"}})["images"];
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0]["width"], 240);
  EXPECT_EQ(list[0]["height"], 242);
  EXPECT_EQ(list[1]["sample"], 1);
  const std::string id = list[0]["id"].dump();
  const Values picture = {{"run", "run"}, {"tag", "Samples"}, {"id", id}};
  auto answer = api_.answer("/api/image", with(picture));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "image/png");
  EXPECT_EQ(answer.body, png);
  auto second = picture;
  second.emplace("sample", "1");
  EXPECT_EQ(api_.answer("/api/image", with(second)).content_type, "application/octet-stream");
  second.erase("sample");
  second.emplace("sample", "2");
  EXPECT_EQ(status("/api/image", second), 404);

  // The file is another one now, though nobody has looked yet.
  suar::testing::write_event_file(directory_.path() / "1.tfevents", {scalar_event(9, "x", 1)});
  EXPECT_EQ(status("/api/image", picture), 404);
  std::filesystem::remove(directory_.path() / "1.tfevents");
  EXPECT_EQ(status("/api/image", picture), 404);
}

TEST_F(Routes, SayWhatIsInTheTilesOfAPicture) {
  const auto tiles = [](const std::string& predicted) {
    return make_tiles_summary("Samples",
                              {28, 30, 2, 8, {{predicted, "Shirt", 0.875f, TileVerdict::wrong}}});
  };
  const Summary picture{"Samples", Images{{{242, 240, 3, "png"}}}};
  const Summary other{"Other", Images{{{242, 240, 3, "png"}}}};
  load({{5, 2, std::vector<Summary>{tiles("Coat"), picture, other}},
        {6, 4, std::vector<Summary>{tiles("Bag")}},
        {6.1, 4, std::vector<Summary>{picture}},
        // The same step once more, in a later pass.
        {7, 3, std::vector<Summary>{tiles("Hat")}},
        {7.1, 3, std::vector<Summary>{picture}},
        {8, 4, std::vector<Summary>{tiles("Boot")}},
        {8.1, 4, std::vector<Summary>{picture}}});
  const auto tiles_of = [&](const json& image, const std::string& tag) {
    return get("/api/tiles", {{"run", "run"}, {"tag", tag}, {"id", image["id"].dump()}})["tiles"];
  };
  const Values series = {{"run", "run"}, {"tag", "Samples"}};
  const auto images = get("/api/images", series)["images"];
  ASSERT_EQ(images.size(), 3u);
  EXPECT_EQ(tiles_of(images[0], "Samples"), json::parse(R"({"width": 28, "height": 30, "border": 2,
      "columns": 8, "captions": [{"predicted": "Coat", "actual": "Shirt", "probability": 0.875,
      "verdict": "wrong"}]})"));
  EXPECT_EQ(tiles_of(images[1], "Samples")["captions"][0]["predicted"], "Hat");
  EXPECT_EQ(tiles_of(images[2], "Samples")["captions"][0]["predicted"], "Boot");
  auto all = series;
  all.emplace("passes", "all");
  const auto superseded = get("/api/images", all)["passes"][0]["images"][1];
  EXPECT_EQ(superseded["step"], 4);
  EXPECT_EQ(tiles_of(superseded, "Samples")["captions"][0]["predicted"], "Bag");
  const auto others = get("/api/images", {{"run", "run"}, {"tag", "Other"}})["images"];
  EXPECT_EQ(tiles_of(others[0], "Other"), nullptr);
  EXPECT_EQ(status("/api/tiles", {{"run", "run"}, {"tag", "Samples"}, {"id", "99"}}), 404);
  EXPECT_EQ(status("/api/tiles", series), 400);
}

TEST_F(Routes, GiveTextsAsTheyWereLogged) {
  commit(store_, "run", {{7, 3, std::vector<Summary>{{"Notes", Text{"<b>**bold**</b>"}, ""}}}});
  EXPECT_EQ(get("/api/texts", {{"run", "run"}, {"tag", "Notes"}})["texts"],
            json::parse(R"([{"step": 3, "wall_time": 7, "text": "<b>**bold**</b>"}])"));
}

TEST_F(Routes, GiveEveryPassOfASeriesWhenAskedTo) {
  const auto text = [](int64_t step, const char* markdown) {
    return Event{7, step, std::vector<Summary>{{"Notes", Text{markdown}, ""}}};
  };
  commit(store_, "run", {histogram_event(0), histogram_event(5), histogram_event(5), text(0, "a")});
  commit(store_, "run", {suar::testing::start_event(5), histogram_event(6)}, "2.tfevents");
  commit(store_, "run", {suar::testing::start_event(0)}, "3.tfevents");
  const Values weights = {{"run", "run"}, {"tag", "Weights/a"}, {"passes", "all"}};
  const auto answer = get("/api/histograms", weights);
  ASSERT_EQ(answer["passes"].size(), 2u);
  EXPECT_EQ(answer["passes"][0]["file"], "1.tfevents");
  EXPECT_EQ(answer["passes"][0]["pass"], 0);
  EXPECT_EQ(answer["passes"][0]["points"], 3);
  EXPECT_EQ(answer["passes"][0]["slices"].size(), 3u);
  EXPECT_EQ(answer["passes"][1]["file"], "2.tfevents");
  EXPECT_EQ(answer["passes"][1]["slices"][0]["step"], 6);
  EXPECT_EQ(get("/api/texts", {{"run", "run"}, {"tag", "Notes"}, {"passes", "all"}})["passes"],
            json::parse(R"([{"file": "1.tfevents", "pass": 0,
                             "texts": [{"step": 0, "wall_time": 7, "text": "a"}]}])"));

  // The last START hides all of it.
  EXPECT_EQ(status("/api/histograms", {{"run", "run"}, {"tag", "Weights/a"}}), 404);
  EXPECT_EQ(status("/api/texts", {{"run", "run"}, {"tag", "Notes"}}), 404);
  EXPECT_EQ(status("/api/texts", {{"run", "run"}, {"tag", "Notes"}, {"passes", "2"}}), 400);
}

TEST_F(Routes, SendAPictureThatALaterPassHides) {
  const std::string png = std::string("\x89PNG\r\n\x1a\n", 8) + "the rest";
  const std::vector<Summary> pictures = {{"Samples", Images{{{2, 3, 3, png}}}, ""}};
  load({{5, 2, pictures}, {6, 1, pictures}});
  const Values series = {{"run", "run"}, {"tag", "Samples"}};
  ASSERT_EQ(get("/api/images", series)["images"].size(), 1u);
  auto all = series;
  all.emplace("passes", "all");
  const auto passes = get("/api/images", all)["passes"];
  ASSERT_EQ(passes.size(), 2u);
  EXPECT_EQ(passes[0]["images"][0]["step"], 2);
  EXPECT_EQ(passes[1]["images"][0]["step"], 1);
  auto picture = series;
  picture.emplace("id", passes[0]["images"][0]["id"].dump());
  EXPECT_EQ(api_.answer("/api/image", with(picture)).body, png);
}

TEST_F(Routes, GiveTheGraphLoggedLast) {
  Graph graph;
  graph.nodes.push_back({"old", "op", {}, "", {}, {}, "", 0});
  const Event old_event = {1, 0, SerializedGraph{serialize_graph_def(graph)}};
  GraphNode node;
  node.name = "Net/conv1";
  node.op = "aten::conv";
  node.inputs = {"x", "w:1"};
  node.device = "/device:CPU:0";
  node.output_shapes = {GraphShape{1, -1}, std::nullopt};
  node.attributes = {{"stride", std::vector<int64_t>{1, 2}}, {"transposed", false}};
  node.file = "/home/ada/net.cpp";
  node.line = 33;
  graph.nodes = {node};
  load({old_event, {2, 0, SerializedGraph{serialize_graph_def(graph)}}});
  EXPECT_EQ(get("/api/graph", {{"run", "run"}})["nodes"], json::parse(R"([{
      "name": "Net/conv1", "op": "aten::conv", "inputs": ["x", "w:1"], "device": "/device:CPU:0",
      "output_shapes": [[1, -1], null],
      "attributes": {"stride": [1, 2], "transposed": false}, "file": "/home/ada/net.cpp",
      "line": 33}])"));
  EXPECT_EQ(get("/api/runs")["runs"][0]["graph_version"],
            get("/api/graph", {{"run", "run"}})["version"]);
}

TEST_F(Routes, SayThatAGraphIsBroken) {
  load({{2, 0, SerializedGraph{"\xff\xff no graph"}}});
  EXPECT_EQ(status("/api/graph", {{"run", "run"}}), 404);
}

TEST_F(Routes, GiveOneStatisticOfAllParameters) {
  const double nan = std::nan("");
  std::vector<Event> events;
  for (int64_t step = 0; step < 4; ++step) {
    const auto value = static_cast<double>(step);
    events.push_back(scalar_event(step, "GradientNorm/b.weight", value));
    events.push_back(scalar_event(step, "GradientNorm/a.weight", step == 3 ? nan : -value));
    events.push_back(scalar_event(step, "GradientNonFinite/a.weight", step == 3 ? 25 : 0));
    events.push_back(scalar_event(step, "WeightNonFinite/a.weight", step == 3 ? 2 : 0));
  }
  commit(store_, "run", events);
  const auto answer = get("/api/gradients", {{"run", "run"}, {"buckets", "2"}});
  const auto expected = json::parse(R"({"statistic": "gradient_norm",
      "statistics": ["gradient_norm", "gradient_nonfinite", "weight_nonfinite"],
      "width": 2, "x": [0, 2], "parameters": ["b.weight", "a.weight"],
      "values": [[1, 3], [0, -2]], "nonfinite": [[0, 0], [0, 27]]})");
  for (const auto& [name, value] : expected.items()) EXPECT_EQ(answer[name], value) << name;
  EXPECT_EQ(get("/api/gradients", {{"run", "run"}, {"statistic", "weight_norm"}})["values"].size(),
            2u);
  EXPECT_EQ(status("/api/gradients", {{"run", "run"}, {"statistic", "luck"}}), 400);
  EXPECT_EQ(status("/api/gradients", {{"run", "run"}, {"buckets", "2001"}}), 400);
}

TEST_F(Routes, DiagnoseWhatWasRecorded) {
  std::vector<Event> healthy = curve("Loss/train", {3, 2, 1});
  commit(store_, "run", healthy);
  auto answer = get("/api/diagnosis", {{"run", "run"}});
  EXPECT_EQ(answer["findings"], json::array());
  EXPECT_EQ(answer["observations"], 0);
  std::vector<Event> sick;
  for (int64_t step = 3; step < 10; ++step) {
    sick.push_back(scalar_event(step, "Loss/train", std::nan("")));
    sick.push_back(scalar_event(step, "GradientNonFinite/a.weight", 12));
  }
  commit(store_, "run", sick);
  answer = get("/api/diagnosis", {{"run", "run"}});
  EXPECT_EQ(answer["observations"], 7);
  ASSERT_FALSE(answer["findings"].empty());
  EXPECT_EQ(answer["findings"][0]["severity"], "error");
  EXPECT_EQ(answer["findings"][0]["first_step"], 3);
  EXPECT_EQ(get("/api/diagnosis", {{"run", "run"}}), answer);
}

TEST_F(Routes, DiagnoseActivationsThatStayZeroOnceWithTheGradients) {
  std::vector<Event> events;
  for (int64_t step = 0; step < 5; ++step) {
    events.push_back(scalar_event(step, "DeadUnits/fc.bias", step < 4 ? 0 : 1));
    events.push_back(scalar_event(step, "ActivationZeros/relu", 1));
  }
  commit(store_, "run", events);
  const auto findings = get("/api/diagnosis", {{"run", "run"}})["findings"];
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0]["subject"], "fc.bias");
  EXPECT_EQ(
      findings[0]["message"],
      "All of what passes relu is zero since step 0: its units are never active, and 100 % of "
      "the units of fc get no gradient.");
}

TEST_F(Routes, DiagnoseTheFirstActivationThatIsNotFiniteOnceWithTheRest) {
  std::vector<Event> events;
  for (int64_t step = 0; step < 3; ++step) {
    const bool sick = step > 0;
    events.push_back(scalar_event(step, "Loss/train", sick ? std::nan("") : 1));
    events.push_back(scalar_event(step, "GradientNonFinite/fc.weight", sick ? 4 : 0));
    for (const char* place : {"z", "a"}) {  // as the callback writes them: by the forward pass
      events.push_back(scalar_event(step, "ActivationZeros/" + std::string(place), 0.5));
      events.push_back(scalar_event(step, "ActivationNonFinite/" + std::string(place), step));
    }
  }
  commit(store_, "run", events);
  const auto findings = get("/api/diagnosis", {{"run", "run"}})["findings"];
  ASSERT_EQ(findings.size(), 1u) << findings;
  EXPECT_EQ(findings[0]["subject"], "z");
  EXPECT_EQ(findings[0]["message"],
            "NaN or infinite values in what passes z and in the loss and in the gradient of "
            "fc.weight since step 1.");
}

TEST_F(Routes, DiagnoseTheLossOfEachModelOfATraining) {
  std::vector<Event> events;
  for (const char* model : {"a", "b"}) {
    events.push_back(scalar_event(2, "TotalGradientNorm/" + std::string(model), 1));
  }
  events.push_back(scalar_event(2, "Loss/train/a", 0.5));
  events.push_back(scalar_event(2, "Loss/train/b", std::nan("")));
  commit(store_, "run", events);
  const auto findings = get("/api/diagnosis", {{"run", "run"}})["findings"];
  ASSERT_EQ(findings.size(), 1u) << findings;
  EXPECT_EQ(findings[0]["model"], "b");
  EXPECT_EQ(findings[0]["subject"], "Loss/train/b");
}

TEST_F(Routes, DiagnoseEachModelOfATrainingByItself) {
  std::vector<Event> events;
  for (int64_t step = 0; step < 5; ++step) {
    // As a callback writes them, but for the order.
    events.push_back(scalar_event(step, "GradientMeanAbs/b.first", 1e-12));
    events.push_back(scalar_event(step, "GradientMeanAbs/a.first", 0.1));
    events.push_back(scalar_event(step, "GradientMeanAbs/b.last", 1e-6));
    events.push_back(scalar_event(step, "GradientMeanAbs/a.last", 0.1));
    events.push_back(scalar_event(step, "GradientMeanAbs/else", 1e-30));
    events.push_back(scalar_event(step, "TotalGradientNorm/a", 1));
    events.push_back(scalar_event(step, "TotalGradientNorm/b", 1e-5));
  }
  commit(store_, "run", events);
  const auto findings = get("/api/diagnosis", {{"run", "run"}})["findings"];
  ASSERT_EQ(findings.size(), 1u) << findings;
  EXPECT_EQ(findings[0]["rule"], "vanishing-gradients");
  EXPECT_EQ(findings[0]["model"], "b");
  EXPECT_EQ(findings[0]["subject"], "b.first");
}

TEST_F(Routes, SayWhatIsMissing) {
  commit(store_, "run", curve("x", {1}));
  for (const char* path : {"/api/histograms", "/api/images", "/api/image", "/api/texts"}) {
    EXPECT_EQ(status(path), 400) << path;
    EXPECT_EQ(status(path, {{"run", "run"}}), 400) << path;
    EXPECT_EQ(status(path, {{"run", "none"}, {"tag", "x"}, {"id", "0"}}), 404) << path;
    EXPECT_EQ(status(path, {{"run", "run"}, {"tag", "x"}, {"id", "0"}}), 404) << path;
  }
  for (const char* path : {"/api/graph", "/api/gradients", "/api/diagnosis"}) {
    EXPECT_EQ(status(path), 400) << path;
    EXPECT_EQ(status(path, {{"run", "none"}}), 404) << path;
  }
  EXPECT_EQ(status("/api/graph", {{"run", "run"}}), 404);
  EXPECT_EQ(status("/api/nothing"), 404);
  EXPECT_EQ(status("/api/"), 404);
}

TEST_F(Routes, SendTagsThatAreNotUtf8AsJsonAllTheSame) {
  commit(store_, "run", curve("\xff\xfe", {1}));
  EXPECT_EQ(get("/api/runs")["runs"][0]["scalars"].size(), 1u);
}

}  // namespace
}  // namespace suar::dashboard
