// The code that the README shows, compiled so that it stays true. A test holds the two against each
// other.

#include <torch/torch.h>

// [readme]
#include <suar/training_callback.h>

template <class Net, class Loader, class Validate>
void train(Net& model, Loader& loader, const torch::Tensor& sample_batch, Validate validate,
           int epochs) {
  torch::optim::Adam optimizer(model->parameters(), 1e-3);
  suar::TrainingCallback callback(*model, optimizer, suar::CallbackOptions("runs/experiment_1"));
  callback.on_train_begin(sample_batch);  // the model's graph
  for (int epoch = 0; epoch < epochs; ++epoch) {
    callback.on_epoch_begin(epoch);
    for (auto& batch : *loader) {
      optimizer.zero_grad();
      auto output = model->forward(batch.data);
      auto loss = torch::nn::functional::cross_entropy(output, batch.target);
      loss.backward();
      optimizer.step();
      callback.on_batch_end({loss, output, batch.target, batch.data});
    }
    callback.on_epoch_end({{"accuracy", validate(model)}});  // any metrics of a validation
  }
}
// [readme]

int main() {}
