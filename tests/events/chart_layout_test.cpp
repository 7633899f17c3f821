#include <gtest/gtest.h>
#include <plugin_data.pb.h>

#include <suar/chart_layout.h>
#include <suar/error.h>

namespace suar {
namespace {

using namespace std::string_literals;

TEST(MakeLayoutSummary, WritesTheMessageThatThePageReads) {
  const ChartLayout layout = {{"c", {MultilineChart{"m", {"a", "b"}}}},
                              {"d", {MarginChart{"n", {{"v", "l", "u"}}}}, true}};
  const Summary summary = make_layout_summary(layout);
  EXPECT_EQ(summary.tag, "custom_scalars__config__");
  EXPECT_EQ(summary.plugin.name, "custom_scalars");
  const auto& tensor = std::get<TensorValue>(summary.value);
  EXPECT_TRUE(tensor.shape.empty());
  ASSERT_EQ(tensor.strings.size(), 1u);
  EXPECT_EQ(tensor.strings[0],
            "\x12\x10"s
            "\x0a\x01"
            "c"
            "\x12\x0b"
            "\x0a\x01"
            "m"
            "\x12\x06"
            "\x0a\x01"
            "a"
            "\x0a\x01"
            "b"
            "\x12\x17"
            "\x0a\x01"
            "d"
            "\x12\x10"
            "\x0a\x01"
            "n"
            "\x1a\x0b"
            "\x0a\x09"
            "\x0a\x01"
            "v"
            "\x12\x01"
            "l"
            "\x1a\x01"
            "u"
            "\x18\x01");
}

TEST(MakeLayoutSummary, WritesTitlesAndTagsInUtf8) {
  const std::string bad = "caf\xe9", good = "caf\xef\xbf\xbd";
  const Summary summary = make_layout_summary(
      {{bad, {MultilineChart{bad, {bad}}, MarginChart{bad, {{bad, bad, bad}}}}}});
  schema::CustomScalarsLayout layout;
  ASSERT_TRUE(layout.ParseFromString(std::get<TensorValue>(summary.value).strings[0]));
  const auto& category = layout.category(0);
  EXPECT_EQ(category.title(), good);
  EXPECT_EQ(category.chart(0).title(), good);
  EXPECT_EQ(category.chart(0).multiline().tag(0), good);
  const auto& series = category.chart(1).margin().series(0);
  EXPECT_EQ(series.value(), good);
  EXPECT_EQ(series.lower(), good);
  EXPECT_EQ(series.upper(), good);
}

TEST(MergeInto, ReplacesTheChartWithTheSameTitleAndKeepsTheOthers) {
  ChartLayout layout = {{"c", {MultilineChart{"a", {"1"}}, MultilineChart{"b", {"2"}}}}};
  EXPECT_TRUE(merge_into(layout, {{"c", {MultilineChart{"a", {"3"}}}}, {"d", {MarginChart{}}}}));
  ASSERT_EQ(layout.size(), 2u);
  ASSERT_EQ(layout[0].charts.size(), 2u);
  EXPECT_EQ(std::get<MultilineChart>(layout[0].charts[0]).tags, std::vector<std::string>{"3"});
  EXPECT_EQ(std::get<MultilineChart>(layout[0].charts[1]).tags, std::vector<std::string>{"2"});
  EXPECT_EQ(layout[1].title, "d");
}

TEST(MergeInto, SaysWhetherAnythingChanged) {
  ChartLayout layout = {{"c", {MultilineChart{"a", {"1"}}}}};
  EXPECT_FALSE(merge_into(layout, {{"c", {MultilineChart{"a", {"1"}}}}}));
  EXPECT_TRUE(merge_into(layout, {{"c", {MultilineChart{"a", {"1"}}}, true}}));
  EXPECT_TRUE(merge_into(layout, {{"c", {MarginChart{"a", {{"1", "2", "3"}}}}, true}}));
}

TEST(AddLines, AddsWhatIsMissingAndLeavesOtherChartsAlone) {
  ChartLayout layout = {{"c", {MarginChart{"margin", {}}}}};
  EXPECT_TRUE(add_lines(layout, "c", {"a", {"1", "2"}}));
  EXPECT_TRUE(add_lines(layout, "c", {"a", {"2", "3"}}));
  EXPECT_FALSE(add_lines(layout, "c", {"a", {"3", "1"}}));
  EXPECT_EQ(std::get<MultilineChart>(layout[0].charts[1]).tags,
            (std::vector<std::string>{"1", "2", "3"}));
  EXPECT_FALSE(add_lines(layout, "c", {"margin", {"1"}}));
}

TEST(RegexOfTag, TakesEveryCharacterForItselfAndEndsWithTheTag) {
  EXPECT_EQ(regex_of_tag(R"(a.b*c[d]{e}(f)^$|\+?)"), R"(a\.b\*c\[d\]\{e\}\(f\)\^\$\|\\\+\?$)");
  EXPECT_EQ(regex_of_tag("Loss/train"), "Loss/train$");
}

TEST(CheckLayout, RefusesWhatIsEmpty) {
  EXPECT_THROW(check_layout({}), Error);
  EXPECT_THROW(check_layout({{"c", {}}}), Error);
  EXPECT_THROW(check_layout({{"c", {MultilineChart{"a", {}}}}}), Error);
  EXPECT_THROW(check_layout({{"c", {MarginChart{"a", {}}}}}), Error);
  EXPECT_NO_THROW(check_layout({{"c", {MultilineChart{"a", {"1"}}}}}));
}

}  // namespace
}  // namespace suar
