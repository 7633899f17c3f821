// A training that is interrupted and resumed again and again, written by our own writer:
// `write_sessions DIRECTORY FIRST...` logs, in a session for each FIRST, the steps from there to 5,
// with the number of the session as the value of "loss" and as the text of "note". Then the run is
// opened once more to add "test" at step 5.

#include <cstdio>
#include <cstdlib>
#include <string>

#include <suar/error.h>
#include <suar/event_writer.h>

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "expected a directory and the first step of each session\n");
    return 2;
  }
  try {
    for (int i = 2; i < argc; ++i) {
      const int session = i - 2;
      suar::EventWriterOptions options;
      const int64_t first = std::atoll(argv[i]);
      options.purge_step = first;
      suar::EventWriter writer(argv[1], options);
      for (int64_t step = first; step <= 5; ++step) {
        writer.add_scalar("loss", session, step);
        writer.write({suar::wall_time_now(), step,
                      std::vector<suar::Summary>{{"note", suar::Text{std::to_string(session)}}}});
      }
    }
    suar::EventWriter(argv[1]).add_scalar("test", 1, 5);
  } catch (const suar::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
