#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "event_files.h"
#include "files.h"
#include "inspect_program.h"
#include "temporary_directory.h"

namespace suar::dashboard {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using suar::testing::append_to_file;
using suar::testing::event_bytes;
using suar::testing::scalar_event;
using suar::testing::start_event;
using suar::testing::write_event_file;

// What the program said about a path.
struct Answer {
  int status;
  std::string out;
  std::string err;
};

class InspectTest : public ::testing::Test {
 protected:
  fs::path path(const std::string& name) const { return directory_.path() / name; }

  Answer inspect(const std::string& name, bool as_json) const {
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    const int status = run_inspect({path(name), as_json});
    std::string out = ::testing::internal::GetCapturedStdout();
    return {status, std::move(out), ::testing::internal::GetCapturedStderr()};
  }

  json runs(const std::string& name, int status = 0) const {
    const Answer answer = inspect(name, true);
    EXPECT_EQ(answer.status, status) << answer.err;
    return json::parse(answer.out)["runs"];
  }

  suar::testing::TemporaryDirectory directory_;
};

Event summary_event(int64_t step, const std::string& tag, SummaryValue value) {
  return {1000, step, std::vector<Summary>{{tag, std::move(value), ""}}};
}

TEST_F(InspectTest, ListsTheTagsOfEveryKindWithTheirPointsAndSteps) {
  Histogram histogram;
  histogram.max = histogram.count = 1;
  histogram.limits = histogram.counts = {1};
  write_event_file(path("runs/a/1.tfevents"), {scalar_event(-3, "loss", 1),
                                               scalar_event(INT64_MAX, "loss", 2),
                                               summary_event(4, "weights", histogram),
                                               summary_event(5, "sample", Images{{{1, 1, 1, "x"}}}),
                                               summary_event(6, "note", Text{"hello"}),
                                               {1000, 7, RunMetadata{"times", ""}},
                                               {1000, 0, SerializedGraph{""}}});
  const auto run = runs("runs")[0];
  const auto tag = [](const char* kind, const char* name, int points, int64_t first, int64_t last) {
    return json{{"kind", kind},
                {"tag", name},
                {"points", points},
                {"first_step", first},
                {"last_step", last}};
  };
  EXPECT_EQ(run["tags"],
            json({tag("scalar", "loss", 2, -3, INT64_MAX), tag("histogram", "weights", 1, 4, 4),
                  tag("image", "sample", 1, 5, 5), tag("text", "note", 1, 6, 6),
                  tag("run_metadata", "times", 1, 7, 7)}));
  EXPECT_EQ(run["graph"], true);
}

TEST_F(InspectTest, PrintsAlignedColumns) {
  write_event_file(path("runs/a/1.tfevents"), {scalar_event(0, "Loss/train", 1),
                                               scalar_event(1234567, "Loss/train", 2),
                                               summary_event(6, "größe", Text{"hello"}),
                                               {1000, 0, SerializedGraph{""}}});
  write_event_file(path("runs/b/1.tfevents"), {});
  const Answer answer = inspect("runs", false);
  EXPECT_EQ(answer.status, 0);
  EXPECT_EQ(answer.out,
            "a\n"
            "  kind    points  first step  last step  tag\n"
            "  scalar       2           0    1234567  Loss/train\n"
            "  text         1           6          6  größe\n"
            "  graph\n"
            "\n"
            "b\n"
            "  holds nothing\n");
  EXPECT_EQ(answer.err, "");
}

TEST_F(InspectTest, FindsWhatStandsBehindARecordWhoseEndIsMissing) {
  const auto bytes = event_bytes(directory_.path(), {scalar_event(0, "loss", 1)});
  auto torn =
      event_bytes(directory_.path(), {summary_event(1, "note", Text{std::string(100000, 'x')})});
  torn.resize(5000);
  fs::create_directories(path("runs"));
  append_to_file(path("runs/1.tfevents"), bytes + torn + bytes + bytes);
  const auto run = runs("runs", 1)[0];
  EXPECT_EQ(run["tags"][0]["points"], 3);
  ASSERT_EQ(run["damage"].size(), 1u);
  EXPECT_EQ(run["damage"][0]["offset"], bytes.size());
  EXPECT_EQ(run["damage"][0]["length"], torn.size());
}

TEST_F(InspectTest, PrintsJsonWithTheSameKeysAlways) {
  append_to_file(path("1.tfevents"), "");
  EXPECT_EQ(inspect("", true).out, R"({
  "runs": [
    {
      "name": ".",
      "files": [
        "1.tfevents"
      ],
      "first_wall_time": null,
      "last_wall_time": null,
      "tags": [],
      "graph": false,
      "damage": [],
      "damage_count": 0,
      "unfinished": []
    }
  ],
  "problems": []
}
)");
}

