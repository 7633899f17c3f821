#include "projector_files.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <suar/utf8.h>

namespace suar {
namespace {

/// The tag as the name of one directory. One with "tfevents" in it would be taken for an event
/// file.
std::string directory_name(const std::string& tag) {
  std::string name;
  for (const unsigned char c : tag) {
    if (std::isalnum(c) != 0 || c == '-' || c == '_') {
      name.push_back(static_cast<char>(c));
    } else {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "%%%02x", static_cast<unsigned>(c));
      name += escaped;
    }
  }
  for (auto found = name.find("tfevents"); found != std::string::npos;
       found = name.find("tfevents")) {
    name.replace(found + 2, 1, "%65");
  }
  return name;
}

std::string padded(int64_t step) {
  char digits[32];
  std::snprintf(digits, sizeof digits, "%05lld", static_cast<long long>(step));
  return digits;
}

/// In the text form of protobuf.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const unsigned char c : to_utf8(text)) {
    if (c == '"' || c == '\\') {
      result += {'\\', static_cast<char>(c)};
    } else if (c < ' ') {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\%03o", static_cast<unsigned>(c));
      result += escaped;
    } else {
      result.push_back(static_cast<char>(c));
    }
  }
  return result + '"';
}

std::string tensors_tsv(const Projection& projection) {
  std::string text;
  std::array<char, 32> digits;
  for (std::size_t i = 0; i < projection.points.size(); ++i) {
    const auto end = std::to_chars(digits.begin(), digits.end(), projection.points[i]).ptr;
    text.append(digits.begin(), end);
    text.push_back((i + 1) % projection.dimensions == 0 ? '\n' : '\t');
  }
  return text;
}

void append_row(std::string& text, const std::vector<std::string>& cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) text.push_back('\t');
    std::string cell = to_utf8(cells[i]);
    std::replace_if(
        cell.begin(), cell.end(), [](char c) { return c == '\t' || c == '\n' || c == '\r'; }, ' ');
    text += cell;
  }
  // The page skips empty lines, and with them a point.
  if (cells.size() == 1 && cells[0].empty()) text.push_back(' ');
  text.push_back('\n');
}

std::string metadata_tsv(const EmbeddingMetadata& metadata) {
  std::string text;
  // The page takes the first line for names where there are several columns, and only there.
  if (metadata.header.size() > 1) append_row(text, metadata.header);
  for (const auto& row : metadata.rows) append_row(text, row);
  return text;
}

std::string config_entry(const Projection& projection, const std::string& folder) {
  std::string entry = "embeddings {\n  tensor_name: ";
  entry += quoted(projection.tag + ':' + padded(projection.step)) + '\n';
  entry += "  tensor_path: " + quoted(folder + "/tensors.tsv") + '\n';
  if (!projection.metadata.rows.empty()) {
    entry += "  metadata_path: " + quoted(folder + "/metadata.tsv") + '\n';
  }
  if (!projection.sprite.empty()) {
    entry += "  sprite {\n    image_path: " + quoted(folder + "/sprite.png") + '\n';
    for (const int64_t size : {projection.tile_width, projection.tile_height}) {
      entry += "    single_image_dim: " + std::to_string(size) + '\n';
    }
    entry += "  }\n";
  }
  return entry + "}\n";
}

void write(const std::filesystem::path& path, const std::string& bytes,
           std::ios::openmode mode = std::ios::trunc) {
  std::ofstream file(path, std::ios::binary | mode);
  file << bytes << std::flush;
  if (!file) throw std::runtime_error("cannot write " + path.string());
}

}  // namespace

void write_projection(const std::filesystem::path& run_directory, const Projection& projection) {
  const std::string folder = padded(projection.step) + '/' + directory_name(projection.tag);
  const auto directory = run_directory / folder;
  std::filesystem::create_directories(directory);
  write(directory / "tensors.tsv", tensors_tsv(projection));
  if (!projection.metadata.rows.empty()) {
    write(directory / "metadata.tsv", metadata_tsv(projection.metadata));
  }
  if (!projection.sprite.empty()) write(directory / "sprite.png", projection.sprite);

  const auto config = run_directory / "projector_config.pbtxt";
  const std::string entry = config_entry(projection, folder);
  std::ifstream file(config, std::ios::binary);
  const std::string entries{std::istreambuf_iterator<char>(file), {}};
  if (entries.find(entry) == std::string::npos) write(config, entry, std::ios::app);
}

}  // namespace suar
