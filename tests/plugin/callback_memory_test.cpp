// Tests of what a callback takes of the memory in which tensors lie.

#include <algorithm>
#include <atomic>
#include <optional>

#include <c10/core/CPUAllocator.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <suar/training_callback.h>

#include "training.h"

namespace suar {
namespace {

/// Counts the bytes of all tensors of the processor while it lives.
class TensorMemory : public c10::Allocator {
 public:
  TensorMemory() { c10::SetCPUAllocator(this); }
  ~TensorMemory() override { c10::SetCPUAllocator(own_); }

  /// The most there ever was at a time since the last call.
  int64_t take_peak() { return peak_.exchange(used_); }

  c10::DataPtr allocate(std::size_t size) const override {
    c10::DataPtr memory = own_->allocate(size);
    void* const data = memory.get();
    used_ += static_cast<int64_t>(size);
    peak_ = std::max<int64_t>(peak_, used_);
    return {data, new Block{std::move(memory), size}, &release, memory.device()};
  }

 private:
  struct Block {
    c10::DataPtr memory;
    std::size_t size;
  };

  static void release(void* block) {
    used_ -= static_cast<int64_t>(static_cast<Block*>(block)->size);
    delete static_cast<Block*>(block);
  }

  c10::Allocator* const own_ = c10::GetCPUAllocator();
  static inline std::atomic<int64_t> used_{0}, peak_{0};  // blocks may outlive it
};

using CallbackMemory = testing::Training;

TEST_F(CallbackMemory, IsACopyOfTheParametersForTheirUpdatesAndNoneWithoutThem) {
  TensorMemory memory;
  torch::nn::Sequential net(torch::nn::Linear(200, 500), torch::nn::ReLU(),
                            torch::nn::Linear(500, 200));
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  const auto input = torch::rand({4, 200});
  const auto peak_of_training = [&](Callback& callback) {
    memory.take_peak();
    for (int i = 0; i < 6; ++i) {
      callback.on_batch_begin();
      optimizer.zero_grad();
      const auto loss = net->forward(input).square().mean();
      loss.backward();
      callback.on_after_backward();
      optimizer.step();
      callback.on_batch_end({loss, {}, {}, input});
    }
    return memory.take_peak();
  };
  const auto peak_with = [&](const std::string& run, bool updates) {
    TrainingCallback callback(*net, optimizer,
                              options()
                                  .log_directory((directory_.path() / run).string())
                                  .statistics_every(1)
                                  .updates(updates));
    return peak_of_training(callback);
  };
  int64_t parameters = 0;
  for (const auto& parameter : net->parameters()) {
    parameters += parameter.numel() * static_cast<int64_t>(sizeof(float));
  }
  Callback none;
  peak_of_training(none);  // which makes the gradients
  const int64_t without = peak_of_training(none);
  EXPECT_LT(peak_with("gradients", /*updates=*/false) - without, parameters / 20);
  const int64_t copy = peak_with("updates", /*updates=*/true) - without;
  EXPECT_GE(copy, parameters);
  EXPECT_LT(copy, parameters + parameters / 20);
}

TEST_F(CallbackMemory, OfSampleImagesIsThatOfSomeCopiesOfTheirBytes) {
  TensorMemory memory;
  torch::nn::Linear net(2, 2);
  torch::optim::SGD optimizer(net->parameters(), 0.1);
  const int64_t pixels = 3 * 1024 * 1024;
  for (const auto& range : {std::optional<PixelRange>(), std::optional(PixelRange{-1, 1})}) {
    TrainingCallback callback(
        *net, optimizer,
        options()
            .log_directory((directory_.path() / (range ? "stated" : "stretched")).string())
            .sample_range(range));
    callback.on_batch_end({{}, {}, {}, torch::full({3, 1, 1024, 1024}, 0.5)});
    memory.take_peak();
    const int64_t before = memory.take_peak();  // what is used
    callback.on_epoch_end();
    // One copy as floating point would be four of these.
    EXPECT_LT(memory.take_peak() - before, 6 * pixels);
  }
}

}  // namespace
}  // namespace suar
