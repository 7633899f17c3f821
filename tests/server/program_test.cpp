#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "event_files.h"
#include "temporary_directory.h"

namespace suar::dashboard {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using std::chrono::steady_clock;
using suar::testing::eventually;

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The program `suar` as a process, with its output in files.
class Program {
 public:
  Program(const fs::path& scratch, const std::vector<std::string>& arguments,
          bool as_nobody = false)
      : out_(scratch / "out.txt"), err_(scratch / "err.txt") {
    std::vector<std::string> words = {SUAR_PROGRAM};
    if (as_nobody) {  // who may not be let to where the program is
      words[0] = scratch / "suar";
      fs::copy_file(SUAR_PROGRAM, words[0]);
    }
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    pid_ = fork();
    if (pid_ == 0) {
      dup2(open(out_.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0666), 1);
      dup2(open(err_.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0666), 2);
      if (chdir(scratch.c_str()) != 0 || (as_nobody && setuid(65534) != 0)) _exit(126);
      execv(argv[0], argv.data());
      _exit(127);
    }
  }
  ~Program() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
  }

  void signal(int number) const { kill(pid_, number); }

  /// The exit status; -1 when the program does not end or ends by a signal.
  int status() {
    int status = 0;
    if (!eventually([&] { return waitpid(pid_, &status, WNOHANG) == pid_; })) return -1;
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  std::string out() const { return content(out_); }
  std::string err() const { return content(err_); }

 private:
  fs::path out_;
  fs::path err_;
  pid_t pid_ = -1;
};

class ProgramTest : public ::testing::Test {
 protected:
  fs::path path(const std::string& name) const { return directory_.path() / name; }
  std::string port_file() const { return path("port").string(); }

  // Port of a program that was started with --port-file; 0 when it does not come.
  int port() const {
    std::string text;
    eventually([&] { return !(text = content(port_file())).empty(); });
    return text.empty() ? 0 : std::stoi(text);
  }

  Program start(const std::string& log_directory) const {
    return Program(directory_.path(), {log_directory, "--port", "0", "--port-file", port_file()});
  }

  static json get(int port, const std::string& address) {
    httplib::Client client("127.0.0.1", port);
    const auto answer = client.Get(address);
    return answer ? json::parse(answer->body) : json();
  }

  static json loaded_runs(int port) {
    json runs;
    eventually([&] { return !(runs = get(port, "/api/runs")).is_null() && !runs["loading"]; });
    return runs;
  }

  suar::testing::TemporaryDirectory directory_;
};

TEST_F(ProgramTest, SaysWhereItShowsWhatAndEndsOnASignal) {
  for (const int number : {SIGINT, SIGTERM}) {
    fs::remove(port_file());
    fs::create_directories(path("runs"));
    auto program = start("runs");
    const int port = this->port();
    ASSERT_GT(port, 0);
    EXPECT_TRUE(eventually([&] {
      return program.out() == "Suar shows " + path("runs").string() +
                                  " on http://localhost:" + std::to_string(port) + "\n";
    })) << program.out();
    program.signal(number);
    EXPECT_EQ(program.status(), 0);
    EXPECT_EQ(program.err(), "");
  }
}

TEST_F(ProgramTest, EndsWithinASecondWithALongPollAndAnIdleConnectionOpen) {
  auto program = start("runs");
  const int port = this->port();
  const auto runs = loaded_runs(port);
  httplib::Client idle("127.0.0.1", port);
  idle.set_keep_alive(true);
  ASSERT_TRUE(idle.Get("/api/runs"));
  std::thread poll([&] {
    get(port, "/api/runs?wait=30&session=" + runs["session"].get<std::string>() +
                  "&since=" + runs["version"].dump());
  });
  std::this_thread::yield();
  const auto begin = steady_clock::now();
  program.signal(SIGTERM);
  EXPECT_EQ(program.status(), 0);
  EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(1));
  poll.join();
}

TEST_F(ProgramTest, WaitsForADirectoryThatDoesNotExistYet) {
  auto program = start("later");
  const int port = this->port();
  EXPECT_EQ(loaded_runs(port)["runs"], json::array());
  EXPECT_EQ(program.out().rfind(path("later").string() + " does not exist yet", 0), 0u)
      << program.out();
  { EventWriter(path("later/a")).write(suar::testing::scalar_event(0, "loss", 1)); }
  EXPECT_TRUE(eventually([&] { return get(port, "/api/runs")["runs"].size() == 1; }));
}

