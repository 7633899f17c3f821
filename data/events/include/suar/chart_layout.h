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

  bool operator==(const MultilineChart& other) const {
    return title == other.title && tags == other.tags;
  }
};

/// Curves with a band around each.
struct MarginChart {
  /// Tags, as they are.
  struct Series {
    std::string value;
    std::string lower;
    std::string upper;

    bool operator==(const Series& other) const {
      return value == other.value && lower == other.lower && upper == other.upper;
    }
  };
  std::string title;
  std::vector<Series> series;

  bool operator==(const MarginChart& other) const {
    return title == other.title && series == other.series;
  }
};

/// Charts under one heading.
struct ChartCategory {
  std::string title;
  std::vector<std::variant<MultilineChart, MarginChart>> charts;
  bool closed = false;  ///< whether the page shows only the heading at first
};

/// TensorBoard's Custom Scalars page, from top to bottom.
using ChartLayout = std::vector<ChartCategory>;

/// Puts the charts of `change` into `layout`: one takes the place of that with the same title in
/// the category with the same title, and comes last otherwise. True when the layout is not as
/// before.
bool merge_into(ChartLayout& layout, const ChartLayout& change);

/// Adds the lines that are not there yet to the chart with this title in this category, which is
/// made when there is none. True when the layout is not as before.
bool add_lines(ChartLayout& layout, const std::string& category, const MultilineChart& lines);

/// Throws `suar::Error` when a layout has nothing in it, or a category or a chart of it.
void check_layout(const ChartLayout& layout);

/// The regular expression that matches `tag` alone.
std::string regex_of_tag(const std::string& tag);

/// The summary that holds the layout. The last one of a run counts; TensorBoard puts those of all
/// runs together.
Summary make_layout_summary(const ChartLayout& layout);

}  // namespace suar
