#include <suar/callback.h>

namespace suar {

void CallbackList::on_train_begin(const torch::Tensor& sample_input) {
  for (Callback& callback : callbacks_) callback.on_train_begin(sample_input);
}

void CallbackList::on_epoch_begin(int64_t epoch) {
  for (Callback& callback : callbacks_) callback.on_epoch_begin(epoch);
}

void CallbackList::on_batch_begin() {
  for (Callback& callback : callbacks_) callback.on_batch_begin();
}

void CallbackList::on_before_backward() {
  for (Callback& callback : callbacks_) callback.on_before_backward();
}

void CallbackList::on_after_backward(const std::string& model, const torch::Tensor& loss) {
  for (Callback& callback : callbacks_) callback.on_after_backward(model, loss);
}

void CallbackList::on_batch_end(const Batch& batch) {
  for (Callback& callback : callbacks_) callback.on_batch_end(batch);
}

void CallbackList::on_validation_batch_end(const Batch& batch) {
  for (Callback& callback : callbacks_) callback.on_validation_batch_end(batch);
}

void CallbackList::on_validation_end(const Metrics& validation) {
  for (Callback& callback : callbacks_) callback.on_validation_end(validation);
}

void CallbackList::on_epoch_end(const Metrics& validation) {
  for (Callback& callback : callbacks_) callback.on_epoch_end(validation);
}

void CallbackList::on_train_end() {
  for (Callback& callback : callbacks_) callback.on_train_end();
}

void CallbackList::on_exception() {
  for (Callback& callback : callbacks_) callback.on_exception();
}

}  // namespace suar
