#include "dashboard_process.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

DashboardProcess::DashboardProcess(const std::string& program, const std::string& log_directory,
                                   int port) {
  std::vector<std::string> arguments = {program, log_directory};
  if (port != 0) arguments.insert(arguments.end(), {"--port", std::to_string(port)});
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  std::fflush(nullptr);  // or the child would print it again
  pid_ = fork();
  if (pid_ == 0) {
#if defined(__linux__)
    prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
    execvp(program.c_str(), argv.data());
    std::fprintf(stderr, "fashion_mnist: cannot start the dashboard %s: %s\n", program.c_str(),
                 std::strerror(errno));
    _exit(127);
  }
  if (pid_ < 0) {
    std::fprintf(stderr, "fashion_mnist: cannot start the dashboard: %s\n", std::strerror(errno));
  }
}

DashboardProcess::~DashboardProcess() {
  if (pid_ < 0) return;
  kill(pid_, SIGTERM);
  wait();
}

void DashboardProcess::wait() {
  if (pid_ < 0) return;
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}
