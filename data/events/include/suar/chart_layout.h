#pragma once

#include <string>
#include <variant>
#include <vector>

#include <suar/event.h>

namespace suar {

/// Several curves in one chart.
struct MultilineChart {
  std::string title;
  /// Regular expressions (Python's), each matched at the beginning of the tags of a run: "Loss/"
  /// takes all that begin so, "Loss/train$" that one.
  std::vector<std::string> tags;
};

/// Curves with a band around each.
struct MarginChart {
  /// Tags, as they are.
  struct Series {
    std::string value;
    std::string lower;
    std::string upper;
  };
  std::string title;
  std::vector<Series> series;
};

/// Charts under one heading.
struct ChartCategory {
  std::string title;
  std::vector<std::variant<MultilineChart, MarginChart>> charts;
  bool closed = false;  ///< whether the page shows only the heading at first
};

/// TensorBoard's Custom Scalars page, from top to bottom.
using ChartLayout = std::vector<ChartCategory>;

/// Puts `category` into `layout`: a chart takes the place of the one with the same title in the
/// category with the same title, and comes last otherwise.
void merge_into(ChartLayout& layout, const ChartCategory& category);

/// The regular expression that matches `tag` alone.
std::string regex_of_tag(const std::string& tag);

/// The summary that holds the layout. The last one of a run counts; TensorBoard puts those of all
/// runs together.
Summary make_layout_summary(const ChartLayout& layout);

}  // namespace suar
