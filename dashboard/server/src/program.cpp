#include "program.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include <pthread.h>
#include <unistd.h>

#include <suar/error.h>

#include "host_check.h"
#include "http_server.h"
#include "store.h"
#include "tailer.h"

namespace suar::dashboard {
namespace {

namespace fs = std::filesystem;

// How many ports after the default one are tried.
constexpr int kPortsToTry = 100;

// A client with an idle connection holds up the end of the server's threads.
constexpr auto kLongestGoodbye = std::chrono::milliseconds(500);

void check_log_directory(const fs::path& directory) {
  std::error_code error;
  const auto status = fs::status(directory, error);
  if (status.type() == fs::file_type::not_found) {
    std::printf("%s does not exist yet: waiting for a training to make it.\n", directory.c_str());
    return;
  }
  if (error) throw Error("cannot look at " + directory.string() + ": " + error.message());
  if (!fs::is_directory(status)) {
    throw Error("expected a directory of runs, found a file: " + directory.string() +
                ". Give the directory that holds the event files.");
  }
  fs::directory_iterator entries(directory, error);
  if (error) {
    throw Error("cannot read the directory " + directory.string() + ": " + error.message());
  }
}

void bind(HttpServer& server, const CommandLine& line) {
  if (line.port) {
    if (server.bind(line.host, *line.port)) return;
    throw Error("port " + std::to_string(*line.port) + " of " + line.host +
                " is taken by another program. Give another one with --port, or --port 0 for any.");
  }
  for (int port = kDefaultPort; port < kDefaultPort + kPortsToTry; ++port) {
    if (!server.bind(line.host, port)) continue;
    if (port != kDefaultPort) std::printf("Port %d is taken: using %d.\n", kDefaultPort, port);
    return;
  }
  throw Error("ports " + std::to_string(kDefaultPort) + " to " +
              std::to_string(kDefaultPort + kPortsToTry - 1) +
              " are all taken. Give one with --port, or --port 0 for any.");
}

// Whoever waits for the file finds it whole or not at all.
void write_port_file(const fs::path& path, int port) {
  fs::path unfinished = path;
  unfinished += ".unfinished-" + std::to_string(getpid());
  std::ofstream file(unfinished);
  file << port << '\n';
  file.close();
  std::error_code error;
  if (file) fs::rename(unfinished, path, error);
  if (!file || error) {
    std::error_code ignored;
    fs::remove(unfinished, ignored);
    throw Error("cannot write the port file " + path.string() +
                ". Is its directory there and yours?");
  }
}

std::string address(const std::string& host, int port) {
  std::string name = host;
  if (is_loopback(host) || host == "0.0.0.0" || host == "::") {
    name = host == "127.0.0.1" || host == "0.0.0.0" || host == "localhost" ? "localhost" : "[::1]";
    if (host.compare(0, 4, "127.") == 0 && host != "127.0.0.1") name = host;
  } else if (host.find(':') != std::string::npos) {
    name = "[" + host + "]";
  }
  return "http://" + name + ":" + std::to_string(port);
}

// Ends the process at last, whatever a client does: nothing here needs to be saved.
void end_soon() {
  std::thread([] {
    std::this_thread::sleep_for(kLongestGoodbye);
    std::_Exit(0);
  }).detach();
}

}  // namespace

int run_program(const CommandLine& line) {
  // Before the first thread, which all inherit it: only this one takes the signals.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  const fs::path log_directory = fs::absolute(line.log_directory).lexically_normal();
  check_log_directory(log_directory);
  Store store(log_directory.string());
  HttpServer server(store);
  bind(server, line);
  const Tailer tailer(store, log_directory);
  server.start();
  if (!line.port_file.empty()) write_port_file(line.port_file, server.port());
  std::printf("Suar shows %s on %s\n", log_directory.c_str(),
              address(line.host, server.port()).c_str());
  std::fflush(stdout);

  int signal = 0;
  sigwait(&signals, &signal);
  end_soon();
  server.stop();
  return 0;
}

}  // namespace suar::dashboard
