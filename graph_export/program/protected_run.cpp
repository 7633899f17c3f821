#include "protected_run.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace suar::graph_export {

int run_protected(const std::string& what, const std::function<int()>& work) {
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) return work();  // no more processes: then without protection
  if (child == 0) {
    // What ends this process ends the work, also what nobody can catch.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    const int status = work();
    std::fflush(nullptr);
    // Not exit(): what LibTorch does on its way out is nobody's concern.
    _exit(status);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return 1;
  }
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  if (signal == SIGPIPE) return 128 + signal;  // as a shell says it
  std::fprintf(stderr,
               "suar-export-graph: %s: LibTorch crashed on it (%s): the file is damaged, or the "
               "model needs more memory than there is\n",
               what.c_str(), strsignal(signal));
  return 1;
}

}  // namespace suar::graph_export
