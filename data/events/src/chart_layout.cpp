#include <algorithm>
#include <string_view>

#include <plugin_data.pb.h>

#include <suar/chart_layout.h>
#include <suar/error.h>
#include <suar/utf8.h>

namespace suar {
namespace {

using Chart = std::variant<MultilineChart, MarginChart>;

const std::string& title_of(const Chart& chart) {
  return std::visit([](const auto& kind) -> const std::string& { return kind.title; }, chart);
}

ChartCategory& find_or_add(ChartLayout& layout, const std::string& title) {
  for (ChartCategory& category : layout) {
    if (category.title == title) return category;
  }
  return layout.emplace_back(ChartCategory{title, {}});
}

Chart* find_chart(ChartCategory& category, const std::string& title) {
  for (Chart& chart : category.charts) {
    if (title_of(chart) == title) return &chart;
  }
  return nullptr;
}

void encode(const MultilineChart& chart, schema::CustomScalarsLayout::Chart& message) {
  auto& multiline = *message.mutable_multiline();
  for (const std::string& tag : chart.tags) multiline.add_tag(to_utf8(tag));
}

void encode(const MarginChart& chart, schema::CustomScalarsLayout::Chart& message) {
  auto& margin = *message.mutable_margin();
  for (const MarginChart::Series& series : chart.series) {
    auto& entry = *margin.add_series();
    entry.set_value(to_utf8(series.value));
    entry.set_lower(to_utf8(series.lower));
    entry.set_upper(to_utf8(series.upper));
  }
}

}  // namespace

bool merge_into(ChartLayout& layout, const ChartLayout& change) {
  bool changed = false;
  for (const ChartCategory& category : change) {
    ChartCategory& target = find_or_add(layout, category.title);
    changed = changed || target.closed != category.closed;
    target.closed = category.closed;
    for (const Chart& chart : category.charts) {
      Chart* const same = find_chart(target, title_of(chart));
      if (same != nullptr && *same == chart) continue;
      changed = true;
      if (same == nullptr) {
        target.charts.push_back(chart);
      } else {
        *same = chart;
      }
    }
  }
  return changed;
}

bool add_lines(ChartLayout& layout, const std::string& category, const MultilineChart& lines) {
  ChartCategory& target = find_or_add(layout, category);
  Chart* const chart = find_chart(target, lines.title);
  if (chart == nullptr) {
    target.charts.push_back(lines);
    return true;
  }
  auto* const multiline = std::get_if<MultilineChart>(chart);
  if (multiline == nullptr) return false;  // the title belongs to a chart of another kind
  auto& tags = multiline->tags;
  const std::size_t before = tags.size();
  for (const std::string& tag : lines.tags) {
    if (std::find(tags.begin(), tags.end(), tag) == tags.end()) tags.push_back(tag);
  }
  return tags.size() > before;
}

void check_layout(const ChartLayout& layout) {
  const auto empty = [](const Chart& chart) {
    const auto* multiline = std::get_if<MultilineChart>(&chart);
    return multiline != nullptr ? multiline->tags.empty()
                                : std::get<MarginChart>(chart).series.empty();
  };
  const bool incomplete =
      layout.empty() || std::any_of(layout.begin(), layout.end(), [&](const auto& category) {
        return category.charts.empty() ||
               std::any_of(category.charts.begin(), category.charts.end(), empty);
      });
  if (incomplete) {
    throw Error("expected categories with charts, and charts with tags, found an empty one");
  }
}

std::string regex_of_tag(const std::string& tag) {
  std::string regex;
  for (const char c : tag) {
    if (std::string_view(R"(\^$.|?*+()[]{})").find(c) != std::string_view::npos) regex += '\\';
    regex += c;
  }
  return regex + '$';
}

Summary make_layout_summary(const ChartLayout& layout) {
  schema::CustomScalarsLayout message;
  for (const ChartCategory& category : layout) {
    auto& entry = *message.add_category();
    entry.set_title(to_utf8(category.title));
    entry.set_closed(category.closed);
    for (const Chart& chart : category.charts) {
      auto& chart_entry = *entry.add_chart();
      chart_entry.set_title(to_utf8(title_of(chart)));
      std::visit([&](const auto& kind) { encode(kind, chart_entry); }, chart);
    }
  }
  TensorValue text;
  text.type = TensorType::string;
  text.strings = {message.SerializeAsString()};
  Summary summary{"custom_scalars__config__", std::move(text)};
  summary.plugin = {"custom_scalars", "", DataClass::tensor};
  return summary;
}

}  // namespace suar