TEST_F(InspectTest, ReadsASingleFileOfAnyNameAndNothingBesideIt) {
  write_event_file(path("a/kept.bin"), {scalar_event(0, "loss", 1)});
  write_event_file(path("a/1.tfevents"), {scalar_event(0, "other", 1)});
  const auto all = runs("a/kept.bin");
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0]["name"], ".");
  EXPECT_EQ(all[0]["files"], json({"kept.bin"}));
  ASSERT_EQ(all[0]["tags"].size(), 1u);
  EXPECT_EQ(all[0]["tags"][0]["tag"], "loss");
}

TEST_F(InspectTest, NamesARunByItsPathBelowTheDirectory) {
  write_event_file(path("runs/1.tfevents"), {});
  write_event_file(path("runs/deep/below/1.tfevents"), {});
  const auto all = runs("runs");
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0]["name"], ".");
  EXPECT_EQ(all[1]["name"], "deep/below");
}

TEST_F(InspectTest, FindsNothingInAnEmptyDirectory) {
  fs::create_directory(path("empty"));
  const Answer answer = inspect("empty", false);
  EXPECT_EQ(answer.status, 0);
  EXPECT_EQ(answer.out, "No event files.\n");
  EXPECT_EQ(runs("empty"), json::array());
}

TEST_F(InspectTest, CountsThePointsThatTheDashboardShows) {
  write_event_file(path("a/1.tfevents"), {start_event(0), scalar_event(0, "loss", 1),
                                          scalar_event(5, "loss", 1), scalar_event(5, "old", 1)});
  write_event_file(path("a/2.tfevents"), {start_event(3), scalar_event(7, "loss", 1)});
  const auto tags = runs("a")[0]["tags"];
  EXPECT_EQ(tags[0]["points"], 2);
  EXPECT_EQ(tags[0]["last_step"], 7);
  EXPECT_EQ(tags[1]["points"], 0);
  EXPECT_TRUE(tags[1]["first_step"].is_null() && tags[1]["last_step"].is_null());
}

TEST_F(InspectTest, TellsOfEveryFlippedByteAndOfNothingElse) {
  const auto one = event_bytes(directory_.path(), {scalar_event(1, "loss", 1)});
  fs::create_directory(path("a"));
  for (std::size_t i = 0; i < one.size(); ++i) {
    std::string bytes = one + one + one;
    bytes[one.size() + i] = static_cast<char>(bytes[one.size() + i] ^ 0x10);
    suar::testing::write_file(path("a/1.tfevents"), bytes);
    const auto run = runs("a", 1)[0];
    ASSERT_EQ(run["damage"].size(), 1u) << "byte " << i;
    const auto& damage = run["damage"][0];
    EXPECT_EQ(damage["file"], "1.tfevents");
    EXPECT_EQ(damage["offset"], one.size());
    EXPECT_EQ(damage["length"], one.size());
    EXPECT_NE(damage["reason"], "");
    EXPECT_EQ(run["tags"][0]["points"], 2);
  }
  EXPECT_EQ(runs("a/1.tfevents", 1).size(), 1u);
  EXPECT_NE(inspect("a", false)
                .out.find("\n  damaged: 1.tfevents from byte " + std::to_string(one.size()) + ", " +
                          std::to_string(one.size()) + " bytes: "),
            std::string::npos);
}

TEST_F(InspectTest, SaysHowManyPlacesOfDamageItDoesNotList) {
  const auto good = event_bytes(directory_.path(), {scalar_event(1, "loss", 1)});
  fs::create_directory(path("a"));
  for (const int gaps : {100, 101, 300}) {
    std::string bytes;
    for (int i = 0; i < gaps; ++i) bytes += "garbage" + good;
    suar::testing::write_file(path("a/1.tfevents"), bytes);
    const auto run = runs("a", 1)[0];
    EXPECT_EQ(run["damage"].size(), 100u);
    EXPECT_EQ(run["damage_count"], gaps);
    const std::string text = inspect("a", false).out;
    const std::string ending = gaps == 100   ? ""
                               : gaps == 101 ? "  damaged: … and 1 more place\n"
                                             : "  damaged: … and 200 more places\n";
    EXPECT_EQ(text.find("…") != std::string::npos, gaps > 100);
    EXPECT_EQ(text.substr(text.size() - ending.size()), ending);
  }
}

TEST_F(InspectTest, TakesATruncatedFileForOneThatIsStillWritten) {
  const auto one = event_bytes(directory_.path(), {scalar_event(1, "loss", 1)});
  fs::create_directory(path("a"));
  for (std::size_t size = 0; size <= one.size(); ++size) {
    suar::testing::write_file(path("a/1.tfevents"), one + one.substr(0, size));
    const auto run = runs("a")[0];
    const bool whole = size == 0 || size == one.size();
    ASSERT_EQ(run["unfinished"].size(), whole ? 0u : 1u) << size;
    EXPECT_EQ(run["tags"][0]["points"], size == one.size() ? 2 : 1);
    if (whole) continue;
    EXPECT_EQ(run["unfinished"][0]["file"], "1.tfevents");
    EXPECT_EQ(run["unfinished"][0]["offset"], one.size());
    EXPECT_EQ(run["unfinished"][0]["length"], size);
  }
}

