#pragma once

#include <suar/callback_options.h>
#include <suar/event_writer.h>

namespace suar {

/// What a callback asks of the writer of its run.
inline EventWriterOptions make_writer_options(const CallbackOptions& options) {
  EventWriterOptions writer_options;
  writer_options.flush_interval = options.flush_interval();
  writer_options.full_queue = options.full_queue();
  writer_options.purge_step = options.purge_step();
  return writer_options;
}

}  // namespace suar
