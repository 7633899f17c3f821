#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <torch/script.h>
#include <unistd.h>
#include <zip.h>

#include <suar/error.h>
#include <suar/graph.h>
#include <suar/graph_export.h>

#include "files.h"
#include "graph_checks.h"
#include "input_value.h"
#include "protected_run.h"
#include "script_models.h"
#include "temporary_directory.h"
#include "zip_check.h"

using namespace suar::testing;
using suar::graph_export::check_zip_bytes;
using suar::graph_export::make_input;
using suar::graph_export::run_protected;

namespace {

class ExportGraphProgram : public ::testing::Test {
 protected:
  void SetUp() override { script_net().save(model_.string()); }

  /// Runs the program with these arguments behind the model; returns its exit status, or -1 for a
  /// crash. What it prints is in `output_`.
  int run(const std::string& arguments) {
    const auto log = directory_.path() / "log";
    const std::string command = "(" + std::string(SUAR_EXPORT_GRAPH) + " " + model_.string() + " " +
                                arguments + ") >" + log.string() + " 2>&1";
    const int status = std::system(command.c_str());
    output_ = read_file(log);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  TemporaryDirectory directory_;
  std::filesystem::path model_ = directory_.path() / "model.pt";
  std::string output_;
};

}  // namespace

TEST_F(ExportGraphProgram, PrintsATableOfTheModules) {
  torch::jit::Module net = script_net();
  for (const torch::Tensor& weight : net.attr("block").toModule().parameters()) {
    weight.requires_grad_();
  }
  net.save(model_.string());
  ASSERT_EQ(run("--input 2,6"), 0) << output_;
  EXPECT_EQ(output_,
            "Module                Output shape  Parameters  MACs  FLOPs\n"
            "Net                   [2, 3]                43    72    178\n"
            "├─ first: Linear      [2, 4]                28    48    104\n"
            "└─ block: Block       [2, 3]                15    24     68\n"
            "   └─ linear: Linear  [2, 3]                15    24     54\n"
            "\n"
            "Parameters:  43 (15 trainable, 28 frozen)\n"
            "MACs:        72\n"
            "FLOPs:       178\n"
            "\n"
            "Inputs:      48 B\n"
            "Activations: 136 B\n"
            "Parameters:  172 B\n"
            "Buffers:     12 B\n"
            "Total:       368 B\n");
}

TEST_F(ExportGraphProgram, WritesTheGraphInEveryForm) {
  const std::filesystem::path& path = directory_.path();
  ASSERT_EQ(run("--input 2,6 -o " + (path / "graph.pb").string()), 0) << output_;
  EXPECT_EQ(output_, "");
  const suar::Graph graph = suar::parse_graph_def(read_file(path / "graph.pb"));
  expect_well_formed(graph);
  EXPECT_EQ(scopes_of(graph, "aten::linear"),
            (std::vector<std::string>{"Net/first", "Net/block/linear"}));

  ASSERT_EQ(run("--input 2,6 -o " + (path / "graph.pbtxt").string()), 0) << output_;
  EXPECT_EQ(read_file(path / "graph.pbtxt"), suar::graph_def_text(graph));

  ASSERT_EQ(run("--input 2,6 --runs 2 -o " + (path / "graph.json").string() + " --logdir " +
                (path / "run").string()),
            0)
      << output_;
  EXPECT_NE(read_file(path / "graph.json").find("\"name\":\"Net/block/relu\""), std::string::npos);
  EXPECT_NE(read_file(path / "graph.json").find("\"class_name\":\"Block\""), std::string::npos);
  bool has_graph = false;
  bool has_times = false;
  for (const auto& entry : std::filesystem::directory_iterator(path / "run")) {
    for (const suar::Event& event : read_events(entry.path())) {
      has_graph = has_graph || std::holds_alternative<suar::SerializedGraph>(event.what);
      has_times = has_times || std::holds_alternative<suar::RunMetadata>(event.what);
    }
  }
  EXPECT_TRUE(has_graph);
  EXPECT_TRUE(has_times);
}

TEST_F(ExportGraphProgram, SaysWhatIsWrong) {
  EXPECT_EQ(run("--input 2,7"), 1);
  EXPECT_NE(output_.find("Net: the method \"forward\" failed: mat1 and mat2 shapes cannot be "
                         "multiplied (2x7 and 6x4)\nTraceback"),
            std::string::npos)
      << output_;
  EXPECT_EQ(run("--input 2,6 --input 3"), 1);
  EXPECT_NE(output_.find("the method \"forward\" takes up to 1 input (x), found 2"),
            std::string::npos)
      << output_;
  EXPECT_EQ(run("--input two"), 1);
  EXPECT_NE(output_.find("the size \"two\""), std::string::npos) << output_;
  EXPECT_EQ(run("--nonsense"), 2);
}

TEST_F(ExportGraphProgram, RefusesANameForTheGraphBeforeItReadsTheModel) {
  write_file(model_, "nonsense");
  EXPECT_EQ(run("-o graph.doc"), 2);
  EXPECT_NE(output_.find("graph.doc: expected a name that ends in .pbtxt, .pb or .json"),
            std::string::npos)
      << output_;
}

TEST_F(ExportGraphProgram, SaysWhatStandsInPlaceOfTheModel) {
  std::filesystem::remove(model_);
  EXPECT_EQ(run(""), 1);
  EXPECT_NE(output_.find("there is no such file"), std::string::npos) << output_;
  std::filesystem::create_directory(model_);
  EXPECT_EQ(run(""), 1);
  EXPECT_NE(output_.find("found a directory"), std::string::npos) << output_;
}

TEST_F(ExportGraphProgram, PrintsWhatTheModelPrintsBesideTheTable) {
  script_module("__torch__.Talks", R"(
    def forward(self, x):
      print("hello")
      return x * 2
  )")
      .save(model_.string());
  ASSERT_EQ(run("--input 2,6 2>/dev/null"), 0);
  EXPECT_EQ(output_.find("hello"), std::string::npos) << output_;
  EXPECT_NE(output_.find("[2, 6]"), std::string::npos) << output_;
  ASSERT_EQ(run("--input 2,6 2>&1 >/dev/null"), 0);
  EXPECT_NE(output_.find("hello"), std::string::npos) << output_;
}

TEST_F(ExportGraphProgram, RunsAModelThatNeedsNoInput) {
  script_module("__torch__.Generator", R"(
    def forward(self, n: int = 3):
      return torch.ones([n, 4])
    def scaled(self, n: int):
      return torch.ones([n, 4])
  )")
      .save(model_.string());
  ASSERT_EQ(run("--runs 2"), 0) << output_;
  EXPECT_NE(output_.find("[3, 4]"), std::string::npos) << output_;
  ASSERT_EQ(run("--method scaled"), 0) << output_;
  EXPECT_EQ(output_.find("[3, 4]"), std::string::npos) << output_;
}

TEST_F(ExportGraphProgram, NeverCrashesOnADamagedFile) {
  const std::string whole = read_file(model_);
  std::mt19937 random(5);
  const auto below = [&](std::size_t end) { return random() % end; };
  for (int i = 0; i < 9; ++i) {
    std::string damaged = whole;
    if (i % 3 == 0) {
      damaged.resize(below(whole.size()));
    } else {
      for (int flips = 0; flips < 1 + i; ++flips) damaged[below(damaged.size())] ^= 1 << below(8);
    }
    write_file(model_, damaged);
    const int status = run("--input 2,6");
    // A flip in what fills the gaps between the members harms nobody.
    EXPECT_TRUE(status == 1 || (status == 0 && i % 3 != 0)) << i << ": " << status << output_;
  }
}

namespace {

struct Member {
  std::string name;
  std::string content;
};

std::vector<Member> members_of(const std::string& path) {
  zip_t* const archive = zip_open(path.c_str(), ZIP_RDONLY, nullptr);
  std::vector<Member> members;
  for (zip_int64_t i = 0; i < zip_get_num_entries(archive, 0); ++i) {
    zip_stat_t stat;
    zip_stat_index(archive, static_cast<zip_uint64_t>(i), 0, &stat);
    Member member = {stat.name, std::string(stat.size, '\0')};
    zip_file_t* const file = zip_fopen_index(archive, static_cast<zip_uint64_t>(i), 0);
    zip_fread(file, member.content.data(), member.content.size());
    zip_fclose(file);
    members.push_back(std::move(member));
  }
  zip_discard(archive);
  return members;
}

/// Writes an archive whose checksums are those of what is in it.
void write_archive(const std::string& path, const std::vector<Member>& members) {
  zip_t* const archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  for (const Member& member : members) {
    zip_source_t* const source =
        zip_source_buffer(archive, member.content.data(), member.content.size(), 0);
    const zip_int64_t index = zip_file_add(archive, member.name.c_str(), source, 0);
    zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0);
  }
  ASSERT_EQ(zip_close(archive), 0);
}

}  // namespace

