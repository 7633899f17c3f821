#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include <suar/event.h>

#include "event_message.h"

namespace suar {

/// Reads summaries in their plain form and in the form of tensors, in which TensorFlow 2 writes
/// them.
class SummaryDecoder {
 public:
  explicit SummaryDecoder(std::string default_plugin)
      : default_plugin_(std::move(default_plugin)) {}

  Summary decode(const ValueMessage& message) {
    return with_metadata(message, decode_value(message));
  }

  /// The value alone.
  SummaryValue decode_value(const ValueMessage& message);

  /// The summary whose value has been decoded already.
  Summary with_metadata(const ValueMessage& message, SummaryValue value);

 private:
  const std::string& plugin_of(const ValueMessage& message);

  std::string default_plugin_;
  /// Tag -> plugin, by its first value; only of tags whose values do not say it by their form.
  std::map<std::string, std::string, std::less<>> plugins_;
};

}  // namespace suar
