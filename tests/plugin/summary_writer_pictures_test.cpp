#include <cmath>
#include <cstring>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <suar/error.h>
#include <suar/summary_writer.h>

#include "gif_decoder.h"
#include "summary_writer_fixture.h"

namespace suar {
namespace {

TEST_F(SummaryWriterTest, TakesPicturesInTheRangeThatIsStated) {
  const PixelRange range{-1, 1};
  const auto image = torch::rand({3, 6, 5}), wide = image * 2 - 1;
  const auto boxes = torch::tensor({{1.0, 1.0, 3.0, 4.0}});
  for (const bool stated : {false, true}) {
    const auto picture = stated ? wide : image;
    const PixelRange in = stated ? range : PixelRange();
    writer_.add_image("i", picture, 0, "", "CHW", in);
    writer_.add_images("n", picture.expand({3, 3, 6, 5}), 0, 0, "", "NCHW", in);
    writer_.add_image_with_boxes("b", picture, boxes, 0, 1, "CHW", {}, in);
    writer_.add_video("v", picture.expand({2, 2, 3, 6, 5}), 0, 4, in);
  }
  const auto all = written();
  ASSERT_EQ(all.size(), 8u);
  const auto encoded = [&](std::size_t i) {
    return std::get<Images>(all[i].summary.value).samples.at(0).encoded;
  };
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(encoded(i), encoded(i + 4)) << all[i].summary.tag;
  for (const PixelRange wrong :
       {PixelRange{1, 1}, PixelRange{1, -1}, PixelRange{0, HUGE_VAL}, PixelRange{NAN, 1}}) {
    EXPECT_THROW(writer_.add_image("i", image, 0, "", "CHW", wrong), Error);
  }
}

TEST_F(SummaryWriterTest, TakesTheDimensionsOfImagesInAnyOrder) {
  const auto image = torch::rand({3, 5, 7});
  writer_.add_image("a", image, 0);
  writer_.add_image("b", image.permute({1, 2, 0}), 0, "", "HWC");
  writer_.add_image("c", image.permute({2, 0, 1}), 0, "", "WCH");
  writer_.add_images("d", image.unsqueeze(0).permute({0, 2, 3, 1}), 0, 0, "", "NHWC");
  writer_.add_images("e", image.unsqueeze(0), 0);
  writer_.add_image("f", image[0], 0);
  writer_.add_image("g", image[0].t(), 0, "", "WH");
  writer_.add_images("h", image, 0, 0, "", "NHW");
  writer_.add_images("i", image.unsqueeze(1), 0);
  const auto all = written();
  const auto png = [&](std::size_t i) {
    return std::get<Images>(all.at(i).summary.value).samples.at(0).encoded;
  };
  EXPECT_EQ(png(0), png(1));
  EXPECT_EQ(png(0), png(2));
  EXPECT_EQ(png(3), png(4));
  EXPECT_EQ(png(5), png(6));
  EXPECT_EQ(png(7), png(8));
  EXPECT_THROW(writer_.add_image("a", image, 0, "", "HW"), Error);
  EXPECT_THROW(writer_.add_image("a", image, 0, "", "CHX"), Error);
  EXPECT_THROW(writer_.add_image("a", image, 0, "", "CCH"), Error);
}

TEST_F(SummaryWriterTest, WritesSoundAsWav) {
  writer_.add_audio("mono", torch::tensor({0.0f, 0.5f, -1.0f, 9.0f, NAN}), 1);
  writer_.add_audio("stereo", torch::tensor({{1, 2}, {3, 4}}, torch::kShort), 2, 8000);
  const auto all = written();
  ASSERT_EQ(all.size(), 2u);
  const auto& mono = std::get<Audio>(all[0].summary.value);
  EXPECT_EQ(mono.sample_rate, 44100);
  EXPECT_EQ(mono.channels, 1);
  EXPECT_EQ(mono.frames, 5);
  EXPECT_EQ(mono.content_type, "audio/wav");
  EXPECT_EQ(mono.encoded.substr(44), std::string("\0\0\0\x40\x01\x80\xff\x7f\0\0", 10));
  const auto& stereo = std::get<Audio>(all[1].summary.value);
  EXPECT_EQ(stereo.sample_rate, 8000);
  EXPECT_EQ(stereo.channels, 2);
  EXPECT_EQ(stereo.frames, 2);
  EXPECT_EQ(stereo.encoded.substr(44), std::string("\1\0\3\0\2\0\4\0", 8));
}

TEST_F(SummaryWriterTest, CountsNoDimensionOfSizeOneInSound) {
  const auto sound = torch::tensor({0.0f, 0.5f, -1.0f});
  writer_.add_audio("plain", sound, 0);
  writer_.add_audio("column", sound.reshape({3, 1}), 0);
  writer_.add_audio("row", sound.reshape({1, 3}), 0);
  writer_.add_audio("batch", sound.reshape({1, 1, 3}), 0);
  writer_.add_audio("sample", torch::zeros({1}), 0);
  const auto all = written();
  ASSERT_EQ(all.size(), 5u);
  const auto clip = [&](std::size_t i) { return std::get<Audio>(all[i].summary.value); };
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(clip(i).channels, 1) << all[i].summary.tag;
    EXPECT_EQ(clip(i).frames, 3) << all[i].summary.tag;
    EXPECT_EQ(clip(i).encoded, clip(0).encoded) << all[i].summary.tag;
  }
  EXPECT_EQ(clip(4).frames, 1);
}

TEST_F(SummaryWriterTest, RefusesSoundThatIsNone) {
  EXPECT_THROW(writer_.add_audio("a", torch::rand({2, 3, 4}), 0), Error);
  EXPECT_THROW(writer_.add_audio("a", torch::rand({0}), 0), Error);
  EXPECT_THROW(writer_.add_audio("a", torch::rand({8000, 2}), 0), Error) << "frames for channels";
  EXPECT_THROW(writer_.add_audio("a", torch::ones({5}, torch::kLong), 0), Error);
  EXPECT_THROW(writer_.add_audio("a", torch::rand({5}), 0, 0), Error);
  EXPECT_THROW(writer_.add_audio("a", {}, 0), Error);
}

TEST_F(SummaryWriterTest, WritesVideosAsAnimatedGifs) {
  const auto video = torch::randint(4, {1, 3, 3, 6, 5}, torch::kByte) * 80;
  writer_.add_video("v", video, 1, /*fps=*/10);
  const auto images = std::get<Images>(only_one(1).value);
  ASSERT_EQ(images.samples.size(), 1u);
  EXPECT_EQ(images.samples[0].width, 5);
  EXPECT_EQ(images.samples[0].height, 6);
  const auto gif = testing::decode_gif(images.samples[0].encoded);
  ASSERT_EQ(gif.frames.size(), 3u);
  for (int64_t t = 0; t < 3; ++t) {
    const auto& frame = gif.frames[static_cast<std::size_t>(t)];
    EXPECT_EQ(frame.delay, 10);
    const auto expected = video[0][t].permute({1, 2, 0}).contiguous();
    EXPECT_EQ(std::memcmp(frame.colors.data(), expected.data_ptr(), frame.colors.size()), 0);
  }
}

TEST_F(SummaryWriterTest, PutsVideosSideBySide) {
  writer_.add_video("v", torch::rand({4, 2, 1, 6, 5}), 1);
  const auto images = std::get<Images>(only_one(1).value);
  EXPECT_EQ(images.samples.at(0).width, 2 * 7 + 2);
  EXPECT_EQ(testing::decode_gif(images.samples[0].encoded).frames.at(0).delay, 25);
  EXPECT_THROW(writer_.add_video("v", torch::rand({4, 2, 2, 6, 5}), 1), Error);
  EXPECT_THROW(writer_.add_video("v", torch::rand({2, 3, 6, 5}), 1), Error);
  EXPECT_THROW(writer_.add_video("v", torch::rand({1, 0, 3, 6, 5}), 1), Error);
  EXPECT_THROW(writer_.add_video("v", torch::rand({1, 1, 3, 6, 5}), 1, -4), Error);
}

TEST_F(SummaryWriterTest, DrawsBoxesOnImages) {
  const auto boxes = torch::tensor({{2.0, 3.0, 10.0, 12.0}});
  for (const auto& image : {torch::rand({3, 16, 20}), torch::rand({16, 20})}) {
    writer_.add_image_with_boxes("i", image, boxes, 1, /*rescale=*/2, "CHW", {"cat"});
  }
  writer_.add_image_with_boxes("i", torch::rand({16, 20, 4}), boxes, 1, 1, "HWC");
  const auto all = written();
  ASSERT_EQ(all.size(), 3u);
  const auto image = [&](std::size_t i) {
    return std::get<Images>(all[i].summary.value).samples.at(0);
  };
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(image(i).width, 40);
    EXPECT_EQ(image(i).height, 32);
    EXPECT_EQ(image(i).channels, 3) << "boxes are red";
  }
  EXPECT_EQ(image(2).width, 20);
  EXPECT_EQ(image(2).channels, 4);
}

