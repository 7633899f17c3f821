#include <gtest/gtest.h>
#include <torch/torch.h>

#include <suar/error.h>
#include <suar/summary_writer.h>

#include "files.h"
#include "temporary_directory.h"

namespace suar {
namespace {

using testing::read_summaries;

TEST(SummaryWriter, WritesWhatEachMethodIsFor) {
  testing::TemporaryDirectory directory;
  SummaryWriter writer(directory.path());
  writer.add_scalar("scalar", 0.5, 1);
  writer.add_histogram("histogram", torch::arange(10, torch::kFloat), 2);
  writer.add_image("image", torch::rand({3, 5, 7}), 3);
  writer.add_images("images", torch::rand({4, 1, 5, 5}), 4);
  writer.add_text("text", "**bold**", 5);
  writer.flush();
  const auto all = read_summaries(writer.path());
  ASSERT_EQ(all.size(), 5u);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].step, static_cast<int64_t>(i) + 1);
  EXPECT_EQ(std::get<double>(all[0].summary.value), 0.5);
  EXPECT_EQ(std::get<Histogram>(all[1].summary.value).count, 10);
  EXPECT_EQ(std::get<Images>(all[2].summary.value).samples[0].width, 7);
  EXPECT_EQ(std::get<Images>(all[3].summary.value).samples[0].width, 2 * 7 + 2);
  EXPECT_EQ(std::get<Text>(all[4].summary.value).markdown, "**bold**");
}

TEST(SummaryWriter, ThrowsForTensorsThatAreNoImages) {
  testing::TemporaryDirectory directory;
  SummaryWriter writer(directory.path());
  EXPECT_THROW(writer.add_image("a", torch::rand({2}), 0), Error);
  EXPECT_THROW(writer.add_images("a", torch::rand({3, 5, 5}), 0), Error);
}

TEST(SummaryWriter, IgnoresWhatComesAfterClose) {
  testing::TemporaryDirectory directory;
  SummaryWriter writer(directory.path());
  writer.add_scalar("a", 1, 0);
  writer.close();
  writer.add_scalar("a", 1, 1);
  writer.flush();
  writer.close();
  EXPECT_EQ(writer.lost(), 0u);
  EXPECT_EQ(read_summaries(writer.path()).size(), 1u);
}

}  // namespace
}  // namespace suar
