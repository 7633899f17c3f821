#pragma once

#include <cctype>
#include <string>

#include <suar/error.h>

namespace suar {

/// The tag of a metric of the `part` "train" or "validation" of the data: "loss" ->
/// "Loss/validation"; a name with a '/' of its own is left as it is.
inline std::string metric_tag(const std::string& metric, const char* part) {
  if (metric.empty() || metric.find('/') != std::string::npos) return metric;
  std::string tag = metric + "/" + part;
  tag[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(tag[0])));
  return tag;
}

/// Throws `suar::Error` for a number that has no name: no page could tell what it is.
inline void check_tag(const std::string& tag) {
  if (tag.empty()) throw Error("a name is missing, the tag under which it would be shown.");
}

}  // namespace suar
