#include "event_decoder.h"

#include "scalar_record.h"

namespace suar {
namespace {

SessionLog::Status status_of(int32_t number) {
  const auto status = static_cast<SessionLog::Status>(number);
  switch (status) {
    case SessionLog::Status::unspecified:
    case SessionLog::Status::start:
    case SessionLog::Status::stop:
    case SessionLog::Status::checkpoint:
      return status;
  }
  return SessionLog::Status::unspecified;
}

/// The event but for its summaries.
Event event_of(const EventMessage& message) {
  Event event{message.wall_time, message.step, {}};
  if (const auto* file = std::get_if<FileVersionMessage>(&message.what)) {
    event.what = FileVersion{std::string(file->version)};
  } else if (const auto* log = std::get_if<SessionLogMessage>(&message.what)) {
    event.what = SessionLog{status_of(log->status), std::string(log->checkpoint_path),
                            std::string(log->message)};
  } else if (const auto* graph = std::get_if<GraphDefMessage>(&message.what)) {
    event.what = SerializedGraph{std::string(graph->graph_def)};
  } else if (const auto* metadata = std::get_if<TaggedRunMetadataMessage>(&message.what)) {
    event.what = RunMetadata{std::string(metadata->tag), std::string(metadata->run_metadata)};
  }
  return event;
}

}  // namespace

std::optional<Event> EventDecoder::decode(std::string_view bytes) {
  EventMessage message;
  if (!parse_event_message(bytes, message)) return std::nullopt;
  Event event = event_of(message);
  if (const auto* summary = std::get_if<SummaryMessage>(&message.what)) {
    auto& summaries = event.what.emplace<std::vector<Summary>>();
    summaries.reserve(summary->values.size());
    for (const auto& value : summary->values) summaries.push_back(summaries_.decode(value));
  }
  return event;
}

bool EventDecoder::decode(std::string_view bytes, uint64_t offset, EventBatch& batch) {
  ScalarRecord scalar;
  if (parse_scalar_record(bytes, scalar)) {
    batch.scalars.add(tags_.number(scalar.tag)) = {scalar.step, scalar.wall_time,
                                                   double{scalar.value}};
    return true;
  }
  EventMessage message;
  if (!parse_event_message(bytes, message)) return false;
  Event event = event_of(message);
  if (const auto* summary = std::get_if<SummaryMessage>(&message.what)) {
    auto others = sort_out_scalars(message, *summary, batch);
    if (others.empty() && !summary->values.empty()) return true;
    event.what = std::move(others);
  }
  batch.events.push_back({std::move(event), offset});
  return true;
}

std::vector<Summary> EventDecoder::sort_out_scalars(const EventMessage& message,
                                                    const SummaryMessage& summary,
                                                    EventBatch& batch) {
  std::vector<Summary> others;
  for (const auto& value : summary.values) {
    SummaryValue decoded = summaries_.decode_value(value);
    if (const double* scalar = std::get_if<double>(&decoded)) {
      const uint32_t tag = tags_.number(value.tag);
      tags_.describe(tag, value.metadata.description);
      batch.scalars.add(tag) = {message.step, message.wall_time, *scalar};
    } else {
      others.push_back(summaries_.with_metadata(value, std::move(decoded)));
    }
  }
  return others;
}

}  // namespace suar
