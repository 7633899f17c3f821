#include <cmath>

#include <gtest/gtest.h>
#include <plugin_data.pb.h>

#include <suar/hyper_parameters.h>

namespace suar {
namespace {

using namespace std::string_literals;

TEST(HyperParameter, KeepsNumbersTruthValuesAndTextsApart) {
  const auto type = [](const HyperParameter& parameter) { return parameter.value().index(); };
  EXPECT_EQ(type(1), type(0.5));
  EXPECT_EQ(type(uint8_t{1}), type(0.5));
  EXPECT_NE(type(true), type(1));
  EXPECT_EQ(type("text"), type("text"s));
  EXPECT_NE(type("text"), type(true));
}

TEST(MakeSessionStart, WritesTheMessageThatThePageReads) {
  const Summary summary =
      make_session_start({{"b", true}, {"lr", 0.5}, {"o", "adam"}, {"z", -INFINITY}}, 2);
  EXPECT_EQ(summary.tag, "_hparams_/session_start_info");
  EXPECT_TRUE(std::holds_alternative<OtherSummary>(summary.value));
  EXPECT_EQ(summary.plugin.name, "hparams");
  EXPECT_EQ(summary.plugin.content,
            "\x1a\x3d"s
            "\x0a\x07\x0a\x01"
            "b"
            "\x12\x02\x20\x01"
            "\x0a\x0f\x0a\x02"
            "lr"
            "\x12\x09\x11" +
                "\x00\x00\x00\x00\x00\x00\xe0\x3f"s +
                "\x0a\x0b\x0a\x01"
                "o"
                "\x12\x06\x1a\x04"
                "adam"
                "\x0a\x0b\x0a\x01"
                "z"
                "\x12\x06\x1a\x04"
                "-inf"
                "\x29" +
                "\x00\x00\x00\x00\x00\x00\x00\x40"s);
}

TEST(MakeSessionStart, WritesNamesAndTextsInUtf8) {
  const std::string bad = "caf\xe9", good = "caf\xef\xbf\xbd";
  schema::HParamsPluginData data;
  ASSERT_TRUE(data.ParseFromString(make_session_start({{bad, bad}}, 0).plugin.content));
  EXPECT_EQ(data.session_start_info().hparams(0).key(), good);
  EXPECT_EQ(data.session_start_info().hparams(0).value().string_value(), good);

  const Summary columns = make_hyper_parameter_columns({{bad, bad}}, {{bad, {bad}}}, {bad}, 0);
  ASSERT_TRUE(data.ParseFromString(columns.plugin.content));
  const auto& info = data.experiment().hparam_infos(0);
  EXPECT_EQ(info.name(), good);
  EXPECT_EQ(info.domain_discrete().values(0).string_value(), good);
  EXPECT_EQ(data.experiment().metric_infos(0).name().tag(), good);
}

TEST(MakeSessionEnd, WritesTheMessageThatThePageReads) {
  const Summary summary = make_session_end(SessionStatus::failure, 2);
  EXPECT_EQ(summary.tag, "_hparams_/session_end_info");
  EXPECT_EQ(summary.plugin.content, "\x22\x0b\x08\x02\x11"s + "\x00\x00\x00\x00\x00\x00\x00\x40"s);
}

TEST(MakeHyperParameterColumns, WritesTypesDomainsAndMetrics) {
  const Summary summary =
      make_hyper_parameter_columns({{"b", true}, {"o", "x"}}, {{"o", {"x", "y"}}}, {"m"}, 0);
  EXPECT_EQ(summary.tag, "_hparams_/experiment");
  EXPECT_EQ(summary.plugin.content,
            "\x12\x21"
            "\x22\x05\x0a\x01"
            "b"
            "\x20\x02"
            "\x22\x11\x0a\x01"
            "o"
            "\x20\x01\x2a\x0a\x0a\x03\x1a\x01"
            "x"
            "\x0a\x03\x1a\x01"
            "y"
            "\x2a\x05\x0a\x03\x12\x01"
            "m");
}

}  // namespace
}  // namespace suar