TEST_F(InspectTest, AccountsForEveryByteOfAFileOfRandomBytes) {
  std::mt19937 random(1);
  for (const std::size_t size : {1u, 11u, 12u, 1000u, 200000u}) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    fs::create_directories(path("a"));
    suar::testing::write_file(path("a/1.tfevents"), bytes);
    const auto run = runs("a", size < 12 ? 0 : 1)[0];
    uint64_t told = 0;
    for (const auto& place : run["damage"]) told += place["length"].get<uint64_t>();
    for (const auto& place : run["unfinished"]) told += place["length"].get<uint64_t>();
    EXPECT_EQ(told, size);
    EXPECT_EQ(run["tags"], json::array());
  }
}

TEST_F(InspectTest, SendsNoControlCharactersOfATagToTheTerminal) {
  write_event_file(path("a/1.tfevents"), {scalar_event(0, "x\x1b[31m\n", 1)});
  const Answer answer = inspect("a", false);
  EXPECT_NE(answer.out.find("x\\x1b[31m\\x0a\n"), std::string::npos) << answer.out;
  EXPECT_EQ(runs("a").size(), 1u);
}

TEST_F(InspectTest, RefusesWhatIsNeitherAFileNorADirectory) {
  ASSERT_EQ(mkfifo(path("pipe.tfevents").c_str(), 0666), 0);
  for (const char* name : {"missing", "pipe.tfevents"}) {
    for (const bool as_json : {false, true}) {
      const Answer answer = inspect(name, as_json);
      EXPECT_EQ(answer.status, 2);
      EXPECT_EQ(answer.out, "");
      EXPECT_EQ(answer.err.rfind("suar: cannot inspect " + path(name).string() + ": ", 0), 0u)
          << answer.err;
    }
  }
}

TEST_F(InspectTest, ReadsTheRestOfADirectoryWhenAPartOfItCannotBeRead) {
  write_event_file(path("runs/a/1.tfevents"), {scalar_event(0, "loss", 1)});
  fs::create_directories(path("runs/locked"));
  fs::permissions(path("runs/locked"), fs::perms::none);
  fs::permissions(directory_.path(), fs::perms::all);
  const bool root = geteuid() == 0;  // who may read everything
  ASSERT_TRUE(!root || seteuid(65534) == 0);
  const Answer answer = inspect("runs", true);
  const Answer locked = inspect("runs/locked", true);
  ASSERT_TRUE(!root || seteuid(0) == 0);
  fs::permissions(path("runs/locked"), fs::perms::owner_all);
  EXPECT_EQ(answer.status, 2);
  EXPECT_EQ(answer.err, "suar: " + path("runs/locked").string() + ": Permission denied\n");
  const auto all = json::parse(answer.out);
  EXPECT_EQ(all["problems"], json({path("runs/locked").string() + ": Permission denied"}));
  EXPECT_EQ(all["runs"].size(), 1u);
  EXPECT_EQ(locked.status, 2);
  EXPECT_EQ(locked.out, "");
}

class InspectCommandLineTest : public ::testing::Test {
 protected:
  static std::variant<CommandLine, InspectCommandLine, int> read(std::vector<std::string> words) {
    words.insert(words.begin(), "suar");
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    auto line = read_command_line(static_cast<int>(argv.size()), argv.data());
    ::testing::internal::GetCapturedStdout();
    ::testing::internal::GetCapturedStderr();
    return line;
  }
};

TEST_F(InspectCommandLineTest, TakesAPathAndWhetherToPrintJson) {
  const auto line = read({"inspect", "runs", "--json"});
  EXPECT_EQ(std::get<InspectCommandLine>(line).path, "runs");
  EXPECT_TRUE(std::get<InspectCommandLine>(line).json);
  EXPECT_FALSE(std::get<InspectCommandLine>(read({"inspect", "runs"})).json);
  EXPECT_EQ(std::get<InspectCommandLine>(read({"inspect", "inspect"})).path, "inspect");
}

TEST_F(InspectCommandLineTest, LeavesALogDirectoryOfThatNameReachable) {
  EXPECT_EQ(std::get<CommandLine>(read({"./inspect"})).log_directory, "./inspect");
  EXPECT_EQ(std::get<CommandLine>(read({"--", "inspect"})).log_directory, "inspect");
  EXPECT_EQ(std::get<CommandLine>(read({})).log_directory, "runs");
}

TEST_F(InspectCommandLineTest, RefusesAMissingPathAndTheOptionsOfTheServer) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"inspect"},
                                             {"inspect", "a", "b"},
                                             {"inspect", "a", "--port", "0"},
                                             {"--port", "0", "inspect", "a"},
                                             {"runs", "inspect", "a"}}) {
    const auto line = read(words);
    ASSERT_TRUE(std::holds_alternative<int>(line)) << words.back();
    EXPECT_GT(std::get<int>(line), 2) << "not to be taken for a finding";
  }
}

}  // namespace
}  // namespace suar::dashboard
