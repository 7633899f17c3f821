#include <gtest/gtest.h>
#include <plugin_data.pb.h>

#include <suar/error.h>
#include <suar/mesh.h>
#include <suar/pr_curve.h>

namespace suar {
namespace {

PrCurve curve_of(std::size_t thresholds) {
  const std::vector<float> row(thresholds, 0.5f);
  return {row, row, row, row, row, row};
}

TEST(MakePrCurveSummary, StacksTheListsAndTellsTheNumberOfThresholds) {
  PrCurve curve = curve_of(200);
  curve.recall.back() = 0.25f;
  const Summary summary = make_pr_curve_summary("tag", curve);
  EXPECT_EQ(summary.plugin.name, "pr_curves");
  EXPECT_EQ(summary.plugin.content, "\x10\xc8\x01");
  const auto& tensor = std::get<TensorValue>(summary.value);
  EXPECT_EQ(tensor.shape, (std::vector<int64_t>{6, 200}));
  ASSERT_EQ(tensor.content.size(), 6u * 200 * 4);
  EXPECT_EQ(tensor.content.substr(tensor.content.size() - 4), std::string("\0\0\x80\x3e", 4));
}

TEST(MakePrCurveSummary, RefusesListsOfDifferentLengthsAndTooFewThresholds) {
  PrCurve curve = curve_of(3);
  curve.precision.pop_back();
  EXPECT_THROW(make_pr_curve_summary("tag", curve), Error);
  EXPECT_THROW(make_pr_curve_summary("tag", curve_of(1)), Error);
  EXPECT_THROW(make_pr_curve_summary("tag", {}), Error);
}

TensorValue tensor_of(TensorType type, std::vector<int64_t> shape, std::string content = {}) {
  TensorValue tensor;
  tensor.type = type;
  tensor.shape = std::move(shape);
  tensor.content = std::move(content);
  return tensor;
}

/// One triangle.
Mesh triangle() {
  Mesh mesh;
  mesh.vertices = tensor_of(TensorType::float32, {1, 3, 3}, std::string(36, '\0'));
  mesh.faces = tensor_of(TensorType::int32, {1, 1, 3}, std::string("\0\0\0\0\1\0\0\0\2\0\0\0", 12));
  mesh.colors = tensor_of(TensorType::uint8, {1, 3, 3}, "123456789");
  return mesh;
}

TEST(MakeMeshSummaries, WritesThePartsUnderTagsOfTheirOwn) {
  const auto summaries = make_mesh_summaries("m", triangle());
  ASSERT_EQ(summaries.size(), 3u);
  EXPECT_EQ(summaries[0].tag, "m_VERTEX");
  EXPECT_EQ(summaries[1].tag, "m_FACE");
  EXPECT_EQ(summaries[2].tag, "m_COLOR");
  EXPECT_EQ(summaries[2].plugin.name, "mesh");
  EXPECT_EQ(summaries[2].plugin.content, "\x12\x01m\x18\x03\x2a\x02{}\x32\x03\x01\x03\x03\x38\x0e");
}

TEST(MakeMeshSummaries, WritesNameAndConfigurationInUtf8) {
  Mesh mesh = triangle();
  mesh.config = R"({"a": ")"
                "\xe9"
                R"("})";
  schema::MeshPluginData data;
  ASSERT_TRUE(data.ParseFromString(make_mesh_summaries("m\xe9", mesh)[0].plugin.content));
  EXPECT_EQ(data.name(), "m\xef\xbf\xbd");
  EXPECT_EQ(data.json_config(), R"({"a": ")"
                                "\xef\xbf\xbd"
                                R"("})");
}

TEST(MakeMeshSummaries, TakesVerticesAlone) {
  Mesh mesh = triangle();
  mesh.faces.reset();
  mesh.colors.reset();
  const auto summaries = make_mesh_summaries("m", std::move(mesh));
  ASSERT_EQ(summaries.size(), 1u);
  EXPECT_EQ(summaries[0].plugin.content, "\x12\x01m\x18\x01\x2a\x02{}\x32\x03\x01\x03\x03\x38\x02");
}

TEST(MakeMeshSummaries, RefusesWhatThePageCannotDraw) {
  const auto expect_error = [](auto change) {
    Mesh mesh = triangle();
    change(mesh);
    EXPECT_THROW(make_mesh_summaries("m", std::move(mesh)), Error);
  };
  expect_error([](Mesh& mesh) { mesh.vertices.shape = {3, 3}; });
  expect_error([](Mesh& mesh) { mesh.vertices.shape = {1, 0, 3}; });
  expect_error([](Mesh& mesh) { mesh.vertices.type = TensorType::float64; });
  expect_error([](Mesh& mesh) { mesh.colors->shape = {1, 2, 3}; });
  expect_error([](Mesh& mesh) { mesh.faces->shape = {2, 1, 3}; });
  expect_error([](Mesh& mesh) { mesh.faces->content[0] = '\3'; });
  expect_error([](Mesh& mesh) { mesh.faces->content[3] = '\xff'; });
}

}  // namespace
}  // namespace suar
