#pragma once

#include <string>
#include <utility>
#include <vector>

namespace suar {

/// What is known of each point of an embedding, in columns. Tabs and ends of lines in it become
/// spaces.
struct EmbeddingMetadata {
  EmbeddingMetadata() = default;

  /// One label for each point.
  EmbeddingMetadata(const std::vector<std::string>& labels) {
    for (const std::string& label : labels) rows.push_back({label});
  }

  /// Several columns, of which `names` are the names.
  EmbeddingMetadata(std::vector<std::string> names, std::vector<std::vector<std::string>> cells)
      : header(std::move(names)), rows(std::move(cells)) {}

  std::vector<std::string> header;             ///< names of the columns; empty: one without a name
  std::vector<std::vector<std::string>> rows;  ///< a row of cells for each point
};

}  // namespace suar
