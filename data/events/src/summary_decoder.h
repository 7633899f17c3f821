#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <suar/event.h>
#include <suar/event_reader.h>

#include "event_message.h"

namespace suar {

/// Reads summaries in their plain form and in the form of tensors, in which TensorFlow 2 writes
/// them.
class SummaryDecoder {
 public:
  /// `plugins` are those of tags whose metadata it does not get to see.
  explicit SummaryDecoder(TagPlugins plugins) : plugins_(std::move(plugins)) {}

  Summary decode(const ValueMessage& message) {
    return with_metadata(message, decode_value(message));
  }

  /// The value alone.
  SummaryValue decode_value(const ValueMessage& message);

  /// The summary whose value has been decoded already.
  Summary with_metadata(const ValueMessage& message, SummaryValue value);

 private:
  const std::string& plugin_of(const ValueMessage& message);

  /// By the first value of each tag; only of those whose values do not say it by their form.
  TagPlugins plugins_;
};

}  // namespace suar