TEST_F(ProgramTest, RefusesAFileInPlaceOfADirectory) {
  std::ofstream(path("file")) << "x";
  auto program = start("file");
  EXPECT_EQ(program.status(), 1);
  EXPECT_EQ(program.err(),
            "suar: expected a directory of runs, found a file: " + path("file").string() +
                ". Give the directory that holds the event files.\n");
}

TEST_F(ProgramTest, RefusesADirectoryThatItCannotRead) {
  fs::create_directories(path("locked"));
  fs::permissions(path("locked"), fs::perms::none);
  fs::permissions(directory_.path(), fs::perms::all);
  Program program(directory_.path(), {"locked", "--port", "0"}, geteuid() == 0);
  EXPECT_EQ(program.status(), 1);
  EXPECT_EQ(program.err(),
            "suar: cannot read the directory " + path("locked").string() + ": Permission denied\n");
}

TEST_F(ProgramTest, RefusesWrongArguments) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"--port", "many"},
           {"--port", "65536"},
           {"--port", "-1"},
           {"--unknown"},
           {"runs", "more"},
           {"--host", "not an address", "--port", "0"},
           {"--host", "203.0.113.1", "--port", "0"},
           {"--port", "0", "--port-file", "no/such/directory/x"}}) {
    Program program(directory_.path(), arguments);
    EXPECT_GT(program.status(), 0) << arguments[0] << " " << arguments.back();
    EXPECT_NE(program.err(), "") << arguments[0] << " " << arguments.back();
  }
}

TEST_F(ProgramTest, ExplainsItself) {
  Program help(directory_.path(), {"--help"});
  EXPECT_EQ(help.status(), 0);
  EXPECT_NE(help.out().find("--port-file"), std::string::npos);
  Program inspect_help(directory_.path(), {"inspect", "--help"});
  EXPECT_EQ(inspect_help.status(), 0);
  EXPECT_NE(inspect_help.out().find("below 12 bytes"), std::string::npos);
  Program version(directory_.path(), {"--version"});
  EXPECT_EQ(version.status(), 0);
  EXPECT_EQ(version.out().rfind("suar ", 0), 0u);
}

TEST_F(ProgramTest, SaysThatAPortIsTaken) {
  auto first = start("runs");
  const auto port = std::to_string(this->port());
  Program second(directory_.path(), {"--port", port});
  EXPECT_EQ(second.status(), 1);
  EXPECT_EQ(second.err(), "suar: port " + port +
                              " of 127.0.0.1 is taken by another program. Give another one with "
                              "--port, or --port 0 for any.\n");
}

TEST_F(ProgramTest, TakesTheNextPortWhenTheDefaultOneIsTaken) {
  // Whether or not somebody else has 6006 already, the second of these cannot have it.
  Program first(directory_.path(), {"runs", "--port-file", path("port1").string()});
  ASSERT_TRUE(eventually([&] { return !content(path("port1")).empty(); }));
  Program second(directory_.path(), {"runs", "--port-file", port_file()});
  const int port = this->port();
  EXPECT_GT(port, 6006);
  EXPECT_TRUE(eventually([&] {
    return second.out().find("Port 6006 is taken: using " + std::to_string(port)) !=
           std::string::npos;
  })) << second.out();
}

TEST_F(ProgramTest, ShowsRandomBytesAsDamage) {
  std::mt19937 random(1);
  std::string bytes(100000, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  fs::create_directories(path("runs/bad"));
  suar::testing::append_to_file(path("runs/bad/1.tfevents"), bytes);
  auto program = start("runs");
  const auto runs = loaded_runs(port());
  ASSERT_EQ(runs["runs"].size(), 1u);
  EXPECT_FALSE(runs["runs"][0]["damage"].empty());
}

TEST_F(ProgramTest, ShowsATruncatedFileUpToItsLastWholeRecordAndGoesOnWhenTheRestComes) {
  const auto bytes = suar::testing::event_bytes(
      directory_.path(),
      {suar::testing::scalar_event(0, "loss", 1), suar::testing::scalar_event(1, "loss", 2)});
  fs::create_directories(path("runs"));
  suar::testing::append_to_file(path("runs/1.tfevents"), bytes.substr(0, bytes.size() - 3));
  auto program = start("runs");
  const int port = this->port();
  EXPECT_EQ(loaded_runs(port)["runs"][0]["scalars"][0]["points"], 1);
  suar::testing::append_to_file(path("runs/1.tfevents"), bytes.substr(bytes.size() - 3));
  EXPECT_TRUE(
      eventually([&] { return get(port, "/api/runs")["runs"][0]["scalars"][0]["points"] == 2; }));
}

}  // namespace
}  // namespace suar::dashboard
