// What the callback logs as pictures.

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>
#include <torch/script.h>
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

  /// The tiles of the sample images.
  Tiles last_tiles() const {
    const auto values = last_values();
    if (values.count("Samples/train/tiles") == 0) return {};
    Summary summary{"Samples/train/tiles", values.at("Samples/train/tiles")};
    summary.plugin.name = "suar_tiles";
    return parse_tiles(summary).value_or(Tiles());
  }

  /// A training that sees one batch, and its sample images.
  void train_on(const CallbackOptions& options, const Batch& batch) {
    TrainingCallback callback(*net_, optimizer_, options);
    callback.on_batch_end(batch);
    callback.on_epoch_end();
  }

  Image sample_image(const CallbackOptions& options, const Batch& batch) {
    train_on(options, batch);
    Image image = last_image("Samples/train");
    std::filesystem::remove_all(run_directory());
    return image;
  }

  SmallNet net_;
  torch::optim::SGD optimizer_{net_->parameters(), 0.1};
};

TEST_F(CallbackImages, FrameTheTilesThatAreMarkedAndNoOthers) {
  const auto tiles = torch::full({2, 1, 5, 6}, 0.5);
  const auto framed = frame_tiles(tiles, {false, true});
  ASSERT_EQ(framed.sizes(), (torch::IntArrayRef{2, 3, 5, 6}));
  EXPECT_TRUE(torch::equal(framed[0], torch::full({3, 5, 6}, 0.5)));
  EXPECT_TRUE(framed[1].slice(1, 1, 4).slice(2, 1, 5).eq(0.5).all().item<bool>());
  EXPECT_EQ(framed[1][0].gt(0.8).sum().item<int64_t>(), 2 * 5 + 2 * 4);
  EXPECT_EQ(framed[1][2].lt(0.2).sum().item<int64_t>(), 2 * 5 + 2 * 4);
  EXPECT_TRUE(tiles.eq(0.5).all().item<bool>()) << "the tiles themselves stay as they are";
}

TEST_F(CallbackImages, FrameTransparentTilesSoThatTheFrameIsSeen) {
  for (const int64_t channels : {2, 4}) {
    const auto clear = torch::zeros({1, channels, 30, 60}, torch::kByte);
    const auto framed = frame_tiles(clear, {true});
    ASSERT_EQ(framed.sizes(), (torch::IntArrayRef{1, 4, 30, 60}));
    EXPECT_EQ(framed[0][0][0][0].item<int>(), 229);
    EXPECT_EQ(framed[0][3].eq(255).sum().item<int64_t>(), 2 * 60 + 2 * 28);
    EXPECT_EQ(framed[0][3].eq(0).sum().item<int64_t>(), 28 * 58);
  }
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

  const auto tiles = last_tiles();
  EXPECT_EQ(tiles.columns, 2);
  EXPECT_EQ(tiles.columns * (tiles.width + tiles.border) + tiles.border,
            last_image("Samples/train").width);
  EXPECT_EQ(tiles.height + 2 * tiles.border, last_image("Samples/train").height);
  ASSERT_EQ(tiles.captions.size(), 2u);
  EXPECT_EQ(tiles.captions[1].predicted, "0");
  EXPECT_EQ(tiles.captions[1].actual, "1");
  EXPECT_NEAR(tiles.captions[1].probability, 1 / (1 + std::exp(-9.0)), 1e-6);
}

TEST_F(CallbackImages, TakeRowsThatAreProbabilitiesForWhatTheyAre) {
  const auto probabilities = torch::tensor({{0.9f, 0.1f, 0.0f}, {0.3f, 0.3f, 0.4f}});
  const auto many = torch::rand({2, 1000}).mul(8).softmax(1);
  struct Case {
    torch::Tensor output;
    std::vector<double> shown;
  };
  const std::vector<Case> cases = {
      {probabilities, {0.9, 0.4}},
      {probabilities.to(torch::kDouble), {0.9, 0.4}},
      {probabilities.to(torch::kHalf), {0.9, 0.4}},
      {probabilities.to(torch::kBFloat16), {0.9, 0.4}},
      {many, {many[0].max().item<double>(), many[1].max().item<double>()}},
      {probabilities.log(), {0.9, 0.4}},
      {torch::tensor({{2.0f, 1.0f}, {1.0f, 0.0f}}), {1 / (1 + std::exp(-1.0)), 1}},
      {torch::tensor({{-0.5f, 1.5f}, {0.0f, 0.0f}}), {1 / (1 + std::exp(-2.0)), 0.5}},
      {torch::tensor({{0.5f, 0.51f}, {0.5f, 0.49f}}),
       {1 / (1 + std::exp(-0.01)), 1 / (1 + std::exp(-0.01))}}};
  for (const Case& example : cases) {
    {
      TrainingCallback callback(*net_, optimizer_, options());
      const auto target = torch::tensor({0, 1}, torch::kLong);
      callback.on_batch_end({{}, example.output, target, torch::rand({2, 1, 8, 8})});
      callback.on_epoch_end();
    }
    const auto tiles = last_tiles();
    ASSERT_EQ(tiles.captions.size(), 2u);
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_NEAR(tiles.captions[i].probability, example.shown[i], 2e-3) << example.output;
    }
    std::filesystem::remove_all(run_directory());
  }
}