TEST_F(ExportGraphProgram, SaysWhatToDoWithAFileOfPython) {
  write_archive(model_.string(), {{"model/data.pkl", "\x80\x02}."}, {"model/version", "3\n"}});
  EXPECT_EQ(run(""), 1);
  EXPECT_NE(output_.find("torch.jit.script(model).save("), std::string::npos) << output_;
}

TEST_F(ExportGraphProgram, NamesTheFileWhenLibTorchDoesNotUnderstandItsCode) {
  std::vector<Member> members = members_of(model_.string());
  for (Member& member : members) {
    if (member.name.find(".py") != std::string::npos) member.content = "nonsense (\n";
  }
  write_archive(model_.string(), members);
  EXPECT_EQ(run("--input 2,6"), 1);
  EXPECT_NE(output_.find("suar-export-graph: " + model_.string() + ": LibTorch cannot read it: "),
            std::string::npos)
      << output_;
}

TEST_F(ExportGraphProgram, NeverCrashesOnNonsenseWithTheRightChecksums) {
  const std::vector<Member> whole = members_of(model_.string());
  write_archive(model_.string(), whole);
  ASSERT_EQ(run("--input 2,6"), 0) << output_;  // still a model, before anything is damaged
  // As the program does it, without loading LibTorch each time.
  const auto work = [&] {
    try {
      suar::graph_export::check_zip(model_.string());
      const torch::jit::Module module = torch::jit::load(model_.string());
      return suar::export_graph(module, torch::ones({2, 6})).nodes.empty() ? 3 : 0;
    } catch (const std::exception&) {
      return 1;
    }
  };
  std::mt19937 random(11);
  const auto below = [&](std::size_t end) { return random() % end; };
  int refused = 0;
  for (int i = 0; i < 60; ++i) {
    std::vector<Member> damaged = whole;
    std::string& content = damaged[below(damaged.size())].content;
    if (content.empty()) continue;
    if (i % 6 == 0) {
      content.resize(below(content.size()));
    } else {
      for (int flips = 0; flips < 1 + i / 5; ++flips) {
        content[below(content.size())] ^= static_cast<char>(1 << below(8));
      }
    }
    write_archive(model_.string(), damaged);
    ::testing::internal::CaptureStderr();
    const int status = run_protected(model_.string(), work);
    const std::string said = ::testing::internal::GetCapturedStderr();
    // Other weights or another name make another model, which is as good as this one.
    EXPECT_TRUE(status == 0 || status == 1) << i << ": " << status << said;
    if (status != 1) continue;
    ++refused;
    if (refused % 10 != 1) continue;
    EXPECT_EQ(run("--input 2,6"), 1) << i << output_;
    EXPECT_NE(output_.find("suar-export-graph: "), std::string::npos) << i << output_;
  }
  EXPECT_GT(refused, 10);
}

