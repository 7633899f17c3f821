#pragma once

#include <atomic>

#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/csrc/lazy/ts_backend/ts_backend_impl.h>
#include <torch/types.h>

namespace suar::testing {

/// A device that is none of the processor's, in any LibTorch: the lazy one, which computes by the
/// processor in the end. Here it takes its time like an accelerator: what was asked of it is done
/// only when somebody waits for it, or when the test says so.
class SlowDevice : public c10::impl::DeviceGuardImplInterface {
 public:
  static SlowDevice& instance() {
    static SlowDevice* const device = [] {
      torch::lazy::InitTorchScriptBackend();
      static SlowDevice slow;
      static const c10::impl::DeviceGuardImplRegistrar registrar(c10::DeviceType::Lazy, &slow);
      return &slow;
    }();
    return *device;
  }
  static at::Device device() {
    instance();
    return {at::kLazy, 0};
  }

  /// Everything that was asked of it so far is done.
  void catch_up() const { done_ = asked_.load(); }

  /// How often somebody waited for it.
  int waits() const { return waits_; }

  /// The stream for which somebody waited last.
  c10::StreamId waited_for() const { return waited_for_; }

  /// Makes `stream`, 0 from the beginning, the one on which is done what is asked.
  void use_stream(c10::StreamId stream) { stream_ = stream; }

  c10::DeviceType type() const override { return c10::DeviceType::Lazy; }
  c10::Device exchangeDevice(c10::Device) const override { return getDevice(); }
  c10::Device getDevice() const override { return {type(), 0}; }
  void setDevice(c10::Device) const override {}
  void uncheckedSetDevice(c10::Device) const noexcept override {}
  c10::Stream getStream(c10::Device device) const noexcept override {
    return c10::Stream(c10::Stream::UNSAFE, device, stream_);
  }
  c10::Stream exchangeStream(c10::Stream) const noexcept override { return getStream(getDevice()); }
  c10::DeviceIndex deviceCount() const noexcept override { return 1; }

  // An event is the number of what was asked when it was recorded.
  void record(void** event, const c10::Stream&, c10::DeviceIndex, c10::EventFlag) const override {
    *event = reinterpret_cast<void*>(static_cast<intptr_t>(++asked_));
  }
  bool queryEvent(void* event) const override { return reinterpret_cast<intptr_t>(event) <= done_; }
  void destroyEvent(void*, c10::DeviceIndex) const noexcept override {}
  void synchronizeStream(const c10::Stream& stream) const override {
    ++waits_;
    waited_for_ = stream.id();
    catch_up();
  }

 private:
  mutable std::atomic<int> asked_{0}, done_{0}, waits_{0};
  mutable std::atomic<c10::StreamId> waited_for_{0};
  std::atomic<c10::StreamId> stream_{0};
};

}  // namespace suar::testing
