#include "projector_files.h"

#include <cmath>

#include <gtest/gtest.h>

#include "files.h"
#include "temporary_directory.h"

namespace suar {
namespace {

using testing::read_file;

Projection two_points() {
  Projection projection;
  projection.tag = "default";
  projection.step = 7;
  projection.dimensions = 3;
  projection.points = {1, -0.5f, 1e-20f, 0.1f, NAN, INFINITY};
  return projection;
}

TEST(WriteProjection, WritesThePointsSuchThatTheyAreReadBackExactly) {
  testing::TemporaryDirectory directory;
  write_projection(directory.path(), two_points());
  EXPECT_EQ(read_file(directory.path() / "00007/default/tensors.tsv"),
            "1\t-0.5\t1e-20\n0.1\tnan\tinf\n");
  EXPECT_EQ(read_file(directory.path() / "projector_config.pbtxt"),
            "embeddings {\n"
            "  tensor_name: \"default:00007\"\n"
            "  tensor_path: \"00007/default/tensors.tsv\"\n"
            "}\n");
}

TEST(WriteProjection, WritesMetadataAndSprite) {
  testing::TemporaryDirectory directory;
  Projection projection = two_points();
  projection.metadata = {{"name", "kind"}, {{"a\tb", "x"}, {"c\nd", "y"}}};
  projection.sprite = "PNG";
  projection.tile_width = 5;
  projection.tile_height = 4;
  write_projection(directory.path(), projection);
  const auto folder = directory.path() / "00007/default";
  EXPECT_EQ(read_file(folder / "metadata.tsv"), "name\tkind\na b\tx\nc d\ty\n");
  EXPECT_EQ(read_file(folder / "sprite.png"), "PNG");
  EXPECT_EQ(read_file(directory.path() / "projector_config.pbtxt"),
            "embeddings {\n"
            "  tensor_name: \"default:00007\"\n"
            "  tensor_path: \"00007/default/tensors.tsv\"\n"
            "  metadata_path: \"00007/default/metadata.tsv\"\n"
            "  sprite {\n"
            "    image_path: \"00007/default/sprite.png\"\n"
            "    single_image_dim: 5\n"
            "    single_image_dim: 4\n"
            "  }\n"
            "}\n");
}

TEST(WriteProjection, WritesALineForEachLabelOfASingleColumn) {
  testing::TemporaryDirectory directory;
  Projection projection = two_points();
  projection.metadata = {{"name"}, {{""}, {"b"}}};
  write_projection(directory.path(), projection);
  EXPECT_EQ(read_file(directory.path() / "00007/default/metadata.tsv"), " \nb\n");
}

TEST(WriteProjection, WritesNamesInUtf8BecauseThePageReadsTheFilesAsThat) {
  testing::TemporaryDirectory directory;
  Projection projection = two_points();
  projection.tag = "caf\xe9";
  projection.metadata = {{"name"}, {{"th\xe9"}, {"\xc3\xa9t\xc3\xa9"}}};
  write_projection(directory.path(), projection);
  EXPECT_EQ(read_file(directory.path() / "00007/caf%e9/metadata.tsv"),
            "th\xef\xbf\xbd\n\xc3\xa9t\xc3\xa9\n");
  EXPECT_NE(read_file(directory.path() / "projector_config.pbtxt")
                .find("tensor_name: \"caf\xef\xbf\xbd:00007\""),
            std::string::npos);
}

TEST(WriteProjection, ListsEachTagAndStepOnce) {
  testing::TemporaryDirectory directory;
  Projection projection = two_points();
  for (const int64_t step : {1, 2, 1}) {
    projection.step = step;
    write_projection(directory.path(), projection);
  }
  const std::string config = read_file(directory.path() / "projector_config.pbtxt");
  EXPECT_NE(config.find("default:00001"), std::string::npos);
  EXPECT_NE(config.find("default:00002"), std::string::npos);
  EXPECT_EQ(config.find("default:00001"), config.rfind("default:00001"));
}

TEST(WriteProjection, KeepsTheFilesOfAnyTagInTheirFolder) {
  testing::TemporaryDirectory directory;
  Projection projection = two_points();
  for (const char* tag : {"../../out", "a/b", "..", "say \"hi\"\n\\", "tfevents", ""}) {
    projection.tag = tag;
    write_projection(directory.path() / "run", projection);
  }
  std::size_t files = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(directory.path() / "run")) {
    if (entry.path().filename() == "tensors.tsv") ++files;
    EXPECT_EQ(entry.path().filename().string().find("tfevents"), std::string::npos)
        << "would be taken for an event file";
  }
  EXPECT_EQ(files, 6u);
  const std::string config = read_file(directory.path() / "run/projector_config.pbtxt");
  EXPECT_NE(config.find(R"(tensor_name: "say \"hi\"\012\\:00007")"), std::string::npos) << config;
}

TEST(WriteProjection, ThrowsWhenItCannot) {
  testing::TemporaryDirectory directory;
  testing::write_file(directory.path() / "file", "");
  EXPECT_THROW(write_projection(directory.path() / "file", two_points()), std::runtime_error);
}

}  // namespace
}  // namespace suar
