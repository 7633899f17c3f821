#pragma once

#include <cstdio>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace suar::testing {

/// A terminal of which the test is the screen.
class Terminal {
 public:
  explicit Terminal(unsigned short columns = 200) : screen_(posix_openpt(O_RDWR | O_NOCTTY)) {
    if (screen_ < 0 || grantpt(screen_) != 0 || unlockpt(screen_) != 0) {
      throw std::runtime_error("there are no terminals");
    }
    stream_ = std::fopen(ptsname(screen_), "w");
    if (stream_ == nullptr) throw std::runtime_error("the terminal cannot be opened");
    termios as_it_is{};
    tcgetattr(fileno(stream_), &as_it_is);
    as_it_is.c_oflag = 0;
    tcsetattr(fileno(stream_), TCSANOW, &as_it_is);
    resize(columns);
  }
  ~Terminal() {
    std::fclose(stream_);
    ::close(screen_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  std::FILE* stream() { return stream_; }

  void resize(unsigned short columns) {
    winsize size{};
    size.ws_col = columns;
    size.ws_row = 24;
    ioctl(screen_, TIOCSWINSZ, &size);
  }

  /// What was written since the last call.
  std::string read() {
    // The screen gets it some time later: wait for an end that nobody else writes.
    std::fputc(kEnd, stream_);
    std::fflush(stream_);
    std::string text;
    char byte = 0;
    while (::read(screen_, &byte, 1) == 1 && byte != kEnd) text += byte;
    return text;
  }

 private:
  static constexpr char kEnd = '\0';

  const int screen_;
  std::FILE* stream_ = nullptr;
};

}  // namespace suar::testing
