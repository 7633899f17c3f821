// Trains two models in one run, as in a GAN, and prints what the diagnosis found, one a line:
//   train_two_models DIRECTORY [overflow]
// The first model is well, and in the second gradients vanish. With "overflow" what the first one's
// second layer computes is infinite from step 4 on.

#include <cstdio>
#include <string>

#include <torch/torch.h>

#include <suar/training_callback.h>
#include <suar/watch.h>

namespace {

using torch::nn::Linear;
using torch::nn::Sequential;

constexpr int64_t kWidth = 32;
constexpr int kSteps = 10;

template <class Activation>
Sequential make_net(const std::string& name, int hidden_layers) {
  Sequential net;
  for (int i = 0; i < hidden_layers; ++i) {
    net->push_back(Linear(kWidth, kWidth));
    net->push_back(Activation());
    net->push_back(suar::Probe(name + ".hidden" + std::to_string(i)));
  }
  net->push_back(Linear(kWidth, 1));
  return net;
}

torch::Tensor train(Sequential& net, torch::optim::Optimizer& optimizer) {
  optimizer.zero_grad();
  const auto loss = (net->forward(torch::randn({16, kWidth})) - 1).square().mean();
  loss.backward();
  optimizer.step();
  return loss;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "expected a directory\n");
    return 2;
  }
  const bool overflow = argc > 2 && std::string(argv[2]) == "overflow";
  torch::manual_seed(1);
  Sequential generator = make_net<torch::nn::ELU>("generator", 3);
  Sequential discriminator = make_net<torch::nn::Sigmoid>("discriminator", 10);
  torch::optim::SGD generator_optimizer(generator->parameters(), 1e-3);
  torch::optim::SGD discriminator_optimizer(discriminator->parameters(), 1e-3);
  suar::TrainingCallback callback({{"generator", *generator, generator_optimizer},
                                   {"discriminator", *discriminator, discriminator_optimizer}},
                                  suar::CallbackOptions(argv[1]).statistics_every(2));
  for (int step = 0; step < kSteps; ++step) {
    if (overflow && step == 4) {
      const torch::NoGradGuard no_grad;
      generator->ptr<torch::nn::LinearImpl>(3)->weight.fill_(3e38);
    }
    callback.on_after_backward("generator", train(generator, generator_optimizer));
    callback.on_after_backward("discriminator", train(discriminator, discriminator_optimizer));
    callback.on_batch_end({});
  }
  for (const suar::Finding& finding : callback.findings()) {
    std::printf("%s: %s\n", finding.model.c_str(), finding.message.c_str());
  }
}
