#pragma once

#include <algorithm>
#include <csignal>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <c10/util/intrusive_ptr.h>

#include <suar/process_group.h>

namespace suar {

/// A group of `torch/csrc/distributed/c10d` for `CallbackOptions::process_group`. `Group` is any
/// class with the `allgather` of `c10d::ProcessGroup` or, in newer LibTorch,
/// `c10d::Backend`: only that needs LibTorch's distributed part.
template <class Group>
class C10dProcessGroup final : public ProcessGroup {
 public:
  C10dProcessGroup(c10::intrusive_ptr<Group> group, at::Device device)
      : group_(std::move(group)), device_(device) {
    ignore_broken_pipes();
  }

  int rank() const override { return group_->getRank(); }
  int size() const override { return group_->getSize(); }

  std::vector<std::string> gather(const std::string& bytes) override {
    const at::NoGradGuard no_grad;
    std::vector<int64_t> lengths;
    for (const at::Tensor& length :
         all_gather(at::full({1}, static_cast<int64_t>(bytes.size()), at::kLong))) {
      lengths.push_back(length.item<int64_t>());
    }
    // Tensors that meet are of one size.
    const int64_t longest = *std::max_element(lengths.begin(), lengths.end());
    if (longest == 0) return std::vector<std::string>(rank() == 0 ? lengths.size() : 0);
    const at::Tensor padded = at::zeros({longest}, at::kByte);
    std::memcpy(padded.data_ptr<uint8_t>(), bytes.data(), bytes.size());
    const std::vector<at::Tensor> all = all_gather(padded);
    std::vector<std::string> gathered;
    for (std::size_t i = 0; rank() == 0 && i < lengths.size(); ++i) {
      const at::Tensor received = all[i].to(at::kCPU);
      gathered.emplace_back(reinterpret_cast<const char*>(received.data_ptr<uint8_t>()),
                            static_cast<std::size_t>(lengths[i]));
    }
    return gathered;
  }

  std::string broadcast(const std::string& bytes) override {
    const at::NoGradGuard no_grad;
    const auto size = static_cast<int64_t>(bytes.size());
    std::vector<at::Tensor> length{at::full({1}, size, at::kLong).to(device_)};
    group_->broadcast(length)->wait();
    std::string received(static_cast<std::size_t>(length[0].item<int64_t>()), '\0');
    if (received.empty()) return received;
    at::Tensor buffer = at::zeros({static_cast<int64_t>(received.size())}, at::kByte);
    if (rank() == 0) std::memcpy(buffer.data_ptr<uint8_t>(), bytes.data(), bytes.size());
    std::vector<at::Tensor> tensors{buffer.to(device_)};
    group_->broadcast(tensors)->wait();
    buffer = tensors[0].to(at::kCPU);
    std::memcpy(received.data(), buffer.data_ptr<uint8_t>(), received.size());
    return received;
  }

 private:
  /// Gloo writes to ranks that may have died, by a call that then raises SIGPIPE: it would end this
  /// process, too, without a word.
  static void ignore_broken_pipes() {
    struct sigaction present = {};
    const bool is_default =
        sigaction(SIGPIPE, nullptr, &present) == 0 && present.sa_handler == SIG_DFL;
    if (is_default) std::signal(SIGPIPE, SIG_IGN);
  }

  /// Also for what only rank 0 wants: NCCL of LibTorch 1.13 has no other way to gather.
  std::vector<at::Tensor> all_gather(const at::Tensor& own) {
    std::vector<at::Tensor> inputs{own.to(device_)};
    std::vector<std::vector<at::Tensor>> outputs(1);
    for (int i = 0; i < size(); ++i) outputs[0].push_back(at::empty_like(inputs[0]));
    group_->allgather(outputs, inputs)->wait();
    return std::move(outputs[0]);
  }

  const c10::intrusive_ptr<Group> group_;
  const at::Device device_;
};

/// `suar::CallbackOptions("runs/a").process_group(suar::c10d_process_group(group))`. `device` is
/// where the group wants its tensors: a GPU for NCCL. From now on the process ignores SIGPIPE,
/// unless it has an action of its own for it: else a rank that dies could take this one along.
///
/// Groups match the operations of their processes by their order. Give the callback a group of its
/// own (a second one, over a `c10d::PrefixStore`) where the training's group is at work in other
/// threads while the callback's hooks are called.
template <class Group>
std::shared_ptr<ProcessGroup> c10d_process_group(c10::intrusive_ptr<Group> group,
                                                 at::Device device = at::kCPU) {
  return std::make_shared<C10dProcessGroup<Group>>(std::move(group), device);
}

}  // namespace suar