TEST_F(ExportGraphProgram, FindsEveryFlippedByteOfTheContent) {
  const std::string whole = read_file(model_);
  EXPECT_NO_THROW(check_zip_bytes(whole, "model.pt"));
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    EXPECT_THROW(check_zip_bytes(whole.substr(0, size), "model.pt"), suar::Error) << size;
  }
  // The weights, which LibTorch would take as they are.
  const torch::Tensor weight =
      torch::jit::load(model_.string()).attr("first").toModule().attr("weight").toTensor();
  const std::string content(static_cast<const char*>(weight.data_ptr()), weight.nbytes());
  const std::size_t begin = whole.find(content);
  ASSERT_NE(begin, std::string::npos);
  for (std::size_t position = begin; position < begin + content.size(); ++position) {
    std::string damaged = whole;
    damaged[position] ^= 0x10;
    EXPECT_THROW(check_zip_bytes(damaged, "model.pt"), suar::Error) << position;
  }
}

TEST(ExportGraphProtection, GivesTheStatusOfTheWorkAndAnErrorWhenItCrashes) {
  EXPECT_EQ(run_protected("model.pt", [] { return 0; }), 0);
  EXPECT_EQ(run_protected("model.pt", [] { return 2; }), 2);
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(run_protected("model.pt", [] { return std::raise(SIGKILL); }), 1);
  const std::string message = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(message.find("model.pt: LibTorch crashed"), std::string::npos) << message;
}

TEST(ExportGraphProtection, DoesNotBlameTheFileWhenNobodyReadsTheOutput) {
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(run_protected("model.pt", [] { return std::raise(SIGPIPE); }), 128 + SIGPIPE);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST(ExportGraphProtection, EndsTheWorkWithTheProcessThatAskedForIt) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t asks = fork();
  ASSERT_GE(asks, 0);
  if (asks == 0) {
    close(ends[0]);
    _exit(run_protected("model.pt", [&] {
      while (write(ends[1], "x", 1) == 1) pause();
      return 1;
    }));
  }
  close(ends[1]);
  char byte = 0;
  EXPECT_EQ(read(ends[0], &byte, 1), 1);  // the work has begun
  kill(asks, SIGKILL);
  waitpid(asks, nullptr, 0);
  EXPECT_EQ(read(ends[0], &byte, 1), 0);  // and nobody holds the other end any more
  close(ends[0]);
}