TEST_F(CallbackImages, JudgeTilesByTargetsWithADimensionOfSizeOneAndByTruthValues) {
  const auto output = torch::tensor({{9.0f, 0.0f}, {9.0f, 0.0f}});
  const auto target = torch::tensor({0, 1}, torch::kLong);
  for (const auto& classes :
       {target.unsqueeze(1), target.to(torch::kBool), target.to(torch::kBool).unsqueeze(1)}) {
    {
      TrainingCallback callback(*net_, optimizer_, options());
      callback.on_batch_end({{}, output, classes, torch::rand({2, 1, 8, 8})});
      callback.on_epoch_end();
    }
    const auto tiles = last_tiles();
    ASSERT_EQ(tiles.captions.size(), 2u) << classes.sizes();
    EXPECT_EQ(tiles.captions[0].verdict, TileVerdict::right);
    EXPECT_EQ(tiles.captions[1].verdict, TileVerdict::wrong);
    EXPECT_EQ(tiles.captions[1].actual, "1");
    std::filesystem::remove_all(run_directory());
  }
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
  const auto tiles = last_tiles();
  ASSERT_EQ(tiles.captions.size(), 3u);
  EXPECT_EQ(tiles.captions[0].verdict, TileVerdict::wrong) << "though both are called cat";
  EXPECT_EQ(tiles.captions[1].verdict, TileVerdict::not_judged);
  EXPECT_EQ(tiles.captions[2].verdict, TileVerdict::right);
}

TEST_F(CallbackImages, WriteNamesWithoutMarkupAndSmallProbabilitiesInTheTableOfCaptions) {
  {
    TrainingCallback callback(*net_, optimizer_,
                              options().class_names({"__background__", "<unk>", "R&B [x]"}));
    auto output = torch::zeros({3, 1000});
    for (int64_t i = 0; i < 3; ++i) output[i][i] = 1e-3;
    callback.on_batch_end({{}, output, torch::arange(3), torch::rand({3, 1, 8, 8})});
    callback.on_epoch_end();
  }
  const std::string captions = last_text("Samples/train/captions");
  for (const char* row : {"| 1 | \\_\\_background\\_\\_ | 0.1 % |", "| 2 | &lt;unk> | 0.1 % |",
                          "| 3 | R&amp;B \\[x\\] | 0.1 % |"}) {
    EXPECT_NE(captions.find(row), std::string::npos) << captions;
  }
  EXPECT_EQ(last_tiles().captions.at(0).predicted, "__background__");
}

TEST_F(CallbackImages, ShowSamplesOfOneToFourChannelsFramedOrNot) {
  const auto output = torch::tensor({{9.0f, 0.0f}, {9.0f, 0.0f}});
  const auto target = torch::tensor({0, 1}, torch::kLong);
  for (const int64_t channels : {1, 2, 3, 4}) {
    const auto input = torch::rand({2, channels, 8, 6});
    EXPECT_EQ(sample_image(options(), {{}, {}, {}, input}).channels, channels);
    const Image framed = sample_image(options(), {{}, output, target, input});
    EXPECT_EQ(framed.channels, channels % 2 == 0 ? 4 : 3) << "in colour, with alpha if there was";
    EXPECT_EQ(framed.width, 2 * (6 + 2) + 2);
    EXPECT_EQ(framed.height, 8 + 2 * 2);
  }
}

TEST_F(CallbackImages, ShowInputsWithoutChannelsAsGreyWhereTheirRangeIsStated) {
  const auto input = torch::rand({3, 8, 6});
  const auto stated = options().sample_range(PixelRange());
  EXPECT_EQ(sample_image(stated, {{}, {}, {}, input}).encoded,
            sample_image(stated, {{}, {}, {}, input.unsqueeze(1)}).encoded);
}

