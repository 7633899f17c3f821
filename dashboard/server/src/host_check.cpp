#include "host_check.h"

#include <algorithm>
#include <cctype>

namespace suar::dashboard {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// "localhost:6006" -> "localhost", "[::1]:6006" -> "::1".
std::string name_of(const std::string& host_header) {
  if (!host_header.empty() && host_header.front() == '[') {
    const auto end = host_header.find(']');
    return end == std::string::npos ? "" : host_header.substr(1, end - 1);
  }
  return host_header.substr(0, host_header.find(':'));
}

}  // namespace

bool is_loopback(const std::string& host) {
  return host == "::1" || lower(host) == "localhost" ||
         (host.compare(0, 4, "127.") == 0 &&
          host.find_first_not_of("0123456789.") == std::string::npos);
}

bool host_allowed(const std::string& host_header, const std::string& bound_host) {
  if (!is_loopback(bound_host)) return true;
  const std::string name = lower(name_of(host_header));
  return is_loopback(name) || name == lower(bound_host);
}

}  // namespace suar::dashboard
