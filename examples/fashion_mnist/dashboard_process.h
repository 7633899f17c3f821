#pragma once

#include <string>

#include <sys/types.h>

/// The dashboard as a program of its own beside the training. It ends with this process.
class DashboardProcess {
 public:
  /// Starts `program`, which is looked for in PATH where it is a name only, on `log_directory`;
  /// `port` 0 leaves the choice to it. It prints its address itself.
  DashboardProcess(const std::string& program, const std::string& log_directory, int port);
  ~DashboardProcess();
  DashboardProcess(const DashboardProcess&) = delete;
  DashboardProcess& operator=(const DashboardProcess&) = delete;

  /// Blocks until the dashboard ends: it does so on Ctrl-C.
  void wait();

 private:
  pid_t pid_ = -1;
};
