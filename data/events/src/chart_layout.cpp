#include <algorithm>

#include <plugin_data.pb.h>

#include <suar/chart_layout.h>

namespace suar {
namespace {

using Chart = std::variant<MultilineChart, MarginChart>;

const std::string& title_of(const Chart& chart) {
  return std::visit([](const auto& kind) -> const std::string& { return kind.title; }, chart);
}

void encode(const MultilineChart& chart, schema::CustomScalarsLayout::Chart& message) {
  auto& multiline = *message.mutable_multiline();
  for (const std::string& tag : chart.tags) multiline.add_tag(tag);
}

void encode(const MarginChart& chart, schema::CustomScalarsLayout::Chart& message) {
  auto& margin = *message.mutable_margin();
  for (const MarginChart::Series& series : chart.series) {
    auto& entry = *margin.add_series();
    entry.set_value(series.value);
    entry.set_lower(series.lower);
    entry.set_upper(series.upper);
  }
}

}  // namespace

void merge_into(ChartLayout& layout, const ChartCategory& category) {
  const auto place = std::find_if(layout.begin(), layout.end(), [&](const ChartCategory& other) {
    return other.title == category.title;
  });
  ChartCategory& target =
      place == layout.end() ? layout.emplace_back(ChartCategory{category.title, {}}) : *place;
  target.closed = category.closed;
  for (const Chart& chart : category.charts) {
    const auto same =
        std::find_if(target.charts.begin(), target.charts.end(),
                     [&](const Chart& other) { return title_of(other) == title_of(chart); });
    if (same == target.charts.end()) {
      target.charts.push_back(chart);
    } else {
      *same = chart;
    }
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
    entry.set_title(category.title);
    entry.set_closed(category.closed);
    for (const Chart& chart : category.charts) {
      auto& chart_entry = *entry.add_chart();
      chart_entry.set_title(title_of(chart));
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
