#include <cmath>
#include <complex>
#include <functional>
#include <set>
#include <thread>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <suar/error.h>
#include <suar/summary_writer.h>

#include "summary_writer_fixture.h"

namespace suar {
namespace {

using testing::read_events;
using testing::read_file;
using testing::read_summaries;

TEST_F(SummaryWriterTest, WritesScalarsHistogramsImagesAndTexts) {
  writer_.add_scalar("scalar", 0.5, 1);
  writer_.add_histogram("histogram", torch::arange(10, torch::kFloat), 2);
  writer_.add_image("image", torch::rand({3, 5, 7}), 3);
  writer_.add_images("images", torch::rand({4, 1, 5, 5}), 4);
  writer_.add_text("text", "**bold**", 5);
  const auto all = written();
  ASSERT_EQ(all.size(), 5u);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].step, static_cast<int64_t>(i) + 1);
  EXPECT_EQ(std::get<double>(all[0].summary.value), 0.5);
  EXPECT_EQ(std::get<Histogram>(all[1].summary.value).count, 10);
  EXPECT_EQ(std::get<Images>(all[2].summary.value).samples[0].width, 7);
  EXPECT_EQ(std::get<Images>(all[3].summary.value).samples[0].width, 2 * 7 + 2);
  EXPECT_EQ(std::get<Text>(all[4].summary.value).markdown, "**bold**");
}

TEST_F(SummaryWriterTest, RefusesTheHistogramOfAnUndefinedTensor) {
  EXPECT_THROW(writer_.add_histogram("h", torch::Tensor(), 0), Error);
}

TEST_F(SummaryWriterTest, CountsBesideAHistogramWhatIsNotFinite) {
  writer_.add_histogram("h", torch::tensor({1.0F, NAN, HUGE_VALF, -HUGE_VALF, 2.0F}), 7);
  writer_.add_histogram("fine", torch::ones({3}), 8);
  const auto all = written();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].summary.tag, "h");
  EXPECT_EQ(std::get<Histogram>(all[0].summary.value).count, 2);
  EXPECT_EQ(all[1].summary.tag, "h/nonfinite");
  EXPECT_EQ(all[1].step, 7);
  EXPECT_EQ(std::get<double>(all[1].summary.value), 3);
  EXPECT_EQ(all[2].summary.tag, "fine");
}

