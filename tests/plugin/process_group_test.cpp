// What one rank of a distributed training does, with a group that is none. Real ones:
// distributed_test.cpp.

#include <csignal>
#include <stdexcept>

#include <gtest/gtest.h>
#include <torch/torch.h>
#include <unistd.h>

#include <suar/c10d_process_group.h>
#include <suar/training_callback.h>

#include "slow_device.h"
#include "training.h"

namespace suar {
namespace {

using testing::SmallNet;
using Steps = std::vector<int64_t>;

/// A group of which there is this rank only; rank 1 says what the test lets it say.
class FakeGroup : public ProcessGroup {
 public:
  FakeGroup(int rank, int size) : rank_(rank), size_(size) {}

  int rank() const override { return rank_; }
  int size() const override { return size_; }
  std::vector<std::string> gather(const std::string& bytes) override {
    ++meetings;
    if (rank_ != 0) return {};
    return {bytes, meetings == 1 || rank_1_says.empty() ? bytes : rank_1_says};
  }
  std::string broadcast(const std::string& bytes) override {
    return rank_ == 0 ? bytes : rank_0_says;
  }

  int meetings = 0;
  std::string rank_1_says;  ///< after the first meeting; when empty, the same as rank 0
  std::string rank_0_says;  ///< to all

 private:
  const int rank_, size_;
};

class ProcessGroupTest : public testing::Training {
 protected:
  ProcessGroupTest() : optimizer_(net_->parameters(), 0.1) {}

  void train(const CallbackOptions& options) {
    TrainingCallback callback(*net_, optimizer_, options);
    callback.on_epoch_begin(0);
    for (int i = 0; i < 4; ++i) callback.on_batch_end(train_step(net_, optimizer_));
    callback.on_epoch_end({{"loss", 2}});
    callback.on_train_end();
  }

