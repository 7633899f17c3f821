#include "gzip.h"

#include <new>

#include <zlib.h>

namespace suar::dashboard {
namespace {

constexpr int kGzipWindow = MAX_WBITS + 16;  // 16 asks zlib for gzip's header

Bytef* bytes_of(std::string_view text) {
  // zlib does not write to its input, it only lacks the const.
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// True for the weight "q=0", "q=0.0", …: "not this one".
bool refused(std::string_view parameters) {
  const auto q = parameters.find("q=0");
  return q != std::string_view::npos &&
         parameters.substr(q + 2).find_first_of("123456789") == std::string_view::npos;
}

}  // namespace

std::string gzip(std::string_view bytes, int level) {
  z_stream stream{};
  if (deflateInit2(&stream, level, Z_DEFLATED, kGzipWindow, MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    throw std::bad_alloc();
  }
  std::string compressed(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = bytes_of(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(compressed.data());
  stream.avail_out = static_cast<uInt>(compressed.size());
  deflate(&stream, Z_FINISH);
  compressed.resize(stream.total_out);
  deflateEnd(&stream);
  return compressed;
}

std::optional<std::string> gunzip(std::string_view compressed) {
  z_stream stream{};
  if (inflateInit2(&stream, kGzipWindow) != Z_OK) throw std::bad_alloc();
  stream.next_in = bytes_of(compressed);
  stream.avail_in = static_cast<uInt>(compressed.size());
  std::string bytes;
  int result = Z_OK;
  while (result == Z_OK) {
    const std::size_t done = bytes.size();
    bytes.resize(done + 4 * compressed.size() + 64);
    stream.next_out = reinterpret_cast<Bytef*>(bytes.data() + done);
    stream.avail_out = static_cast<uInt>(bytes.size() - done);
    result = inflate(&stream, Z_NO_FLUSH);
    bytes.resize(bytes.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (result != Z_STREAM_END) return std::nullopt;
  return bytes;
}

bool accepts_gzip(std::string_view accept_encoding) {
  while (!accept_encoding.empty()) {
    const auto comma = accept_encoding.find(',');
    const auto coding = accept_encoding.substr(0, comma);
    const auto semicolon = coding.find(';');
    const auto parameters =
        semicolon == std::string_view::npos ? std::string_view() : coding.substr(semicolon);
    if (trimmed(coding.substr(0, semicolon)) == "gzip") return !refused(parameters);
    if (comma == std::string_view::npos) break;
    accept_encoding.remove_prefix(comma + 1);
  }
  return false;
}

}  // namespace suar::dashboard
