#include "pages.h"

#include <cstdio>
#include <functional>
#include <string_view>

#include <suar/web_assets.h>

#include "gzip.h"

namespace suar::dashboard {
namespace {

// Nothing from elsewhere and no inline scripts: a tag or a text of a run must never run as code.
// uPlot and Svelte set style attributes; workers may be made from blobs.
constexpr const char* kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'";

std::string etag_of(std::string_view content) {
  char text[32];
  std::snprintf(text, sizeof text, "W/\"%016zx\"", std::hash<std::string_view>()(content));
  return text;
}

}  // namespace

Answer page_answer(const std::string& path, bool gzip_accepted, const std::string& if_none_match) {
  const WebAsset* asset = find_web_asset(path == "/" ? "/index.html" : path);
  if (asset == nullptr) return error_answer(404, "there is no such page");
  Answer answer;
  const std::string etag = etag_of(asset->gzip);
  answer.content_type = asset->content_type;
  answer.headers = {
      {"Cache-Control", asset->immutable ? "public, max-age=31536000, immutable" : "no-cache"},
      {"ETag", etag},
      {"Vary", "Accept-Encoding"},
      {"Content-Security-Policy", kContentSecurityPolicy}};
  if (if_none_match == etag) {
    answer.status = 304;
  } else if (gzip_accepted) {
    answer.body = asset->gzip;
    answer.headers.emplace_back("Content-Encoding", "gzip");
  } else if (auto inflated = gunzip(asset->gzip)) {
    answer.body = std::move(*inflated);
  } else {
    return error_answer(500, "the page in this program is damaged: build it again");
  }
  return answer;
}

}  // namespace suar::dashboard
