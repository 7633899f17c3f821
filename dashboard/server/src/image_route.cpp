#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <suar/error.h>
#include <suar/event_reader.h>

#include "find_images.h"
#include "routes.h"

namespace suar::dashboard {
namespace {

bool begins_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

// Only kinds of pictures that cannot hold a script: never what a file claims to be.
const char* content_type(std::string_view bytes) {
  if (begins_with(bytes, "\x89PNG\r\n\x1a\n")) return "image/png";
  if (begins_with(bytes, "\xff\xd8\xff")) return "image/jpeg";
  if (begins_with(bytes, "GIF8")) return "image/gif";
  if (begins_with(bytes, "BM")) return "image/bmp";
  if (begins_with(bytes, "RIFF") && bytes.substr(0, 12).substr(8) == "WEBP") return "image/webp";
  return "application/octet-stream";
}

// The pictures at `place`, if the file still holds there what it held when it was read first.
std::optional<Images> read_again(const ImagePoint& point, const std::string& tag) {
  std::optional<Event> event;
  try {
    event = read_event_at(*point.place.file, point.place.offset, {{tag, "images"}});
  } catch (const Error&) {
    return std::nullopt;
  }
  if (!event || event->step != point.step || event->wall_time != point.wall_time) {
    return std::nullopt;
  }
  auto* summaries = std::get_if<std::vector<Summary>>(&event->what);
  if (summaries == nullptr) return std::nullopt;
  for (Summary& summary : *summaries) {
    auto* images = std::get_if<Images>(&summary.value);
    if (summary.tag == tag && images != nullptr) return std::move(*images);
  }
  return std::nullopt;
}

}  // namespace

Answer image_route(const Store& store, const Parameters& parameters) {
  const uint64_t sample = parameters.whole("sample", 0, 0, UINT32_MAX);
  const auto point = find_images(store, parameters);
  if (sample >= point->samples.size()) {
    throw RequestError(404, "there is no image with this 'sample' at this step");
  }
  auto images = read_again(*point, parameters.needed_text("tag"));
  if (!images || sample >= images->samples.size()) {
    throw RequestError(404, "the picture is no longer in the event file");
  }
  Answer answer;
  answer.body = std::move(images->samples[sample].encoded);
  answer.content_type = content_type(answer.body);
  // An id means the same picture only within this session, which the address does not name.
  answer.headers = {{"Cache-Control", "private, no-cache"},
                    {"ETag", '"' + store.session() + "-" + std::to_string(point->id) + "-" +
                                 std::to_string(sample) + '"'}};
  return answer;
}

}  // namespace suar::dashboard