TEST_F(CallbackImages, TakeNoSequencesForPicturesAndSayNothingOfThem) {
  for (const auto& input :
       {torch::rand({2, 7, 5}), torch::rand({2, 5}), torch::rand({2}), torch::ones({2, 7})}) {
    ::testing::internal::CaptureStderr();
    {
      TrainingCallback callback(*net_, optimizer_, options());
      callback.on_batch_end({{}, torch::zeros({2, 2}), torch::zeros({2}, torch::kLong), input});
      callback.on_epoch_end();
    }
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
    EXPECT_EQ(logged_steps().count("Samples/train"), 0u);
    std::filesystem::remove_all(run_directory());
  }
}

TEST_F(CallbackImages, ShowSamplesInTheRangeThatIsStated) {
  const auto input = torch::rand({2, 1, 8, 8}) - 0.5;  // a part of [-1, 1]
  const auto stated = sample_image(options().sample_range(PixelRange{-1, 1}), {{}, {}, {}, input});
  const auto as_bytes = input.add(1).mul(127.5).round().to(torch::kByte);
  EXPECT_EQ(stated.encoded, sample_image(options(), {{}, {}, {}, as_bytes}).encoded);
}

TEST_F(CallbackImages, ShowSamplesAsTheyWereAlsoWhenTheirMemoryIsNoTensors) {
  const auto train_on = [&](bool memory_is_theirs) {
    std::vector<float> pixels(3 * 64, 0.25F), scores{9, 0, 9, 0, 0, 9};
    std::vector<int64_t> classes{0, 1, 1};
    const auto of = [&](auto& memory, torch::IntArrayRef sizes, torch::ScalarType type) {
      const auto tensor = torch::from_blob(memory.data(), sizes, type);
      return memory_is_theirs ? tensor.clone() : tensor;
    };
    {
      TrainingCallback callback(*net_, optimizer_,
                                options().sample_images(2).sample_range(PixelRange()));
      callback.on_batch_end({{},
                             of(scores, {3, 2}, torch::kFloat),
                             of(classes, {3}, torch::kLong),
                             of(pixels, {3, 1, 8, 8}, torch::kFloat)});
      std::fill(pixels.begin(), pixels.end(), 1.0F);
      std::fill(scores.begin(), scores.end(), -1.0F);
      std::fill(classes.begin(), classes.end(), 94836511553248);
      callback.on_epoch_end();
    }
    const auto shown = std::pair(last_image("Samples/train").encoded,  //
                                 last_text("Samples/train/captions"));
    std::filesystem::remove_all(run_directory());
    return shown;
  };
  EXPECT_EQ(train_on(false), train_on(true));
}

TEST_F(CallbackImages, ShowFewerSamplesWhereTheyAreLarge) {
  {
    TrainingCallback callback(*net_, optimizer_, options());
    callback.on_batch_end({{},
                           torch::rand({8, 2}),
                           torch::zeros({8}, torch::kLong),
                           torch::zeros({8, 1, 1024, 1024}, torch::kByte)});
    callback.on_epoch_end();
  }
  const Image image = last_image("Samples/train");
  EXPECT_EQ(image.width, 2 * (1024 + 2) + 2);
  EXPECT_EQ(image.height, 2 * (1024 + 2) + 2);
  EXPECT_EQ(last_tiles().captions.size(), 4u) << "four million pixels";
}

TEST_F(CallbackImages, CopyNoMoreThanIsShownOfSamplesWhoseMemoryIsNoTensors) {
  std::vector<uint8_t> pixels(8 << 20, 50);
  const auto input = torch::from_blob(pixels.data(), {8, 1, 1024, 1024}, torch::kByte);
  TrainingCallback callback(*net_, optimizer_, options());
  callback.on_batch_end({{}, {}, {}, input});
  std::fill(pixels.begin(), pixels.end(), uint8_t{200});
  callback.on_epoch_end();
  callback.on_train_end();
  EXPECT_EQ(last_image("Samples/train").width, 2 * (1024 + 2) + 2);
}

