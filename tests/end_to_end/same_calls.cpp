// The calls of SummaryWriter for which torch_peer_test.py has the same in Python, on the same data:
//   same_calls DIRECTORY
// writes the run DIRECTORY/suar, and the data as plain elements into DIRECTORY/data.
#include <cmath>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>

#include <torch/torch.h>

#include <suar/summary_writer.h>

namespace {

/// Keeps data for the peer.
class Data {
 public:
  explicit Data(std::filesystem::path directory) : directory_(std::move(directory)) {
    std::filesystem::create_directories(directory_);
  }

  torch::Tensor keep(const std::string& name, torch::Tensor tensor) const {
    const auto elements = tensor.contiguous();
    std::ofstream file(directory_ / name, std::ios::binary);
    file.write(static_cast<const char*>(elements.data_ptr()),
               static_cast<std::streamsize>(elements.nbytes()));
    if (!file) throw std::runtime_error("cannot write " + name);
    return tensor;
  }

 private:
  const std::filesystem::path directory_;
};

void write_numbers(const Data& data, suar::SummaryWriter& writer) {
  const auto scalars = data.keep("scalars", torch::tensor({0.1, -3e7, 1e-30, HUGE_VAL, 2.5}));
  for (int64_t step = 0; step < scalars.numel(); ++step) {
    const double value = scalars[step].item<double>();
    writer.add_scalar("scalar", value, 10 * step);
    writer.add_scalars("both", {{"twice", 2 * value}, {"once", value}}, 10 * step);
  }
  const auto normal = data.keep("normal", torch::randn({3, 1000}));
  for (int64_t step = 0; step < 3; ++step) writer.add_histogram("normal", normal[step], step);
  writer.add_histogram("tails", data.keep("tails", torch::tensor({-5e10, -3.0, 0.0, 1e-9, 4e9})),
                       0);
  writer.add_histogram("zeros", torch::zeros({7, 3}), 0);
  writer.add_histogram("integers", torch::arange(-5, 20), 0);
  writer.add_histogram_raw("raw", {0, 4, 10, 20, 60, {1, 2, 4}, {1, 2, 7}}, 0);
  const auto labels = data.keep("labels", torch::randint(2, {200}, torch::kLong));
  const auto predictions = data.keep(
      "predictions", torch::cat({torch::rand({99}), torch::arange(101).to(torch::kFloat) / 100}));
  const auto weights = data.keep("weights", torch::rand({200}));
  writer.add_pr_curve("pr", labels, predictions, 1);
  writer.add_pr_curve("pr weighted", labels, predictions, 1, /*num_thresholds=*/11, weights);
  writer.add_pr_curve_raw("pr raw", {{4, 2}, {3, 1}, {0, 2}, {0, 2}, {0.5f, 0.75f}, {1, 0.25f}}, 0);
}

void write_media(const Data& data, suar::SummaryWriter& writer) {
  const auto picture = data.keep("picture", torch::rand({3, 6, 9}));
  const auto bytes = data.keep("bytes", torch::randint(256, {3, 6, 9}, torch::kByte));
  writer.add_image("image", picture, 0);
  writer.add_image("image of bytes", bytes, 0);
  writer.add_image("image HWC", bytes.permute({1, 2, 0}), 0, "", "HWC");
  writer.add_image("image HW", picture[0], 0, "", "HW");
  writer.add_images("images", data.keep("batch", torch::randint(256, {5, 3, 6, 9}, torch::kByte)),
                    0);
  writer.add_image_with_boxes("boxes", torch::zeros({3, 20, 30}), torch::tensor({{5, 4, 22, 15}}),
                              0);
  writer.add_audio("audio", data.keep("sound", torch::rand({500}) * 2 - 1), 0, 8000);
  writer.add_text("text", "some **bold** words", 0);
}

void write_models(const Data& data, suar::SummaryWriter& writer) {
  writer.add_hparams({{"lr", 0.1}, {"optimizer", "adam"}, {"augment", true}, {"layers", 3}},
                     {{"accuracy", 0.75}, {"loss", 0.5}}, {}, "row");
  writer.add_hparams({{"lr", 0.2}}, {{"accuracy", 0.5}}, {{"lr", {0.1, 0.2}}}, "domains");
  const auto points = data.keep("points", torch::randn({4, 3}));
  writer.add_embedding(points, {{"name", "kind"}, {{"a", "1"}, {"b", "2"}, {"c", "1"}, {"d", "2"}}},
                       data.keep("labels of points", torch::rand({4, 3, 5, 5})), 7, "points");
  const auto vertices = data.keep("vertices", torch::randn({1, 4, 3}));
  const auto colors = data.keep("colors", torch::randint(256, {1, 4, 3}, torch::kInt));
  const auto faces = data.keep("faces", torch::tensor({{{0, 1, 2}, {0, 1, 3}}}, torch::kInt));
  writer.add_mesh("mesh", vertices, 2, colors, faces, R"({"camera": {"fov": 75}})");
  writer.add_mesh("cloud", vertices, 2);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: same_calls DIRECTORY\n";
    return 2;
  }
  try {
    torch::manual_seed(1);
    const std::filesystem::path directory = argv[1];
    const Data data(directory / "data");
    suar::SummaryWriter writer(directory / "suar");
    write_numbers(data, writer);
    write_media(data, writer);
    write_models(data, writer);
    writer.close();
    // A layout stands in one place of a run: one run for each way to make it.
    suar::SummaryWriter charts(directory / "suar" / "charts");
    charts.add_custom_scalars({{"Mine",
                                {suar::MultilineChart{"losses", {"loss/(train|validation)"}},
                                 suar::MarginChart{"band", {{"mean", "least", "greatest"}}}}}});
    suar::SummaryWriter lines(directory / "suar" / "lines");
    lines.add_custom_scalars_multilinechart({"a", "b"}, "some", "lines");
    suar::SummaryWriter band(directory / "suar" / "band");
    band.add_custom_scalars_marginchart({"mean", "least", "greatest"});
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