  SmallNet net_;
  torch::optim::SGD optimizer_;
};

TEST_F(ProcessGroupTest, MeetsOnceAStepThatIsDueAndAtTheEndsOfEpochAndTraining) {
  // Before all, too.
  const auto group = std::make_shared<FakeGroup>(0, 2);
  train(options().process_group(group));
  EXPECT_EQ(logged_steps()["Loss/train"], (Steps{0, 2}));
  EXPECT_EQ(group->meetings, 1 + 2 + 2);
}

TEST_F(ProcessGroupTest, AddsUpTheThroughputOfItsRanks) {
  train(options().process_group(std::make_shared<FakeGroup>(0, 2)));
  // Eight samples a step, on each of two ranks.
  EXPECT_NEAR(last_number("Throughput/samples"), 16 * last_number("Throughput/steps"),
              1e-4 * last_number("Throughput/samples"));
}

/// One weight, on a device from the beginning.
struct DeviceNetImpl : torch::nn::Module {
  DeviceNetImpl() {
    weight = register_parameter("weight", torch::ones({3, 4}).to(testing::SlowDevice::device()));
  }
  torch::Tensor weight;
};

TEST_F(ProcessGroupTest, MeetsAtTheStepItselfAlsoWhereADeviceIsNotDoneYet) {
  const auto group = std::make_shared<FakeGroup>(0, 2);
  DeviceNetImpl net;
  torch::optim::SGD optimizer(net.parameters(), 0.1);
  std::vector<int> meetings;
  {
    TrainingCallback callback(net, optimizer, options().process_group(group));
    for (int i = 0; i < 3; ++i) {
      optimizer.zero_grad();
      const auto loss = net.weight.square().sum();
      loss.backward();
      optimizer.step();
      callback.on_batch_end({loss, {}, {}, {}});
      meetings.push_back(group->meetings);
    }
    callback.on_train_end();
  }
  EXPECT_EQ(meetings, (std::vector<int>{2, 2, 3}));
  EXPECT_EQ(logged_steps()["Loss/train"], (Steps{0, 2}));
  const auto values = last_values();
  EXPECT_EQ(std::get<Histogram>(values.at("Gradients/weight")).count, 2 * 12);
  EXPECT_EQ(std::get<Histogram>(values.at("Weights/weight")).count, 12);
}

TEST_F(ProcessGroupTest, IsLeftWhereRank0SaysThatSettingsDiffer) {
  const auto group = std::make_shared<FakeGroup>(1, 2);
  group->rank_0_says = "theirs are others.";
  ::testing::internal::CaptureStderr();
  train(options().process_group(group));
  const std::string messages = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(messages.find("theirs are others"), std::string::npos) << messages;
  EXPECT_EQ(group->meetings, 1);
}

TEST_F(ProcessGroupTest, OfOneIsNone) {
  const auto group = std::make_shared<FakeGroup>(0, 1);
  train(options().process_group(group));
  EXPECT_EQ(group->meetings, 0);
  EXPECT_EQ(logged_steps()["Loss/train"], (Steps{0, 2}));
  EXPECT_EQ(last_number("Loss/validation"), 2);
}

TEST_F(ProcessGroupTest, LeavesTheDiskToRank0) {
  const auto group = std::make_shared<FakeGroup>(1, 2);
  ::testing::internal::CaptureStderr();
  {
    TrainingCallback callback(*net_, optimizer_, options().process_group(group).progress(true));
    callback.on_train_begin(torch::rand({1, 1, 8, 8}));
    for (int i = 0; i < 4; ++i) callback.on_batch_end(train_step(net_, optimizer_));
    callback.writer().add_text("Mine", "of rank 1", 3);
    callback.writer().flush();
    callback.on_epoch_end({{"loss", 2}});
    EXPECT_EQ(callback.log_directory(), "");
    EXPECT_EQ(callback.step(), 4);
    EXPECT_TRUE(callback.findings().empty());
  }
  EXPECT_EQ(group->meetings, 4);
  EXPECT_FALSE(std::filesystem::exists(run_directory()));
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST_F(ProcessGroupTest, IsNotMetWhileAnExceptionEndsTheTraining) {
  const auto group = std::make_shared<FakeGroup>(0, 2);
  try {
    TrainingCallback callback(*net_, optimizer_, options().process_group(group));
    callback.on_batch_end(train_step(net_, optimizer_));
    callback.log("mine", 5);
    throw std::runtime_error("out of memory");
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(group->meetings, 2);
  EXPECT_EQ(last_number("mine"), 5);
}

TEST_F(ProcessGroupTest, ThatBringsNonsenseIsReportedAndMetAgain) {
  const auto group = std::make_shared<FakeGroup>(0, 2);
  group->rank_1_says = "nonsense";
  ::testing::internal::CaptureStderr();
  train(options().process_group(group));
  const std::string messages = ::testing::internal::GetCapturedStderr();
  const auto first = messages.find("cannot use the values of another rank");
  EXPECT_NE(first, std::string::npos) << messages;
  EXPECT_EQ(messages.find("cannot use", first + 1), std::string::npos) << messages;
  EXPECT_EQ(group->meetings, 5);
  EXPECT_EQ(logged_steps()["Loss/train"], (Steps{0, 2}));
}

/// A group of c10d with what NCCL of LibTorch 1.13 can do. Each of its ranks says the same.
class AllGatherGroup : public c10::intrusive_ptr_target {
 public:
  explicit AllGatherGroup(int rank) : rank_(rank) {}

  struct Work {
    bool wait() const { return true; }
  };

  int getRank() const { return rank_; }
  int getSize() const { return 3; }
  std::shared_ptr<Work> allgather(std::vector<std::vector<torch::Tensor>>& outputs,
                                  std::vector<torch::Tensor>& inputs) {
    for (torch::Tensor& output : outputs.at(0)) output.copy_(inputs.at(0));
    return std::make_shared<Work>();
  }
  std::shared_ptr<Work> broadcast(std::vector<torch::Tensor>&) { return std::make_shared<Work>(); }

 private:
  const int rank_;
};

TEST(C10dProcessGroup, KeepsItsProcessAliveWhereGlooWritesToARankThatDied) {
  const auto write_to_nobody = [](bool has_group) {
    std::signal(SIGPIPE, SIG_DFL);
    if (has_group) c10d_process_group(c10::make_intrusive<AllGatherGroup>(0));
    std::raise(SIGPIPE);
    _exit(0);
  };
  EXPECT_EXIT(write_to_nobody(false), ::testing::KilledBySignal(SIGPIPE), "");
  EXPECT_EXIT(write_to_nobody(true), ::testing::ExitedWithCode(0), "");
}

TEST(C10dProcessGroup, GathersAlsoWhereTheGroupOnlyGathersOnAllRanks) {
  const auto on_rank = [](int rank) {
    return c10d_process_group(c10::make_intrusive<AllGatherGroup>(rank));
  };
  using Messages = std::vector<std::string>;
  EXPECT_EQ(on_rank(0)->gather("some bytes"), Messages(3, "some bytes"));
  EXPECT_EQ(on_rank(1)->gather("some bytes"), Messages());
  EXPECT_EQ(on_rank(0)->gather(""), Messages(3));
}

}  // namespace
}  // namespace suar