TEST_F(CallbackImages, SayOfTheSamplesWhatIsTrueOfThem) {
  const auto output = torch::tensor({{9.0f, 0.0f}, {9.0f, 0.0f}});
  const auto target = torch::tensor({0, 1}, torch::kLong);
  const auto floats = torch::rand({2, 1, 4, 4});
  const auto description = [&](const CallbackOptions& options, const Batch& batch) {
    train_on(options, batch);
    std::string found;
    for (const auto& [step, summary] : testing::read_summaries(event_file(run_directory()))) {
      if (summary.tag == "Samples/train") found = summary.description;
    }
    std::filesystem::remove_all(run_directory());
    return found;
  };
  const std::string stretched = "Training inputs, stretched over the range of grey or colour.";
  const std::string framed =
      " Those that the model took for something else are framed in red; for what, is in "
      "Samples/train/captions.";
  EXPECT_EQ(description(options(), {{}, output, target, floats}), stretched + framed);
  EXPECT_EQ(description(options(), {{}, {}, {}, floats}), stretched);
  EXPECT_EQ(description(options(), {{}, output, target, floats.to(torch::kByte)}),
            "Training inputs." + framed);
  EXPECT_EQ(description(options(), {{}, {}, {}, floats.gt(0.5)}), "Training inputs.");
  EXPECT_EQ(description(options().sample_range(PixelRange()), {{}, {}, {}, floats}),
            "Training inputs.");
  const auto pixels = torch::zeros({2, 4, 4}, torch::kLong);  // a segmentation
  EXPECT_EQ(description(options(), {{}, torch::rand({2, 3, 4, 4}), pixels, floats}), stretched);
}

TEST_F(CallbackImages, KeepNoBatchWhosePicturesAreNeverDue) {
  TrainingCallback callback(*net_, optimizer_, options().image_every(never()));
  auto input = torch::rand({2, 1, 8, 8});
  const c10::weak_intrusive_ptr<at::TensorImpl> watched(input.getIntrusivePtr());
  callback.on_batch_end({{}, {}, {}, input});
  input.reset();
  EXPECT_TRUE(watched.expired());
}

