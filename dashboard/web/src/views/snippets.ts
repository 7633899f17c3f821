// What a training program writes to give each tab its data.

const LOOP = `  callback.on_batch_end({loss, output, batch.target, batch.data});`;

export const WELCOME = `#include <suar/training_callback.h>

suar::TrainingCallback callback(*model, optimizer, suar::CallbackOptions("runs/experiment_1"));
callback.on_train_begin(sample_batch);
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
  callback.on_epoch_end({{"loss", validation_loss}, {"accuracy", validation_accuracy}});
}`;

export const SCALARS = `for (auto& batch : *loader) {
  // … forward, backward, step …
${LOOP}
}`;

export const HISTOGRAMS = `suar::TrainingCallback callback(
    *model, optimizer, suar::CallbackOptions("runs/experiment_1").histogram_every(100));
for (auto& batch : *loader) {
  // … forward, backward, step …
${LOOP}
}`;

export const IMAGES = `for (auto& batch : *loader) {
  // … forward, backward, step …
  callback.on_batch_end({loss, output, batch.target, batch.data});  // batch.data is [N, C, H, W]
}
callback.on_epoch_end();  // shows images of the last batch, with their labels and predictions`;

export const GRAPH = `suar::TrainingCallback callback(*model, optimizer, suar::CallbackOptions("runs/experiment_1"));
callback.on_train_begin(sample_batch);  // traces the model with this input`;

export const GRADIENTS = `suar::TrainingCallback callback(*model, optimizer, suar::CallbackOptions("runs/experiment_1"));
for (auto& batch : *loader) {
  optimizer.zero_grad();
  auto loss = torch::nn::functional::cross_entropy(model->forward(batch.data), batch.target);
  loss.backward();
  optimizer.step();
  callback.on_batch_end({loss});  // looks at the gradients of every parameter
}`;
