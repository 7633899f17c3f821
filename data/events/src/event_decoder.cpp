#include "event_decoder.h"

#include <limits>
#include <utility>

#include <event.pb.h>

namespace suar {

std::optional<Event> EventDecoder::decode(std::string_view bytes) {
  schema::Event message;
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()) ||
      !message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return std::nullopt;
  }
  Event event;
  event.wall_time = message.wall_time();
  event.step = message.step();
  switch (message.what_case()) {
    case schema::Event::kSummary: {
      std::vector<Summary> summaries;
      summaries.reserve(static_cast<std::size_t>(message.summary().value_size()));
      for (auto& value : *message.mutable_summary()->mutable_value()) {
        summaries.push_back(summaries_.decode(value));
      }
      event.what = std::move(summaries);
      break;
    }
    case schema::Event::kFileVersion:
      event.what = FileVersion{std::move(*message.mutable_file_version())};
      break;
    case schema::Event::kSessionLog: {
      const int status = message.session_log().status();
      event.what = SessionLog{schema::SessionLog::Status_IsValid(status)
                                  ? static_cast<SessionLog::Status>(status)
                                  : SessionLog::Status::unspecified};
      break;
    }
    case schema::Event::kGraphDef:
      event.what = SerializedGraph{std::move(*message.mutable_graph_def())};
      break;
    case schema::Event::kTaggedRunMetadata:
    case schema::Event::kMetaGraphDef:
    case schema::Event::WHAT_NOT_SET:
      break;
  }
  return event;
}

}  // namespace suar
