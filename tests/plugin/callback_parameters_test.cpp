// What the callback logs of parameters of every kind.

#include <cmath>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <suar/training_callback.h>

#include "training.h"

namespace suar {
namespace {

using testing::OneImpl;

/// Norm, share of zeros, mean of |x| and number of non-finite elements, one by one in double.
struct Naive {
  double norm = 0, mean_abs = 0, zeros = 0, nonfinite = 0;
};
Naive naive(torch::Tensor tensor) {
  if (tensor.is_sparse()) tensor = tensor.to_dense();
  if (tensor.is_complex()) tensor = tensor.to(torch::kComplexDouble).abs();
  const auto values = tensor.detach().to(torch::kDouble).contiguous();
  Naive result;
  double finite = 0;
  for (int64_t i = 0; i < values.numel(); ++i) {
    const double value = values.data_ptr<double>()[i];
    if (!std::isfinite(value)) {
      ++result.nonfinite;
      continue;
    }
    ++finite;
    result.norm += value * value;
    result.mean_abs += std::abs(value);
    result.zeros += value == 0 ? 1 : 0;
  }
  result.norm = std::sqrt(result.norm);
  result.mean_abs /= finite;
  result.zeros /= static_cast<double>(values.numel());
  return result;
}

class CallbackParameters : public testing::Training {
 protected:
  /// Logs one step from `before` to `after`, with `gradient`, and compares what is read back.
  void expect_statistics(const torch::Tensor& before, const torch::Tensor& after,
                         const torch::Tensor& gradient, double precision = 1e-6) {
    OneImpl net(before.clone());
    torch::optim::SGD optimizer(net.parameters(), 0.1);
    {
      TrainingCallback callback(net, optimizer, options());
      {
        const torch::NoGradGuard no_grad;
        net.weight.copy_(after);
      }
      net.weight.mutable_grad() = gradient;
      callback.on_batch_end({});
    }
    const Naive weight = naive(after), grad = naive(gradient);
    const auto expect_near = [&](const char* tag, double expected) {
      EXPECT_NEAR(last_number(tag), expected, precision * std::abs(expected)) << tag;
    };
    expect_near("WeightNorm/w", weight.norm);
    expect_near("WeightMeanAbs/w", weight.mean_abs);
    expect_near("WeightZeros/w", weight.zeros);
    expect_near("WeightNonFinite/w", weight.nonfinite);
    expect_near("GradientNorm/w", grad.norm);
    expect_near("GradientMeanAbs/w", grad.mean_abs);
    expect_near("GradientZeros/w", grad.zeros);
    expect_near("GradientNonFinite/w", grad.nonfinite);
    if (grad.nonfinite == 0) expect_near("TotalGradientNorm", grad.norm);
    const Naive update = naive(after - before);
    expect_near("UpdateNorm/w", update.norm);
    expect_near("UpdateMeanAbs/w", update.mean_abs);
    expect_near("UpdateZeros/w", update.zeros);
    expect_near("UpdateNonFinite/w", update.nonfinite);
    expect_near("UpdateRatio/w", update.norm / weight.norm);
    const auto values = last_values();
    for (const char* histogram : {"Weights/w", "Gradients/w", "Updates/w"}) {
      ASSERT_EQ(values.count(histogram), 1u) << histogram;
      const auto& counts = std::get<Histogram>(values.at(histogram)).counts;
      double sum = 0;
      for (const double count : counts) sum += count;
      const auto missing = histogram == std::string("Gradients/w") ? grad.nonfinite
                           : histogram == std::string("Weights/w") ? weight.nonfinite
                                                                   : update.nonfinite;
      EXPECT_EQ(sum, static_cast<double>(after.numel()) - missing) << histogram;
    }
    std::filesystem::remove_all(run_directory());
  }

