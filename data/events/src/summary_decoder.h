#pragma once

#include <string>
#include <unordered_map>
#include <utility>

#include <suar/event.h>

namespace suar::schema {
class Summary_Value;
}  // namespace suar::schema

namespace suar {

/// Reads summaries in their plain form and in the form of tensors, in which TensorFlow 2 writes
/// them.
class SummaryDecoder {
 public:
  explicit SummaryDecoder(std::string default_plugin)
      : default_plugin_(std::move(default_plugin)) {}

  /// Takes the strings out of `message`.
  Summary decode(schema::Summary_Value& message);

 private:
  std::string default_plugin_;
  std::unordered_map<std::string, std::string> plugins_;  ///< tag -> plugin, by its first value
};

}  // namespace suar
