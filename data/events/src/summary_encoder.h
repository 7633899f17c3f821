#pragma once

#include <string>
#include <unordered_set>

#include <suar/event.h>

namespace suar::schema {
class Summary_Value;
}  // namespace suar::schema

namespace suar {

/// Writes summaries in the form that every reader understands: plain scalars, histograms and
/// pictures, and a string tensor of the plugin "text".
class SummaryEncoder {
 public:
  void encode(const Summary& summary, schema::Summary_Value& message);

 private:
  std::unordered_set<std::string> tags_;  ///< whose metadata stands in the file
};

}  // namespace suar