TEST_F(SummaryWriterTest, RefusesBoxesThatAreNone) {
  const auto image = torch::rand({3, 16, 20});
  const auto box = torch::tensor({{2.0, 3.0, 10.0, 12.0}});
  EXPECT_THROW(writer_.add_image_with_boxes("i", image, torch::rand({4}), 1), Error);
  EXPECT_THROW(writer_.add_image_with_boxes("i", image, box.flip(1), 1), Error);
  EXPECT_THROW(writer_.add_image_with_boxes("i", image, box * NAN, 1), Error);
  EXPECT_THROW(writer_.add_image_with_boxes("i", image, box, 1, 1, "CHW", {"a", "b"}), Error);
  EXPECT_THROW(writer_.add_image_with_boxes("i", image, box, 1, 0), Error);
  EXPECT_THROW(writer_.add_image_with_boxes("i", image, box, 1, 1e9), Error);
  EXPECT_NO_THROW(writer_.add_image_with_boxes("i", image, torch::empty({0, 4}), 1));
}

TEST_F(SummaryWriterTest, ThrowsForTensorsThatAreNoImages) {
  EXPECT_THROW(writer_.add_image("a", torch::rand({2}), 0), Error);
  EXPECT_THROW(writer_.add_image("a", torch::ones({3, 4, 4}, torch::kLong), 0), Error);
  EXPECT_THROW(writer_.add_image("a", {}, 0), Error);
  EXPECT_THROW(writer_.add_images("a", torch::rand({3, 5, 5}), 0), Error);
  EXPECT_THROW(writer_.add_scalars("a", {}, 0), Error);
  EXPECT_TRUE(written().empty());
}

