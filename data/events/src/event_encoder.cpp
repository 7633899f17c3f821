#include "event_encoder.h"

#include <event.pb.h>

#include <suar/utf8.h>

namespace suar {
namespace {

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

}  // namespace

bool EventEncoder::encode(const Event& event, std::string& bytes) {
  schema::Event message;
  message.set_wall_time(event.wall_time);
  message.set_step(event.step);
  std::visit(Overloaded{
                 [](const OtherEvent&) {},
                 [&](const std::vector<Summary>& summaries) {
                   for (const Summary& summary : summaries) {
                     summaries_.encode(summary, *message.mutable_summary()->add_value());
                   }
                 },
                 [&](const FileVersion& file) {
                   message.set_file_version(to_utf8(file.version));
                   message.mutable_source_metadata()->set_writer("suar");
                 },
                 [&](const SessionLog& log) {
                   message.mutable_session_log()->set_status(
                       static_cast<schema::SessionLog::Status>(log.status));
                   message.mutable_session_log()->set_checkpoint_path(to_utf8(log.checkpoint_path));
                   message.mutable_session_log()->set_msg(to_utf8(log.message));
                 },
                 [&](const SerializedGraph& graph) { message.set_graph_def(graph.graph_def); },
                 [&](const RunMetadata& metadata) {
                   message.mutable_tagged_run_metadata()->set_tag(to_utf8(metadata.tag));
                   message.mutable_tagged_run_metadata()->set_run_metadata(metadata.run_metadata);
                 },
             },
             event.what);
  return message.ByteSizeLong() <= largest_record_ && message.AppendToString(&bytes);
}

void EventEncoder::complete(std::string& bytes) {
  schema::Event message;
  if (!message.ParseFromString(bytes) || !message.has_summary()) return;
  for (auto& value : *message.mutable_summary()->mutable_value()) summaries_.complete(value);
  message.SerializeToString(&bytes);
}

}  // namespace suar
