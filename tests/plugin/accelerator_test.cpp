// A training on a device that is not the processor.

#include <ATen/record_function.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <suar/training_callback.h>
#include <suar/watch.h>

#include "number_transfer.h"
#include "slow_device.h"
#include "training.h"

namespace suar {
namespace {

using testing::SlowDevice;
using Steps = std::vector<int64_t>;

/// Two layers whose parameters are on a device from the beginning.
struct DeviceNetImpl : torch::nn::Module {
  explicit DeviceNetImpl(at::Device device) {
    const auto add = [&](const char* name, const torch::Tensor& values) {
      return register_parameter(name, values.to(device));
    };
    first = add("first", torch::randn({6, 4}));
    bias = add("bias", torch::cat({torch::zeros({4}), torch::full({2}, -100.0)}));
    second = add("second", torch::randn({3, 6}));
    add("filters", torch::randn({2, 1, 2, 2}));
  }
  torch::Tensor forward(torch::Tensor x) {
    x = watch(torch::relu(torch::nn::functional::linear(x, first, bias)), "hidden");
    return torch::nn::functional::linear(x, second);
  }
  torch::Tensor first, bias, second;
};

/// Counts the calls, in its life and thread, that wait for the device or copy from it.
class CallWitness {
 public:
  CallWitness() {
    copies_ = waits_ = 0;
    handle_ = at::addThreadLocalCallback(at::RecordFunctionCallback(begin, end)
                                             .needsInputs(true)
                                             .scopes({at::RecordScope::FUNCTION}));
  }
  ~CallWitness() { at::removeCallback(handle_); }

  static int copies() { return copies_; }
  static int waits() { return waits_; }

 private:
  static std::unique_ptr<at::ObserverContext> begin(const at::RecordFunction& function) {
    const std::string name = function.name();
    // For this device the processor computes in the end, within calls of its own.
    const bool is_own =
        callers_.empty() || (callers_.size() == 1 && callers_.front() == "aten::to");
    callers_.push_back(name);
    const auto inputs = function.inputs();
    if (inputs.empty() || !inputs[0].isTensor() || !inputs[0].toTensor().is_lazy()) return nullptr;
    if (name == "aten::_local_scalar_dense" || name == "aten::nonzero" || name == "aten::equal" ||
        name == "aten::masked_select" || name == "aten::bincount") {
      ++waits_;
    }
    // self, dtype, layout, device, ...
    const bool is_copy = is_own && name == "aten::_to_copy" && inputs[3].isDevice();
    if (is_copy && inputs[3].toDevice().is_cpu()) ++copies_;
    return nullptr;
  }
  static void end(const at::RecordFunction&, at::ObserverContext*) { callers_.pop_back(); }

  at::CallbackHandle handle_;
  static inline int copies_, waits_;
  static inline std::vector<std::string> callers_;
};

class Accelerator : public testing::Training {
 protected:
  /// A training of 11 steps with a callback; `after_step` is called behind each.
  template <class AfterStep>
  void train(at::Device device, const CallbackOptions& options, AfterStep after_step) {
    torch::manual_seed(5);
    DeviceNetImpl net(device);
    torch::optim::SGD optimizer(net.parameters(), 0.01);
    TrainingCallback callback(net, optimizer, options);
    for (int step = 0; step < 11; ++step) {
      optimizer.zero_grad();
      const auto input = torch::randn({8, 4}).to(device);
      const auto target = torch::randint(3, {8}, torch::kLong).to(device);
      const auto output = net.forward(input);
      auto loss = torch::nn::functional::cross_entropy(output, target);
      loss.backward();
      if (step >= bad_from_) loss = loss * NAN;
      optimizer.step();
      const auto pictures = input.reshape({8, 1, 2, 2});
      const CallWitness witness;
      callback.log("Loss/own", loss);
      callback.on_batch_end({loss, output, target, pictures});
      after_step(step);
      if (step == validates_after_) {
        callback.on_validation_batch_end({loss, output, target, pictures});
        callback.on_validation_end({});
      }
      if (step == epoch_ends_after_) {
        callback.on_epoch_end();
        callback.on_epoch_begin(1);
      }
    }
  }