TEST(ExportGraphInput, ReadsSizesAndTypes) {
  const auto tensor = [](const char* text) { return make_input(text).toTensor(); };
  EXPECT_EQ(tensor("1,3,4").sizes().vec(), (std::vector<int64_t>{1, 3, 4}));
  EXPECT_EQ(tensor("1,3,4").scalar_type(), torch::kFloat);
  EXPECT_EQ(tensor("2:int64").scalar_type(), torch::kLong);
  EXPECT_EQ(tensor("2:int64").sum().item<int64_t>(), 0);
  EXPECT_EQ(tensor(":float64").dim(), 0);
  EXPECT_EQ(tensor("2:half").scalar_type(), torch::kHalf);
  EXPECT_EQ(tensor("2:float").scalar_type(), torch::kFloat);
  EXPECT_EQ(tensor("2:double").scalar_type(), torch::kDouble);
  EXPECT_EQ(tensor("2:int").scalar_type(), torch::kInt);
  EXPECT_EQ(tensor("2:long").scalar_type(), torch::kLong);
  for (const char* const wrong :
       {"", "a", "1,", "1,,2", "-1", "1:complex", "1.5", "99999999999", "65536,65536", "1, 2"}) {
    EXPECT_THROW(make_input(wrong), suar::Error) << wrong;
  }
}

TEST(ExportGraphInput, TellsOfATypeThatItDoesNotMakeWhichItDoesAndHowElseToGiveIt) {
  try {
    make_input("1,3:complex64");
    FAIL() << "no suar::Error";
  } catch (const suar::Error& error) {
    const std::string message = error.what();
    EXPECT_NE(message.find("\"complex64\", which is none of bfloat16 bool"), std::string::npos)
        << message;
    EXPECT_NE(message.find("\"=torch.complex(torch.rand([2, 5])"), std::string::npos) << message;
  }
  const auto made = make_input("=torch.complex(torch.rand([2, 5]), torch.rand([2, 5]))");
  EXPECT_EQ(made.toTensor().scalar_type(), torch::kComplexFloat);
}

TEST(ExportGraphInput, ReadsValuesThatAreNoTensors) {
  EXPECT_EQ(make_input("=3").toInt(), 3);
  EXPECT_EQ(make_input("=-2").toInt(), -2);
  EXPECT_TRUE(make_input("=True").toBool());
  EXPECT_DOUBLE_EQ(make_input("=0.5").toDouble(), 0.5);
  EXPECT_EQ(make_input("='mean'").toStringRef(), "mean");
  EXPECT_TRUE(make_input("=None").isNone());
  EXPECT_EQ(make_input("=[4, 5]").toIntVector(), (std::vector<int64_t>{4, 5}));
  EXPECT_EQ(make_input("=(1, 0.5)").toTupleRef().elements().at(0).toInt(), 1);
  EXPECT_EQ(make_input("={'a': 1}").toGenericDict().at("a").toInt(), 1);
  const torch::Tensor tokens = make_input("=torch.randint(3, 5, [2, 4])").toTensor();
  EXPECT_EQ(tokens.scalar_type(), torch::kLong);
  EXPECT_GE(tokens.min().item<int64_t>(), 3);
  for (const char* const wrong : {"=", "=three", "=1 +", "=torch.nonsense(1)"}) {
    EXPECT_THROW(make_input(wrong), suar::Error) << wrong;
  }
}

TEST_F(ExportGraphProgram, RunsAModelOnNumbersFlagsListsAndTuples) {
  script_module("__torch__.Options", R"(
    def forward(self, x, turns: int, flip: bool, scale: float, sizes: List[int],
                pair: Tuple[Tensor, int]):
      for turn in range(turns):
        x = torch.relu(x)
      if flip:
        x = torch.neg(x)
      return torch.reshape(x * scale + pair[0], sizes)
  )")
      .save(model_.string());
  ASSERT_EQ(run("--input 2,6 --input =2 --input =True --input =0.5 --input '=[3, 4]' "
                "--input '=(torch.ones([6]), 1)'"),
            0)
      << output_;
  EXPECT_NE(output_.find("[3, 4]"), std::string::npos) << output_;
  EXPECT_EQ(run("--input 2,6 --input =two --input =True"), 1);
  EXPECT_NE(output_.find("--input =two: expected an expression"), std::string::npos) << output_;
}