TEST_F(SummaryWriterTest, NamesTypeAndShapeOfThePicturesThatItWasGiven) {
  const auto message = [](const std::function<void()>& call) -> std::string {
    try {
      call();
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  };
  const auto expect_found = [&](const char* found, const std::function<void()>& call) {
    EXPECT_NE(message(call).find(std::string("found ") + found), std::string::npos)
        << message(call);
  };
  const auto seven = torch::rand({2, 8, 9, 7}, torch::kDouble);
  expect_found("Double [2, 8, 9, 7]", [&] { writer_.add_images("i", seven, 0, 0, "", "NHWC"); });
  expect_found("Float [0, 3, 8, 8]", [&] {
    writer_.add_images("i", torch::rand({0, 3, 8, 8}), 0);
  });
  expect_found("Long [2, 8, 9, 3]", [&] {
    writer_.add_images("i", torch::ones({2, 8, 9, 3}, torch::kLong), 0, 0, "", "NHWC");
  });
  expect_found("Double [8, 9, 7]", [&] { writer_.add_image("i", seven[0], 0, "", "HWC"); });
  expect_found("Float [8, 0, 3]", [&] {
    writer_.add_image("i", torch::rand({8, 0, 3}), 0, "", "HWC");
  });
  expect_found("Long [8, 9, 3]", [&] {
    writer_.add_image_with_boxes("i", torch::ones({8, 9, 3}, torch::kLong), torch::empty({0, 4}), 0,
                                 1, "HWC");
  });
  expect_found("Float [3, 7, 4, 4]", [&] {
    writer_.add_embedding(torch::rand({3, 2}), {}, torch::rand({3, 7, 4, 4}));
  });
}

}  // namespace
}  // namespace suar