  int validates_after_ = 1000;   ///< step after which there is a validation
  int bad_from_ = 1000;          ///< step of the first loss that is not finite
  int epoch_ends_after_ = 1000;  ///< step after which another epoch begins

  std::map<std::string, std::vector<std::pair<int64_t, SummaryValue>>> logged(
      const std::string& run) const {
    std::map<std::string, std::vector<std::pair<int64_t, SummaryValue>>> values;
    for (auto& [step, summary] : testing::read_summaries(event_file(directory_.path() / run))) {
      values[summary.tag].emplace_back(step, summary.value);
    }
    return values;
  }
};

TEST_F(Accelerator, LogsWhatTheProcessorLogs) {
  validates_after_ = 5;
  const auto run = [&](const std::string& name, at::Device device) {
    auto chosen = options().statistics_every(1).system_every(never()).image_every(4);
    train(device, chosen.log_directory((directory_.path() / name).string()), [](int) {});
    return logged(name);
  };
  const auto expected = run("processor", at::kCPU);
  const auto found = run("accelerator", SlowDevice::device());
  ASSERT_GT(expected.size(), 30u);
  for (const auto& [tag, values] : expected) {
    SCOPED_TRACE(tag);
    if (tag.rfind("StepTime", 0) == 0 || tag.rfind("Throughput", 0) == 0) continue;
    ASSERT_EQ(found.count(tag), 1u);
    const auto& others = found.at(tag);
    ASSERT_EQ(others.size(), values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      EXPECT_EQ(others[i].first, values[i].first);
      if (const auto* number = std::get_if<double>(&values[i].second)) {
        EXPECT_NEAR(std::get<double>(others[i].second), *number, 1e-5 * (1 + std::fabs(*number)));
      }
      if (const auto* histogram = std::get_if<Histogram>(&values[i].second)) {
        const auto& other = std::get<Histogram>(others[i].second);
        EXPECT_EQ(other.count, histogram->count);
        EXPECT_NEAR(other.sum, histogram->sum, 1e-4);
        EXPECT_NEAR(other.max, histogram->max, 1e-5);
      }
      if (const auto* text = std::get_if<Text>(&values[i].second)) {
        EXPECT_EQ(std::get<Text>(others[i].second).markdown, text->markdown);
      }
      if (const auto* images = std::get_if<Images>(&values[i].second)) {
        const auto& other = std::get<Images>(others[i].second).samples;
        ASSERT_EQ(other.size(), images->samples.size());
        EXPECT_EQ(other[0].encoded, images->samples[0].encoded);
      }
    }
  }
  EXPECT_EQ(std::get<double>(found.at("DeadUnits/bias").back().second), 2.0F / 6);
  for (const char* tag : {"Samples/train", "Samples/train/captions", "ConfusionMatrix/train",
                          "ConfusionMatrix/train/counts", "Filters/filters"}) {
    ASSERT_EQ(found.count(tag), 1u) << tag;
    EXPECT_EQ(found.at(tag).size(), 3u) << tag;
  }
  EXPECT_EQ(found.count("ConfusionMatrix/validation/counts"), 1u);
}

TEST_F(Accelerator, CopiesAllNumbersOfAStepThatIsDueAtOnceAndWaitsForNothing) {
  const int waits = SlowDevice::instance().waits();
  train(SlowDevice::device(), options().confusion_matrix(true), [&](int step) {
    const bool due = step % 2 == 0 || step % 5 == 0;
    EXPECT_EQ(CallWitness::copies(), due ? 1 : 0) << step;
    EXPECT_EQ(CallWitness::waits(), 0) << step;
    EXPECT_EQ(SlowDevice::instance().waits(), waits) << step;
  });
}

TEST_F(Accelerator, CopiesTheImagesOfAStepAsNumbersAndPixelsAndWaitsForNothing) {
  const int waits = SlowDevice::instance().waits();
  train(SlowDevice::device(),
        options()
            .scalar_every(never())
            .statistics_every(never())
            .histogram_every(never())
            .image_every(4),
        [&](int step) {
          EXPECT_EQ(CallWitness::copies(), step % 4 == 0 ? 2 : 0) << step;
          EXPECT_EQ(CallWitness::waits(), 0) << step;
          EXPECT_EQ(SlowDevice::instance().waits(), waits) << step;
        });
  EXPECT_EQ(logged_steps()["Samples/train"], (Steps{0, 4, 8}));
  EXPECT_EQ(logged_steps()["Filters/filters"], (Steps{0, 4, 8}));
}

TEST_F(Accelerator, IsLoggedAtTheStepsThatWereMeasuredWheneverItIsDone) {
  train(SlowDevice::device(), options(), [&](int step) {
    if (step == 3) SlowDevice::instance().catch_up();
  });
  EXPECT_EQ(logged_steps()["Loss/train"], (Steps{0, 2, 4, 5, 6, 8, 10}));
  EXPECT_EQ(logged_steps()["Weights/first"], (Steps{0, 5, 10}));
  EXPECT_EQ(logged_steps()["Activations/hidden"], (Steps{0, 5, 10}));
}

TEST_F(Accelerator, RecordsTheLayersWhenALossThatIsNotFiniteComesBack) {
  bad_from_ = 3;
  train(SlowDevice::device(), options().statistics_every(1000).histogram_every(1000),
        [&](int step) {
          if (step == 6) SlowDevice::instance().catch_up();
        });
  EXPECT_EQ(logged_steps()["Loss/train"], (Steps{0, 2, 4, 6, 7, 8, 10}));
  EXPECT_EQ(logged_steps()["Weights/first"], (Steps{0, 7}));
}

TEST_F(Accelerator, RecordsTheLayersWhenALossThatIsNotFiniteComesBackBetweenEpochs) {
  bad_from_ = 3;
  epoch_ends_after_ = 6;
  train(SlowDevice::device(), options().statistics_every(1000).histogram_every(1000),
        [&](int step) {
          if (step == 6) SlowDevice::instance().catch_up();
        });
  for (const char* tag : {"Weights/first", "Updates/first", "Activations/hidden"}) {
    EXPECT_EQ(logged_steps()[tag], (Steps{0, 7})) << tag;
  }
}

TEST(NumberTransfer, BringsNumbersFromEverywhereToTheirPlaces) {
  const auto device = SlowDevice::device();
  NumberTransfer transfer;
  const auto known = transfer.add(1.5);
  const auto far = transfer.add(torch::tensor({2.0F, 3.0F}).to(device));
  const auto near = transfer.add(torch::tensor({{4.0, 5.0}}).t());
  const auto half = transfer.add(torch::tensor(6.0).to(torch::kHalf));
  const auto whole = transfer.add(torch::tensor(int64_t{7}).to(device));
  const auto far_pixels = transfer.add_pixels(torch::tensor({8, 9}, torch::kByte).to(device));
  const auto near_pixels = transfer.add_pixels(torch::tensor({{10}}, torch::kByte));
  EXPECT_FALSE(transfer.has_arrived());
  transfer.start();
  EXPECT_FALSE(transfer.has_arrived());
  SlowDevice::instance().catch_up();
  ASSERT_TRUE(transfer.has_arrived());
  EXPECT_EQ(*transfer.at(known), 1.5);
  EXPECT_EQ(transfer.at(far)[0], 2);
  EXPECT_EQ(transfer.at(far)[1], 3);
  EXPECT_EQ(transfer.at(near)[1], 5);
  EXPECT_EQ(*transfer.at(half), 6);
  EXPECT_EQ(*transfer.at(whole), 7);
  EXPECT_EQ(transfer.pixels_at(far_pixels)[1], 9);
  EXPECT_EQ(*transfer.pixels_at(near_pixels), 10);
}

TEST(NumberTransfer, WaitsWhenItIsAskedTo) {
  NumberTransfer transfer;
  const auto place = transfer.add(torch::tensor(2.0).to(SlowDevice::device()));
  transfer.start();
  transfer.wait();
  EXPECT_TRUE(transfer.has_arrived());
  EXPECT_EQ(*transfer.at(place), 2);
}

TEST(NumberTransfer, WaitsForTheStreamOnWhichItWasSent) {
  auto& device = SlowDevice::instance();
  NumberTransfer transfer;
  transfer.add(torch::tensor(2.0).to(SlowDevice::device()));
  device.use_stream(1);
  transfer.start();
  device.use_stream(2);
  transfer.wait();
  device.use_stream(0);
  EXPECT_EQ(device.waited_for(), 1);
}

}  // namespace
}  // namespace suar