TEST_F(CallbackImages, SayOnceThatWhatShouldBePicturesIsNoneAndLogNoTiles) {
  const auto stated = options().sample_range(PixelRange());
  for (const auto& [chosen, input] :
       {std::pair(options(), torch::rand({2, 6, 8, 8})), std::pair(stated, torch::rand({2, 5})),
        std::pair(stated, torch::rand({2, 1, 4, 8, 8}))}) {
    ::testing::internal::CaptureStderr();
    {
      TrainingCallback callback(*net_, optimizer_, chosen);
      for (int epoch = 0; epoch < 2; ++epoch) {
        callback.on_batch_end({{}, torch::zeros({2, 2}), torch::zeros({2}, torch::kLong), input});
        callback.on_epoch_end();
      }
    }
    const std::string printed = ::testing::internal::GetCapturedStderr();
    EXPECT_NE(printed.find(c10::str("found Float ", input.sizes())), std::string::npos) << printed;
    EXPECT_EQ(std::count(printed.begin(), printed.end(), '\n'), 1) << printed;
    EXPECT_EQ(logged_steps().count("Samples/train/tiles"), 0u);
    std::filesystem::remove_all(run_directory());
  }
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

TEST_F(CallbackImages, CountTheConfusionOfEachValidationBesideThatOfTheTraining) {
  const auto right = torch::tensor({{9.0f, 0.0f}}), wrong = torch::tensor({{0.0f, 9.0f}});
  const auto target = torch::tensor({0}, torch::kLong);
  {
    TrainingCallback callback(*net_, optimizer_, options().scalar_every(1));
    for (int epoch = 0; epoch < 2; ++epoch) {
      callback.on_batch_end({{}, right, target, {}});
      for (int i = 0; i <= epoch; ++i) callback.on_validation_batch_end({{}, wrong, target, {}});
      callback.on_epoch_end({{"loss", 0.5}});
    }
  }
  EXPECT_EQ(logged_steps()["ConfusionMatrix/validation"], (Steps{0, 1}));
  const std::string head = "| true \\ predicted | 0 | 1 |\n|---|---|---|\n";
  EXPECT_EQ(last_text("ConfusionMatrix/validation/counts"),
            head + "| 0 | 0 | 2 |\n| 1 | 0 | 0 |\n");
  EXPECT_EQ(last_text("ConfusionMatrix/train/counts"), head + "| 0 | 1 | 0 |\n| 1 | 0 | 0 |\n");
  EXPECT_GT(last_image("ConfusionMatrix/validation").width, 300);
}

TEST_F(CallbackImages, LogTheConfusionOfAValidationWhereItEnds) {
  const Batch batch{{}, torch::tensor({{9.0f, 0.0f}}), torch::tensor({0}, torch::kLong), {}};
  {
    TrainingCallback callback(*net_, optimizer_, options());
    for (int step = 0; step < 3; ++step) {
      callback.on_batch_end({});
      callback.on_validation_batch_end(batch);
      if (step == 0) callback.on_validation_end({{"loss", 0.5}});
      if (step == 1) callback.on_epoch_end();
    }
    callback.on_train_end();
  }
  EXPECT_EQ(logged_steps()["ConfusionMatrix/validation"], (Steps{0, 1, 2}));
}

TEST_F(CallbackImages, CountTheConfusionOfEachPixelOfASegmentation) {
  // Three classes, two pixels side by side.
  const auto output = torch::tensor({9.0f, 0.0f, 0.0f, 0.0f, 0.0f, 9.0f}).reshape({1, 3, 1, 2});
  const auto target = torch::tensor({0, 1}, torch::kByte).reshape({1, 1, 2});
  {
    TrainingCallback callback(*net_, optimizer_, options());
    callback.on_batch_end({{}, output, target, torch::rand({1, 1, 1, 2})});
    callback.on_epoch_end();
  }
  EXPECT_EQ(last_text("ConfusionMatrix/train/counts"),
            "| true \\ predicted | 0 | 1 | 2 |\n|---|---|---|---|\n"
            "| 0 | 1 | 0 | 0 |\n| 1 | 0 | 0 | 1 |\n| 2 | 0 | 0 | 0 |\n");
  EXPECT_EQ(logged_steps().count("Samples/train/captions"), 0u) << "a picture is of no one class";
  EXPECT_EQ(logged_steps()["Samples/train"], Steps{0});
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

TEST_F(CallbackImages, ShowTheFiltersOfTheFirstConvolutionWhateverStandsBeforeIt) {
  struct NormalisedImpl : torch::nn::Module {
    NormalisedImpl() {
      register_parameter("mean", torch::zeros({1, 3, 1, 1}));
      register_module("conv", torch::nn::Conv2d(3, 8, 3));
    }
  };
  NormalisedImpl normalised;
  torch::nn::Sequential mixed(torch::nn::Conv2d(3, 3, 1), torch::nn::Conv2d(3, 8, 3));
  torch::nn::Sequential decoder(torch::nn::ConvTranspose2d(8, 3, 4), torch::nn::Conv2d(3, 4, 3));
  torch::nn::Sequential upwards(torch::nn::ConvTranspose2d(8, 3, 4));
  torch::nn::Conv2d alone(1, 2, 3);
  const auto name_of = [](auto& net) {
    torch::optim::SGD optimizer(net.parameters(), 0.1);
    return find_filters(TrainedModel("", net, optimizer)).name;
  };
  EXPECT_EQ(name_of(normalised), "conv.weight");
  EXPECT_EQ(name_of(*mixed), "1.weight");
  EXPECT_EQ(name_of(*decoder), "1.weight");
  EXPECT_EQ(name_of(*upwards), "") << "it looks at no picture, it makes one";
  EXPECT_EQ(name_of(*alone), "weight");
}

TEST_F(CallbackImages, ShowTheFirstFiltersOfATorchScriptModelBehindWhatIsOnePixelLarge) {
  torch::jit::Module net("Net");
  net.register_parameter("mean", torch::zeros({1, 3, 1, 1}), false);
  net.register_parameter("filters", torch::rand({8, 3, 5, 5}), false);
  torch::optim::SGD optimizer({torch::zeros({1})}, 0.1);
  EXPECT_EQ(find_filters(TrainedModel("", net, optimizer)).name, "filters");
}

TEST_F(CallbackImages, CanBeSwitchedOffOneByOne) {
  {
    TrainingCallback callback(*net_, optimizer_,
                              options().sample_images(0).confusion_matrix(false).filters(false));
    const Batch batch = train_step(net_, optimizer_);
    callback.on_batch_end(batch);
    callback.on_validation_batch_end(batch);
    callback.on_epoch_end();
  }
  const auto steps = logged_steps();
  EXPECT_EQ(steps.count("Samples/train"), 0u);
  EXPECT_EQ(steps.count("ConfusionMatrix/train"), 0u);
  EXPECT_EQ(steps.count("ConfusionMatrix/validation"), 0u);
  EXPECT_EQ(steps.count("Filters/conv.weight"), 0u);
}

}  // namespace
}  // namespace suar