TEST_F(SummaryWriterTest, LosesNothingWhenSeveralThreadsLog) {
  constexpr int kThreads = 4, kRounds = 25;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([this, i] {
      for (int k = 0; k < kRounds; ++k) {
        const std::string name = std::to_string(i) + "-" + std::to_string(k);
        writer_.add_scalar("s" + name, k, k);
        writer_.add_scalars("chart" + name, {{"a", 1}, {"b", 2}}, k);
        writer_.add_embedding(torch::zeros({1, 2}), {}, {}, k, "e" + name);
        writer_.add_histogram("h" + name, torch::ones({10}), k);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(writer_.lost(), 0u);
  std::set<std::string> tags;
  std::string layout;
  for (const auto& [step, summary] : written()) {
    tags.insert(summary.tag);
    if (const auto* value = std::get_if<TensorValue>(&summary.value)) layout = value->strings.at(0);
  }
  const std::string projector = read_file(directory() / "projector_config.pbtxt");
  for (int i = 0; i < kThreads; ++i) {
    for (int k = 0; k < kRounds; ++k) {
      const std::string name = std::to_string(i) + "-" + std::to_string(k);
      for (const auto& tag : {"s" + name, "chart" + name + "/a", "chart" + name + "/b", "h" + name})
        EXPECT_EQ(tags.count(tag), 1u) << tag;
      // The last layout has them all.
      EXPECT_NE(layout.find("chart" + name + "/b$"), std::string::npos) << name;
      EXPECT_NE(projector.find("e" + name + "/"), std::string::npos) << name;
    }
  }
}

TEST_F(SummaryWriterTest, WritesScalarsThatBelongTogetherAsOneEventAndAChart) {
  writer_.add_scalars("Loss", {{"train", 1}, {"validation", 2}}, 5);
  writer_.add_scalars("Loss", {{"train", 3}, {"validation", 4}}, 6);
  const auto all = written();
  ASSERT_EQ(all.size(), 5u);
  EXPECT_EQ(all[0].summary.tag, "custom_scalars__config__");
  const auto& layout = std::get<TensorValue>(all[0].summary.value).strings.at(0);
  EXPECT_NE(layout.find("Loss/train$"), std::string::npos);
  EXPECT_NE(layout.find("Loss/validation$"), std::string::npos);
  EXPECT_EQ(all[1].summary.tag, "Loss/train");
  EXPECT_EQ(all[2].summary.tag, "Loss/validation");
  EXPECT_EQ(std::get<double>(all[4].summary.value), 4);
  EXPECT_EQ(all[4].step, 6);
}

TEST_F(SummaryWriterTest, AddsALineToTheChartWhenAValueIsNew) {
  writer_.add_scalars("Loss", {{"train", 1}}, 5);
  writer_.add_scalars("Loss", {{"validation", 2}}, 5);
  writer_.add_scalars("Loss", {{"train", 1}}, 6);
  const auto all = written();
  ASSERT_EQ(all.size(), 5u);
  const auto& layout = std::get<TensorValue>(all[2].summary.value).strings.at(0);
  EXPECT_NE(layout.find("Loss/train$"), std::string::npos);
  EXPECT_NE(layout.find("Loss/validation$"), std::string::npos);
}

TEST_F(SummaryWriterTest, WritesHistogramsThatWereCountedElsewhere) {
  writer_.add_histogram_raw("h", {-1, 3, 6, 5, 11, {0, 1, 3}, {1, 2, 3}}, 4);
  const auto histogram = std::get<Histogram>(only_one(4).value);
  EXPECT_EQ(histogram.min, -1);
  EXPECT_EQ(histogram.max, 3);
  EXPECT_EQ(histogram.count, 6);
  EXPECT_EQ(histogram.sum, 5);
  EXPECT_EQ(histogram.sum_squares, 11);
  EXPECT_EQ(histogram.limits, (std::vector<double>{0, 1, 3}));
  EXPECT_EQ(histogram.counts, (std::vector<double>{1, 2, 3}));
}

TEST_F(SummaryWriterTest, RefusesHistogramsThatNoReaderCouldDraw) {
  const Histogram right = {0, 1, 3, 1, 1, {0.5, 1}, {1, 2}};
  const auto expect_error = [&](auto change) {
    Histogram histogram = right;
    change(histogram);
    EXPECT_THROW(writer_.add_histogram_raw("h", histogram, 0), Error);
  };
  expect_error([](Histogram& h) { h.limits.clear(), h.counts.clear(); });
  expect_error([](Histogram& h) { h.limits = {1}; });
  expect_error([](Histogram& h) { h.limits = {1, 0.5}; });
  expect_error([](Histogram& h) { h.limits = {1, 1}; });
  expect_error([](Histogram& h) { h.limits = {1, NAN}; });
  expect_error([](Histogram& h) { h.counts = {1, -1}; });
  expect_error([](Histogram& h) { h.counts = {1, INFINITY}; });
  expect_error([](Histogram& h) { h.sum = NAN; });
  EXPECT_TRUE(written().empty());
}

TEST_F(SummaryWriterTest, WritesTensorsOfAnyTypeAndLayout) {
  const auto numbers = torch::arange(6).reshape({2, 3});
  writer_.add_tensor("t", numbers.t(), 3);
  const Summary summary = only_one(3);
  EXPECT_EQ(summary.plugin.name, "tensor");
  const auto& value = std::get<TensorValue>(summary.value);
  EXPECT_EQ(value.type, TensorType::int64);
  EXPECT_EQ(value.shape, (std::vector<int64_t>{3, 2}));
  std::vector<int64_t> elements(6);
  std::memcpy(elements.data(), value.content.data(), value.content.size());
  EXPECT_EQ(elements, (std::vector<int64_t>{0, 3, 1, 4, 2, 5}));
}

TEST_F(SummaryWriterTest, NamesTheTypeOfEachTensor) {
  const std::vector<std::pair<torch::ScalarType, TensorType>> types = {
      {torch::kFloat, TensorType::float32},
      {torch::kDouble, TensorType::float64},
      {torch::kHalf, TensorType::float16},
      {torch::kByte, TensorType::uint8},
      {torch::kChar, TensorType::int8},
      {torch::kShort, TensorType::int16},
      {torch::kInt, TensorType::int32},
      {torch::kLong, TensorType::int64},
      {torch::kBool, TensorType::boolean},
      {torch::kComplexFloat, TensorType::complex64},
      {torch::kComplexDouble, TensorType::complex128}};
  for (const auto& type : types) writer_.add_tensor("t", torch::ones({}, type.first), 0);
  const auto all = written();
  ASSERT_EQ(all.size(), types.size());
  for (std::size_t i = 0; i < types.size(); ++i) {
    const auto& value = std::get<TensorValue>(all[i].summary.value);
    EXPECT_EQ(value.type, types[i].second);
    EXPECT_TRUE(value.shape.empty());
    EXPECT_EQ(value.content.size(), torch::elementSize(types[i].first));
  }
}

TEST_F(SummaryWriterTest, WritesBfloat16AsTheSameNumbersInATypeThatReadersKnow) {
  const auto numbers = torch::tensor({1.0f, -0.15625f, 3e38f}).to(torch::kBFloat16);
  writer_.add_tensor("t", numbers, 0);
  const auto value = std::get<TensorValue>(only_one(0).value);
  EXPECT_EQ(value.type, TensorType::float32);
  std::vector<float> elements(3);
  ASSERT_EQ(value.content.size(), elements.size() * sizeof(float));
  std::memcpy(elements.data(), value.content.data(), value.content.size());
  EXPECT_TRUE(torch::equal(torch::tensor(elements).to(torch::kBFloat16), numbers));
  EXPECT_EQ(elements[1], -0.15625f);
}

TEST_F(SummaryWriterTest, WritesTheElementsOfViewsAndSparseTensors) {
  const auto complex = torch::complex(torch::ones({1}), torch::ones({1}));
  writer_.add_tensor("conjugate", complex.conj(), 0);
  writer_.add_tensor("sparse", torch::eye(2).to_sparse(), 0);
  writer_.add_tensor("gradient", torch::ones({1}, torch::requires_grad()), 0);
  const auto all = written();
  const auto floats = [&](std::size_t i) {
    const auto& content = std::get<TensorValue>(all.at(i).summary.value).content;
    std::vector<float> numbers(content.size() / sizeof(float));
    std::memcpy(numbers.data(), content.data(), content.size());
    return numbers;
  };
  EXPECT_EQ(floats(0), (std::vector<float>{1, -1}));
  EXPECT_EQ(floats(1), (std::vector<float>{1, 0, 0, 1}));
  EXPECT_EQ(floats(2), (std::vector<float>{1}));
  EXPECT_THROW(writer_.add_tensor("t", {}, 0), Error);
  EXPECT_THROW(
      writer_.add_tensor("t", torch::quantize_per_tensor(torch::ones({2}), 1, 0, torch::kQInt8), 0),
      Error);
}

TEST_F(SummaryWriterTest, WritesPrCurves) {
  // At thresholds 0, 0.5 and 1.
  writer_.add_pr_curve("pr", torch::tensor({0, 1, 1, 0}), torch::tensor({0.1, 0.5, 1.0, 0.7}), 9,
                       /*num_thresholds=*/3);
  const Summary summary = only_one(9);
  EXPECT_EQ(summary.plugin.name, "pr_curves");
  const auto& value = std::get<TensorValue>(summary.value);
  EXPECT_EQ(value.shape, (std::vector<int64_t>{6, 3}));
  std::vector<float> rows(18);
  ASSERT_EQ(value.content.size(), rows.size() * sizeof(float));
  std::memcpy(rows.data(), value.content.data(), value.content.size());
  EXPECT_EQ(rows, (std::vector<float>{2, 2, 1,               // true positives
                                      2, 1, 0,               // false positives
                                      0, 1, 2,               // true negatives
                                      0, 0, 1,               // false negatives
                                      0.5f, 2.0f / 3, 1.0f,  // precision
                                      1, 1, 0.5f}));         // recall
}

TEST_F(SummaryWriterTest, WritesPrCurvesThatWereComputedElsewhere) {
  writer_.add_pr_curve_raw("pr", {{1, 2}, {3, 4}, {5, 6}, {7, 8}, {9, 10}, {11, 12}}, 9);
  EXPECT_EQ(std::get<TensorValue>(only_one(9).value).shape, (std::vector<int64_t>{6, 2}));
  EXPECT_THROW(writer_.add_pr_curve_raw("pr", {}, 9), Error);
}

TEST_F(SummaryWriterTest, WritesTheGraphOfAModel) {
  torch::nn::Sequential net(torch::nn::Linear(3, 2), torch::nn::ReLU());
  writer_.add_graph(net, torch::rand({4, 3}));
  writer_.add_graph(export_graph(net, torch::rand({4, 3})));
  writer_.flush();
  std::vector<Graph> graphs;
  for (const Event& event : read_events(writer_.path())) {
    if (const auto* graph = std::get_if<SerializedGraph>(&event.what)) {
      graphs.push_back(parse_graph_def(graph->graph_def));
    }
  }
  ASSERT_EQ(graphs.size(), 2u);
  EXPECT_GT(graphs[0].nodes.size(), 4u);
  EXPECT_EQ(graphs[0].nodes.size(), graphs[1].nodes.size());
}

TEST_F(SummaryWriterTest, WritesTheGraphOfAModelOfSeveralTensors) {
  struct ProductImpl : torch::nn::Module {
    torch::Tensor forward(torch::Tensor a, torch::Tensor b) { return a * b; }
  };
  ProductImpl net;
  const auto a = torch::rand({4, 3}), b = torch::rand({4, 3});
  writer_.add_graph(net, {a, b});
  writer_.add_graph([](torch::Tensor c, torch::Tensor d) { return c * d; }, {a, b});
  writer_.flush();
  int graphs = 0;
  for (const Event& event : read_events(writer_.path())) {
    const auto* graph = std::get_if<SerializedGraph>(&event.what);
    if (graph == nullptr) continue;
    ++graphs;
    EXPECT_EQ(parse_graph_def(graph->graph_def).nodes.size(), 4u) << "two inputs, mul, output";
  }
  EXPECT_EQ(graphs, 2);
}

/// The directories of runs below `directory`.
std::vector<std::filesystem::path> runs_below(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> runs;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.is_directory()) runs.push_back(entry.path());
  }
  return runs;
}

std::vector<testing::SteppedSummary> read_run(const std::filesystem::path& directory) {
  std::vector<testing::SteppedSummary> all;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    const auto some = read_summaries(entry.path());
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

TEST_F(SummaryWriterTest, WritesEachSetOfHyperParametersAsARunOfItsOwn) {
  for (const double rate : {0.1, 0.2}) {
    writer_.add_hparams({{"lr", rate}, {"optimizer", "adam"}}, {{"accuracy", rate * 2}});
  }
  EXPECT_TRUE(written().empty());
  const auto runs = runs_below(directory());
  ASSERT_EQ(runs.size(), 2u);
  for (const auto& run : runs) {
    const auto all = read_run(run);
    ASSERT_EQ(all.size(), 3u);
    EXPECT_EQ(all[0].summary.tag, "_hparams_/session_start_info");
    EXPECT_EQ(all[0].summary.plugin.name, "hparams");
    EXPECT_NE(all[0].summary.plugin.content.find("adam"), std::string::npos);
    EXPECT_EQ(all[1].summary.tag, "accuracy");
    EXPECT_EQ(all[2].summary.tag, "_hparams_/session_end_info");
  }
}

TEST_F(SummaryWriterTest, WritesHyperParametersIntoTheRunThatIsNamed) {
  writer_.add_hparams({{"lr", 1}}, {{"accuracy", 0.5}}, {{"lr", {1, 2}}}, "a/b", 7);
  writer_.add_hparams({{"lr", 1}}, {{"accuracy", 0.75}}, {}, ".", 8);
  const auto named = read_run(directory() / "a/b");
  ASSERT_EQ(named.size(), 4u);
  EXPECT_EQ(named[0].summary.tag, "_hparams_/experiment");
  EXPECT_EQ(named[2].step, 7);
  const auto own = written();
  ASSERT_EQ(own.size(), 3u);
  EXPECT_EQ(std::get<double>(own[1].summary.value), 0.75);
  EXPECT_EQ(own[1].step, 8);
}

TEST_F(SummaryWriterTest, RefusesHyperParametersThatCannotBeShown) {
  EXPECT_THROW(writer_.add_hparams({}, {{"accuracy", 1}}), Error);
  EXPECT_THROW(writer_.add_hparams({{"lr", 1}}, {}, {{"rate", {1}}}), Error);
  EXPECT_THROW(writer_.add_hparams({{"lr", 1}}, {}, {{"lr", {"one"}}}), Error);
  EXPECT_THROW(writer_.add_hparams({{"lr", 1}}, {}, {}, "/tmp"), Error);
  EXPECT_THROW(writer_.add_hparams({{"lr", 1}}, {}, {}, "../other"), Error);
  EXPECT_TRUE(runs_below(directory()).empty());
}

TEST_F(SummaryWriterTest, WritesEmbeddings) {
  const auto points = torch::tensor({{1.0, 2.0}, {3.0, 4.0}, {5.0, 6.0}});
  writer_.add_embedding(points, std::vector<std::string>{"a", "b", "c"}, torch::rand({3, 1, 4, 4}),
                        12, "layer");
  const auto folder = directory() / "00012/layer";
  EXPECT_EQ(read_file(folder / "tensors.tsv"), "1\t2\n3\t4\n5\t6\n");
  EXPECT_EQ(read_file(folder / "metadata.tsv"), "a\nb\nc\n");
  const std::string sprite = read_file(folder / "sprite.png");
  EXPECT_EQ(sprite.substr(16, 8), std::string("\0\0\0\x08\0\0\0\x08", 8)) << "two by two pictures";
  EXPECT_NE(read_file(directory() / "projector_config.pbtxt").find("layer:00012"),
            std::string::npos);
}

TEST_F(SummaryWriterTest, RefusesEmbeddingsThatDoNotFitTogether) {
  const auto points = torch::rand({3, 2});
  EXPECT_THROW(writer_.add_embedding(torch::rand({3})), Error);
  EXPECT_THROW(writer_.add_embedding(torch::rand({0, 2})), Error);
  EXPECT_THROW(writer_.add_embedding(points, std::vector<std::string>{"a"}), Error);
  EXPECT_THROW(writer_.add_embedding(points, {{"x", "y"}, {{"1", "2"}, {"3", "4"}, {"5"}}}), Error);
  EXPECT_THROW(writer_.add_embedding(points, {}, torch::rand({2, 1, 4, 4})), Error);
  EXPECT_THROW(writer_.add_embedding(points, {}, torch::rand({3, 1, 4, 5})), Error);
  EXPECT_THROW(writer_.add_embedding(points, {}, torch::zeros({3, 1, 4100, 4100})), Error);
  EXPECT_TRUE(runs_below(directory()).empty());
}

TEST_F(SummaryWriterTest, WritesMeshes) {
  const auto vertices = torch::rand({2, 4, 3}, torch::kDouble);
  const auto colors = torch::randint(256, {2, 4, 3});
  const auto faces = torch::randint(4, {2, 5, 3});
  writer_.add_mesh("m", vertices, 3, colors, faces, R"({"camera": {"cls": "OrthographicCamera"}})");
  writer_.add_mesh("points", vertices, 4);
  const auto all = written();
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[0].summary.tag, "m_VERTEX");
  EXPECT_EQ(all[1].summary.tag, "m_FACE");
  EXPECT_EQ(all[2].summary.tag, "m_COLOR");
  EXPECT_EQ(all[3].summary.tag, "points_VERTEX");
  EXPECT_EQ(std::get<TensorValue>(all[0].summary.value).type, TensorType::float32);
  EXPECT_EQ(std::get<TensorValue>(all[1].summary.value).shape, (std::vector<int64_t>{2, 5, 3}));
  EXPECT_NE(all[0].summary.plugin.content.find("OrthographicCamera"), std::string::npos);
  EXPECT_THROW(writer_.add_mesh("m", torch::rand({4, 3}), 0), Error);
  EXPECT_THROW(writer_.add_mesh("m", vertices, 0, colors + 1000), Error);
  EXPECT_THROW(writer_.add_mesh("m", vertices, 0, {}, faces - 1), Error);
}

TEST_F(SummaryWriterTest, TakesColoursOfMeshesInAnyRealType) {
  const auto vertices = torch::rand({1, 2, 3});
  const auto colors = torch::tensor({{{0.0f, 254.6f, 255.0f}, {1.4f, 2.0f, 3.0f}}});
  writer_.add_mesh("m", vertices, 0, colors);
  writer_.add_mesh("m", vertices, 1, colors.to(torch::kHalf));
  const auto all = written();
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(std::get<TensorValue>(all[1].summary.value).type, TensorType::uint8);
  EXPECT_EQ(std::get<TensorValue>(all[1].summary.value).content,
            std::string("\x00\xff\xff\x01\x02\x03", 6));
  EXPECT_THROW(writer_.add_mesh("m", vertices, 0, colors + 1), Error);
  EXPECT_THROW(writer_.add_mesh("m", vertices, 0, colors - 1), Error);
  EXPECT_THROW(writer_.add_mesh("m", vertices, 0, colors * NAN), Error);
  EXPECT_THROW(writer_.add_mesh("m", vertices, 0, torch::complex(colors, colors)), Error);
  EXPECT_THROW(writer_.add_mesh("m", vertices, 0, {}, torch::ones({1, 1, 3})), Error);
}

TEST_F(SummaryWriterTest, GathersTheChartsOfTheCustomScalarsPage) {
  writer_.add_custom_scalars_multilinechart({"Loss/.*"}, "all", "losses");
  writer_.add_custom_scalars_marginchart({"mean", "least", "greatest"}, "all", "band");
  writer_.add_custom_scalars({{"all", {MultilineChart{"losses", {"Loss/"}}}}});
  writer_.add_custom_scalars({{"all", {MultilineChart{"losses", {"Loss/"}}}}});
  const auto all = written();
  ASSERT_EQ(all.size(), 3u) << "the last one changes nothing";
  const auto& layout = std::get<TensorValue>(all[2].summary.value).strings.at(0);
  for (const char* word : {"all", "losses", "band", "mean", "least", "greatest", "Loss/"}) {
    EXPECT_NE(layout.find(word), std::string::npos) << word;
  }
  EXPECT_EQ(layout.find("Loss/.*"), std::string::npos) << "was replaced";
  EXPECT_THROW(writer_.add_custom_scalars({}), Error);
  EXPECT_THROW(writer_.add_custom_scalars_multilinechart({}), Error);
}

TEST_F(SummaryWriterTest, RefusesTensorsThatLibTorchCannotReadWithOneSentence) {
  const auto meta = [](std::initializer_list<int64_t> shape) {
    return torch::empty(shape, torch::device(torch::kMeta));
  };
  const std::vector<std::function<void()>> calls = {
      [&] { writer_.add_histogram("t", meta({3}), 0); },
      [&] { writer_.add_tensor("t", meta({3}), 0); },
      [&] { writer_.add_pr_curve("t", meta({3}), meta({3}), 0); },
      [&] {
        writer_.add_image("t", meta({3, 4, 4}), 0);
      },
      [&] {
        writer_.add_images("t", meta({2, 3, 4, 4}), 0);
      },
      [&] {
        writer_.add_image_with_boxes("t", torch::rand({3, 4, 4}), meta({1, 4}), 0);
      },
      [&] {
        writer_.add_video("t", meta({1, 2, 3, 4, 4}), 0);
      },
      [&] { writer_.add_audio("t", meta({8}), 0); },
      [&] {
        writer_.add_embedding(meta({3, 2}), {}, {}, 0, "t");
      },
      [&] {
        writer_.add_mesh("t", meta({1, 3, 3}), 0);
      },
  };
  for (const auto& call : calls) {
    try {
      call();
      ADD_FAILURE() << "taken";
    } catch (const Error& error) {
      const std::string message = error.what();
      EXPECT_EQ(message.find('\n'), std::string::npos) << message;
      EXPECT_EQ(message.rfind("cannot read the values of t: ", 0), 0u) << message;
      EXPECT_NE(std::string(".!?").find(message.back()), std::string::npos) << message;
    }
  }
  EXPECT_TRUE(written().empty());
}

TEST_F(SummaryWriterTest, NamesTheDirectoryOfItsRun) {
  EXPECT_EQ(writer_.get_logdir(), directory());
  writer_.close();
  EXPECT_EQ(writer_.get_logdir(), directory());
  EXPECT_EQ(SummaryWriter::closed().get_logdir(), "");
}

TEST_F(SummaryWriterTest, IgnoresWhatComesAfterClose) {
  writer_.add_scalar("a", 1, 0);
  writer_.close();
  writer_.add_scalar("a", 1, 1);
  writer_.add_scalars("b", {{"c", 1}}, 1);
  writer_.add_custom_scalars_multilinechart({"a"});
  writer_.add_hparams({{"lr", 1}}, {});
  writer_.add_embedding(torch::rand({2, 2}));
  writer_.flush();
  writer_.close();
  EXPECT_EQ(writer_.lost(), 0u);
  EXPECT_EQ(read_summaries(writer_.path()).size(), 1u);
  EXPECT_TRUE(runs_below(directory()).empty());
}

TEST(SummaryWriter, ReportsFilesThatItCannotMakeAndGoesOn) {
  testing::TemporaryDirectory directory;
  std::vector<std::string> reports;
  EventWriterOptions options;
  options.on_error = [&](const std::string& message) { reports.push_back(message); };
  SummaryWriter writer(directory.path(), std::move(options));
  testing::write_file(directory.path() / "00000", "not a directory");
  EXPECT_NO_THROW(writer.add_embedding(torch::rand({2, 2})));
  EXPECT_NO_THROW(writer.add_hparams({{"lr", 1}}, {}, {}, "00000/run"));
  EXPECT_EQ(reports.size(), 2u);
  EXPECT_EQ(writer.lost(), 2u);
  writer.add_scalar("a", 1, 0);
  writer.close();
  EXPECT_EQ(writer.lost(), 2u);
  EXPECT_EQ(read_summaries(writer.path()).size(), 1u);
}

}  // namespace
}  // namespace suar
