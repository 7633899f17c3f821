// What the callback logs as pictures.

#include <cmath>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <suar/tiles.h>
#include <suar/training_callback.h>

#include "confusion_matrix.h"
#include "filter_images.h"
#include "frame.h"
#include "training.h"

namespace suar {
namespace {

using testing::SmallNet;
using Steps = std::vector<int64_t>;

class CallbackImages : public testing::Training {
 protected:
  std::string last_text(const std::string& tag) const {
    const auto values = last_values();
    if (values.count(tag) == 0) ADD_FAILURE() << tag << " was not logged";
    return values.count(tag) == 0 ? "" : std::get<Text>(values.at(tag)).markdown;
  }
  Image last_image(const std::string& tag) const {
    const auto values = last_values();
    if (values.count(tag) == 0) ADD_FAILURE() << tag << " was not logged";
    return values.count(tag) == 0 ? Image() : std::get<Images>(values.at(tag)).samples.at(0);
  }

  SmallNet net_;
  torch::optim::SGD optimizer_{net_->parameters(), 0.1};
};

TEST_F(CallbackImages, FrameTheTilesThatAreMarkedAndNoOthers) {
  const auto tiles = torch::full({2, 1, 5, 6}, 0.5);
  const auto framed = frame_tiles(tiles, torch::tensor({false, true}));
  ASSERT_EQ(framed.sizes(), (torch::IntArrayRef{2, 3, 5, 6}));
  EXPECT_TRUE(torch::equal(framed[0], torch::full({3, 5, 6}, 0.5)));
  EXPECT_TRUE(framed[1].slice(1, 1, 4).slice(2, 1, 5).eq(0.5).all().item<bool>());
  EXPECT_EQ(framed[1][0].gt(0.8).sum().item<int64_t>(), 2 * 5 + 2 * 4);
  EXPECT_EQ(framed[1][2].lt(0.2).sum().item<int64_t>(), 2 * 5 + 2 * 4);
  EXPECT_TRUE(tiles.eq(0.5).all().item<bool>()) << "the tiles themselves stay as they are";
  const auto bytes = frame_tiles(torch::zeros({1, 4, 30, 60}, torch::kByte), torch::tensor({true}));
  EXPECT_EQ(bytes[0][0][0][0].item<int>(), 229);
  EXPECT_EQ(bytes[0][3].sum().item<int64_t>(), 0);
}

TEST_F(CallbackImages, ShowTheSamplesInColourWithTheirJudgement) {
  {
    TrainingCallback callback(*net_, optimizer_, options());
    const auto output = torch::tensor({{9.0f, 0.0f}, {9.0f, 0.0f}});
    const auto target = torch::tensor({0, 1}, torch::kLong);
    callback.on_batch_end({{}, output, target, torch::rand({2, 1, 8, 8})});
    callback.on_epoch_end();
  }
  EXPECT_EQ(last_image("Samples/train").channels, 3);
  const std::string captions = last_text("Samples/train/captions");
  EXPECT_NE(captions.find("| 1 | 0 | 100 % | 0 |  |"), std::string::npos) << captions;
  EXPECT_NE(captions.find("| 2 | 0 | 100 % | 1 | wrong |"), std::string::npos) << captions;

  Summary summary{"Samples/train/tiles", last_values().at("Samples/train/tiles")};
  summary.plugin.name = "suar_tiles";
  const auto tiles = parse_tiles(summary);
  ASSERT_TRUE(tiles);
  EXPECT_EQ(tiles->columns, 2);
  EXPECT_EQ(tiles->columns * (tiles->width + tiles->border) + tiles->border,
            last_image("Samples/train").width);
  EXPECT_EQ(tiles->height + 2 * tiles->border, last_image("Samples/train").height);
  ASSERT_EQ(tiles->captions.size(), 2u);
  EXPECT_EQ(tiles->captions[1].predicted, "0");
  EXPECT_EQ(tiles->captions[1].actual, "1");
  EXPECT_NEAR(tiles->captions[1].probability, 1 / (1 + std::exp(-9.0)), 1e-6);
}

TEST_F(CallbackImages, CallWrongOnlyWhatIsByItsNumberAndHasAClass) {
  {
    TrainingCallback callback(*net_, optimizer_, options().class_names({"a|b", "cat", "cat"}));
    const auto output = torch::tensor({{0.0f, 9.0f, 0.0f}, {9.0f, 0.0f, 0.0f}, {NAN, 0.0f, 0.0f}});
    const auto target = torch::tensor({2, -100, 0}, torch::kLong);
    callback.on_batch_end({{}, output, target, torch::rand({3, 1, 8, 8})});
    callback.on_epoch_end();
  }
  const std::string captions = last_text("Samples/train/captions");
  EXPECT_NE(captions.find("| 1 | cat | 100 % | cat | wrong |"), std::string::npos) << captions;
  EXPECT_NE(captions.find("| 2 | a\\|b | 100 % | -100 |  |"), std::string::npos) << captions;
  EXPECT_NE(captions.find("| unknown | a\\|b |"), std::string::npos) << captions;
}

TEST_F(CallbackImages, ShowTheOtherPixelsOfSamplesThatAreNotFinite) {
  auto pictures = torch::rand({2, 1, 8, 8});
  pictures[1][0][0][0] = 0;
  pictures[1][0][0][1] = 1;
  const auto encoded = [&](const torch::Tensor& input) {
    {
      TrainingCallback callback(*net_, optimizer_, options());
      callback.on_batch_end({{}, {}, {}, input});
      callback.on_epoch_end();
    }
    const auto image = last_image("Samples/train").encoded;
    std::filesystem::remove_all(run_directory());
    return image;
  };
  auto broken = pictures.clone();
  broken[0][0][0][0] = NAN;
  broken[0][0][0][1] = HUGE_VALF;
  broken[0][0][0][2] = -HUGE_VALF;
  auto black_and_white = pictures.clone();
  black_and_white[0][0][0][0] = 0;
  black_and_white[0][0][0][1] = 1;
  black_and_white[0][0][0][2] = 0;
  EXPECT_EQ(encoded(broken), encoded(black_and_white));
}

TEST_F(CallbackImages, KeepNoBatchWhosePicturesAreNeverDue) {
  TrainingCallback callback(*net_, optimizer_, options().image_every(never()));
  auto input = torch::rand({2, 1, 8, 8});
  const c10::weak_intrusive_ptr<at::TensorImpl> watched(input.getIntrusivePtr());
  callback.on_batch_end({{}, {}, {}, input});
  input.reset();
  EXPECT_TRUE(watched.expired());
}

TEST_F(CallbackImages, LogNoTilesOfInputsThatAreNoPictures) {
  ::testing::internal::CaptureStderr();
  {
    TrainingCallback callback(*net_, optimizer_, options());
    callback.on_batch_end(
        {{}, torch::zeros({2, 2}), torch::zeros({2}, torch::kLong), torch::rand({2, 6, 8, 8})});
    callback.on_epoch_end();
  }
  const std::string printed = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(printed.find("Float [2, 6, 8, 8]"), std::string::npos) << printed;
  EXPECT_EQ(logged_steps().count("Samples/train/tiles"), 0u);
}

TEST_F(CallbackImages, ShowSamplesWithoutClassesAsTheyAre) {
  {
    TrainingCallback callback(*net_, optimizer_, options());
    callback.on_batch_end({{}, {}, {}, torch::rand({2, 1, 8, 8})});
    callback.on_epoch_end();
  }
  EXPECT_EQ(last_image("Samples/train").channels, 1);
  EXPECT_EQ(logged_steps().count("Samples/train/captions"), 0u);
}

TEST_F(CallbackImages, CountTheConfusionOfAnEpochAndBeginAnew) {
  const auto output = torch::tensor({{9.0f, 0.0f, 0.0f}, {9.0f, 0.0f, 0.0f}, {0.0f, 0.0f, 9.0f}});
  const auto target = torch::tensor({0, 1, -100}, torch::kLong);  // the last one is ignored
  std::vector<std::string> tables;
  {
    TrainingCallback callback(*net_, optimizer_,
                              options().scalar_every(1).class_names({"cat", "dog"}));
    for (int epoch = 0; epoch < 2; ++epoch) {
      callback.on_epoch_begin(epoch);
      for (int i = 0; i <= epoch; ++i) callback.on_batch_end({{}, output, target, {}});
      callback.on_epoch_end();
    }
  }
  EXPECT_EQ(logged_steps()["ConfusionMatrix/train"], (Steps{0, 2}));
  EXPECT_EQ(last_text("ConfusionMatrix/train/counts"),
            "| true \\ predicted | cat | dog | 2 |\n|---|---|---|---|\n"
            "| cat | 2 | 0 | 0 |\n| dog | 2 | 0 | 0 |\n| 2 | 0 | 0 | 0 |\n");
  const Image image = last_image("ConfusionMatrix/train");
  EXPECT_EQ(image.width, image.height);
  EXPECT_EQ(image.width % 3, 0);
  EXPECT_GT(image.width, 300);
}

TEST_F(CallbackImages, LeaveOutAConfusionOfClassesThatNoOneCouldRead) {
  {
    TrainingCallback callback(*net_, optimizer_, options());
    callback.on_batch_end({{}, torch::rand({2, 1000}), torch::zeros({2}, torch::kLong), {}});
    callback.on_epoch_end();
  }
  EXPECT_EQ(logged_steps().count("ConfusionMatrix/train"), 0u);
}

TEST_F(CallbackImages, ShowTheFiltersThatLookAtThePicture) {
  {
    TrainingCallback callback(*net_, optimizer_, options());
    callback.on_batch_end({});
    callback.on_epoch_end();
  }
  const Image image = last_image("Filters/conv.weight");
  EXPECT_EQ(image.channels, 1);
  EXPECT_EQ(image.width, 2 * (18 + 2) + 2);  // four filters of 3 x 3, six pixels for each of theirs
}

TEST_F(CallbackImages, StretchEachFilterOverTheRange) {
  auto weight = torch::rand({2, 3, 3, 3});
  weight[1] *= 100;
  const auto drawn = draw_filters(weight);
  for (int64_t i = 0; i < 2; ++i) {
    EXPECT_EQ(drawn[i].min().item<double>(), 0);
    EXPECT_EQ(drawn[i].max().item<double>(), 1);
  }
  weight[0][0][0][0] = NAN;
  EXPECT_FALSE(draw_filters(weight).isnan().any().item<bool>());
  EXPECT_EQ(draw_filters(torch::zeros({1, 1, 5, 5})).max().item<double>(), 0);
}

TEST_F(CallbackImages, ShowFiltersOfColourWithOrWithoutAlpha) {
  for (const int64_t channels : {3, 4}) {
    torch::nn::Sequential net(torch::nn::Conv2d(channels, 5, 3));
    torch::optim::SGD optimizer(net->parameters(), 0.1);
    {
      TrainingCallback callback(*net, optimizer, options());
      callback.on_batch_end({});
      callback.on_epoch_end();
    }
    EXPECT_EQ(last_image("Filters/0.weight").channels, channels);
    std::filesystem::remove_all(run_directory());
  }
}

TEST_F(CallbackImages, ShowNoFiltersOfModelsThatSeeNoPicture) {
  torch::nn::Sequential deep(torch::nn::Conv2d(8, 4, 3));
  torch::nn::Sequential pointwise(torch::nn::Conv2d(3, 4, 1));
  torch::nn::Sequential linear(torch::nn::Linear(3, 4));
  for (auto* net : {&deep, &pointwise, &linear}) {
    torch::optim::SGD optimizer((*net)->parameters(), 0.1);
    EXPECT_FALSE(find_filters(TrainedModel("", **net, optimizer)).weight.defined());
  }
}

TEST_F(CallbackImages, CanBeSwitchedOffOneByOne) {
  {
    TrainingCallback callback(*net_, optimizer_,
                              options().sample_images(0).confusion_matrix(false).filters(false));
    callback.on_batch_end(train_step(net_, optimizer_));
    callback.on_epoch_end();
  }
  const auto steps = logged_steps();
  EXPECT_EQ(steps.count("Samples/train"), 0u);
  EXPECT_EQ(steps.count("ConfusionMatrix/train"), 0u);
  EXPECT_EQ(steps.count("Filters/conv.weight"), 0u);
}

}  // namespace
}  // namespace suar
