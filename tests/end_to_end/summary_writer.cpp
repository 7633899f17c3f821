// Calls every method of SummaryWriter with values that summary_writer_test.py knows.
#include <cmath>
#include <exception>
#include <iostream>
#include <stdexcept>

#include <torch/torch.h>

#include <suar/summary_writer.h>

namespace {

void write_numbers(suar::SummaryWriter& writer) {
  // In Latin-1, and the first one: it must hide nothing of what follows.
  writer.add_scalar("caf\xe9", 7, 5);
  for (int64_t step = 0; step < 3; ++step) {
    const auto x = static_cast<double>(step);
    writer.add_scalar("scalar", x / 2, step);
    writer.add_scalars("Loss", {{"train", x}, {"validation (all)", -x}}, step);
    writer.add_histogram("histogram", torch::arange(100, torch::kFloat) + x, step);
    writer.add_histogram_raw("raw histogram", {0, 4, 10, 20, 60, {1, 2, 4}, {1, 2, 7}}, step);
  }
  const auto numbers = torch::arange(6, torch::kShort).reshape({2, 3});
  writer.add_tensor("tensor", numbers, 1);
  writer.add_tensor("bfloat16", numbers.to(torch::kBFloat16) / 4, 1);
  const auto labels = torch::tensor({0, 1, 1, 0});
  const auto predictions = torch::tensor({0.1f, 0.5f, 1.0f, 0.75f});
  for (int64_t step = 0; step < 2; ++step) {
    writer.add_pr_curve("pr", labels, predictions, step, /*num_thresholds=*/5);
  }
  writer.add_pr_curve_raw("raw pr", {{4, 2}, {3, 1}, {0, 2}, {0, 2}, {0.5f, 0.75f}, {1, 0.25f}}, 0);
  writer.add_custom_scalars_multilinechart({"Loss/"}, "Mine", "losses");
  writer.add_custom_scalars_marginchart({"scalar", "Loss/train", "Loss/validation (all)"}, "Mine",
                                        "band");
  writer.add_custom_scalars({{"Other", {suar::MultilineChart{"one", {"scalar"}}}, true}});
}

void write_media(suar::SummaryWriter& writer) {
  const auto ramp = torch::arange(3 * 4 * 5, torch::kByte).reshape({3, 4, 5}) * 4;
  writer.add_image("image", ramp, 0, "a *ramp*");
  writer.add_image("image hwc", ramp.permute({1, 2, 0}), 0, "", "HWC");
  writer.add_images("images", ramp.expand({4, 3, 4, 5}), 0);
  writer.add_image_with_boxes("boxes", torch::zeros({3, 40, 50}), torch::tensor({{10, 5, 45, 35}}),
                              0, 1, "CHW", {"cat"});
  const auto frames = torch::arange(3, torch::kByte).reshape({1, 3, 1, 1, 1}) * 100;
  writer.add_video("video", frames.expand({1, 3, 3, 6, 7}), 0, /*fps=*/5);
  const auto time = torch::arange(800, torch::kFloat) / 8000;
  writer.add_audio("audio", torch::sin(time * 2 * M_PI * 440), 0, 8000);
  writer.add_audio("stereo", torch::stack({torch::zeros({10}), torch::ones({10})}), 0);
  writer.add_text("text", "some **bold** words", 0);
  writer.add_text("latin text", "caf\xe9", 0);
}

void write_models(suar::SummaryWriter& writer) {
  torch::nn::Sequential net(torch::nn::Linear(3, 2), torch::nn::ReLU());
  writer.add_graph(net, torch::rand({4, 3}));
  for (const double rate : {0.1, 0.2, 0.3}) {
    suar::HyperParameters hparams = {{"lr", rate}, {"optimizer", "adam"}, {"augment", rate > 0.1}};
    // What only some runs have is a column, too, and so is what JSON has no number for.
    if (rate > 0.2) hparams.insert({{"layers", 3}, {"clip", INFINITY}, {"caf\xe9", "th\xe9"}});
    writer.add_hparams(hparams, {{"hparam/accuracy", rate * 2}, {"hparam/loss", 1 - rate}}, {},
                       "lr " + std::to_string(rate).substr(0, 3));
  }
  writer.add_embedding(torch::tensor({{0.5f, 1.0f, -2.0f}, {3.0f, 1e-8f, 5.0f}}),
                       {{"name", "kind"}, {{"first", "a"}, {"second", "b"}}},
                       torch::stack({torch::zeros({3, 4, 4}), torch::ones({3, 4, 4})}), 3,
                       "last \"layer\"/weight");
  writer.add_embedding(torch::eye(3), std::vector<std::string>{"x", "y", "z"});
  const auto vertices = torch::tensor(
      {{{0.0f, 0.0f, 0.0f}, {1.0f, 0.0f, 0.0f}, {0.0f, 1.0f, 0.0f}, {0.0f, 0.0f, 1.0f}}});
  const auto faces = torch::tensor({{{0, 1, 2}, {0, 1, 3}}});
  const auto colors = torch::tensor({{{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {9, 9, 9}}});
  for (int64_t step = 0; step < 2; ++step) {
    writer.add_mesh("mesh", vertices + step, step, colors, faces,
                    R"({"camera": {"cls": "PerspectiveCamera", "fov": 75}})");
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: summary_writer DIRECTORY DIRECTORY_OF_DOMAINS\n";
    return 2;
  }
  try {
    torch::manual_seed(1);
    suar::SummaryWriter writer(std::string(argv[1]) + "/run");
    write_numbers(writer);
    write_media(writer);
    write_models(writer);
    writer.close();
    if (writer.lost() > 0) throw std::runtime_error("events were lost");
    // A run of its own, with its hyper-parameters and the values that they are chosen from.
    suar::SummaryWriter own(std::string(argv[2]) + "/own");
    own.add_hparams({{"lr", 0.1}, {"optimizer", "adam"}}, {{"accuracy", 0.5}},
                    {{"lr", {0.1, 0.2}}, {"optimizer", {"adam", "sgd"}}}, ".", 4);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
