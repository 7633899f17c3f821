// The code that the README shows, compiled so that it stays true: a test holds the two against each
// other.

#include <torch/torch.h>

#include <suar/training_callback.h>

namespace {

using Loader = torch::data::StatelessDataLoader<
    torch::data::datasets::MapDataset<torch::data::datasets::MNIST,
                                      torch::data::transforms::Stack<>>,
    torch::data::samplers::RandomSampler>;

/// A training loop as it stands in many a project, with the callback added.
[[maybe_unused]] void train(torch::nn::Sequential model, Loader& loader,
                            const torch::Tensor& sample_batch, int epochs) {
  const auto validate = [](const torch::nn::Sequential&) { return 0.9; };
  // [readme]
  torch::optim::Adam optimizer(model->parameters(), 1e-3);
  suar::TrainingCallback callback(*model, optimizer, suar::CallbackOptions("runs/experiment_1"));
  callback.on_train_begin(sample_batch);
  for (int epoch = 0; epoch < epochs; ++epoch) {
    callback.on_epoch_begin(epoch);
    for (auto& batch : loader) {
      optimizer.zero_grad();
      auto output = model->forward(batch.data);
      auto loss = torch::nn::functional::cross_entropy(output, batch.target);
      loss.backward();
      optimizer.step();
      callback.on_batch_end({loss, output, batch.target, batch.data});
    }
    callback.on_epoch_end({{"accuracy", validate(model)}});
  }
  // [readme]
}

}  // namespace

int main() {}