  static torch::Tensor random(torch::IntArrayRef sizes) { return torch::randn(sizes); }
};

TEST_F(CallbackParameters, OfEveryFloatingTypeHaveTheStatisticsOfNaiveArithmetic) {
  for (const auto type : {torch::kFloat, torch::kDouble, torch::kHalf, torch::kBFloat16}) {
    SCOPED_TRACE(type);
    const auto before = random({7, 9}).to(type);
    auto gradient = random({7, 9});
    gradient[2].zero_();
    expect_statistics(before, (before + random({7, 9}).to(type)).to(type), gradient.to(type), 1e-5);
  }
}

TEST_F(CallbackParameters, OfComplexTypesHaveTheStatisticsOfTheirMagnitudes) {
  for (const auto type : {torch::kComplexFloat, torch::kComplexDouble}) {
    SCOPED_TRACE(type);
    expect_statistics(torch::randn({5, 3}, type), torch::randn({5, 3}, type),
                      torch::randn({5, 3}, type), 1e-5);
  }
}

TEST_F(CallbackParameters, ThatAreNotContiguousHaveTheStatisticsOfTheirElements) {
  const auto before = random({6, 8}).t(), after = random({6, 8}).t();
  expect_statistics(before, after, random({16, 6}).slice(0, 0, 16, 2));
  expect_statistics(before, after, random({8, 1}).expand({8, 6}));
  const auto image = random({2, 3, 4, 5}).contiguous(torch::MemoryFormat::ChannelsLast);
  expect_statistics(image, image + 1, image * 2);
}

TEST_F(CallbackParameters, WithSparseGradientsCountTheZerosThatAreNotStored) {
  auto gradient = torch::zeros({10, 4});
  gradient[3].fill_(2);
  gradient[7].fill_(-1);
  const auto before = random({10, 4});
  expect_statistics(before, before - 0.1 * gradient, gradient.to_sparse());
}

TEST_F(CallbackParameters, WithGradientsThatAreNotFiniteTellHowMany) {
  auto gradient = random({4, 5});
  gradient[0][0] = NAN;
  gradient[1][2] = INFINITY;
  const auto before = random({4, 5});
  expect_statistics(before, before + 1, gradient);
}

TEST_F(CallbackParameters, ThatAreZeroOrNotFiniteOrStayAsTheyAreTellHowMany) {
  auto before = random({4, 5});
  before[0].zero_();
  auto after = before + 1;
  after[1] = before[1];
  after[2][0] = NAN;
  after[2][1] = -INFINITY;
  after[3].zero_();
  expect_statistics(before, after, random({4, 5}));
}

TEST_F(CallbackParameters, ThatAreEmptyOrWithoutGradientHarmNoOthers) {
  struct NetImpl : torch::nn::Module {
    NetImpl() {
      register_parameter("empty", torch::empty({0, 3}));
      register_parameter("unused", torch::ones({2}));
      register_parameter("undefined", torch::Tensor(), /*requires_grad=*/false);
      used = register_parameter("used", torch::ones({3}));
    }
    torch::Tensor used;
  };
  NetImpl net;
  torch::optim::SGD optimizer(net.parameters(), 0.1);
  {
    TrainingCallback callback(net, optimizer, options());
    net.used.sum().backward();
    callback.on_batch_end({});
  }
  const auto steps = logged_steps();
  EXPECT_EQ(steps.count("GradientNorm/used"), 1u);
  EXPECT_EQ(steps.count("WeightNorm/unused"), 1u);
  EXPECT_EQ(steps.count("GradientNorm/unused"), 0u);
  EXPECT_EQ(steps.count("WeightNorm/empty"), 0u);
  EXPECT_NEAR(last_number("TotalGradientNorm"), std::sqrt(3.0), 1e-6);
}

/// A parameter of which LibTorch computes no differences beside one of which it does.
struct MaskedImpl : torch::nn::Module {
  MaskedImpl() {
    weight = register_parameter("weight", torch::ones({3, 3}));
    register_parameter("mask", torch::ones({3, 3}, torch::kBool), /*requires_grad=*/false);
  }
  torch::Tensor forward(torch::Tensor x) { return x.matmul(weight); }
  torch::Tensor weight;
};
TORCH_MODULE(Masked);

TEST_F(CallbackParameters, ThatAreNoNumbersHarmNoOthers) {
  Masked net;
  torch::optim::SGD optimizer({net->weight}, 0.1);
  {
    TrainingCallback callback(*net, optimizer, options());
    net->forward(torch::ones({2, 3})).sum().backward();
    optimizer.step();
    callback.on_batch_end({});
  }
  const auto logged = logged_steps();
  EXPECT_EQ(logged.count("Weights/weight"), 1u);
  EXPECT_EQ(logged.count("Updates/weight"), 1u);
  EXPECT_EQ(logged.count("GradientNorm/weight"), 1u);
  EXPECT_EQ(logged.count("Updates/mask"), 0u);
}

/// One tensor under two names.
struct TiedImpl : torch::nn::Module {
  TiedImpl() {
    register_parameter("encoder", weight);
    register_parameter("decoder", weight);
  }
  torch::Tensor forward(torch::Tensor x) { return x.matmul(weight); }
  torch::Tensor weight = torch::ones({2, 2}, torch::requires_grad());
};
TORCH_MODULE(Tied);

TEST_F(CallbackParameters, OfSeveralNamesAreLoggedUnderTheOneThatIsAskedFor) {
  Tied net;
  torch::optim::SGD optimizer({net->weight}, 0.1);
  TrainingCallback(*net, optimizer, options().include({"decoder"})).on_batch_end({});
  EXPECT_EQ(logged_steps().count("Weights/decoder"), 1u);
}

TEST_F(CallbackParameters, ThatModelsShareAreLoggedOnce) {
  OneImpl first(torch::ones({4}));
  struct SecondImpl : torch::nn::Module {
    explicit SecondImpl(const torch::Tensor& shared) { register_parameter("shared", shared); }
  };
  SecondImpl second(first.weight);
  torch::optim::SGD optimizer(first.parameters(), 0.1);
  {
    TrainingCallback callback({{"a", first, optimizer}, {"b", second, optimizer}}, options());
    callback.on_batch_end({});
  }
  EXPECT_EQ(logged_steps().count("Weights/a.w"), 1u);
  EXPECT_EQ(logged_steps().count("Weights/b.shared"), 0u);
}

}  // namespace
}  // namespace suar
