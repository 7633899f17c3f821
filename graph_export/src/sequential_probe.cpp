#include "sequential_probe.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <typeinfo>
#include <utility>

#include <torch/nn/modules/activation.h>
#include <torch/nn/modules/container/any.h>

#include "scope_recorder.h"

namespace suar::graph_export {
namespace {

using torch::nn::AnyModule;
using torch::nn::AnyModulePlaceholder;
using Content = std::unique_ptr<AnyModulePlaceholder>;

/// Reaches AnyModule::content_, which is private: an explicit instantiation may name it.
template <Content AnyModule::*member>
struct ContentOf {
  friend Content& content_of(AnyModule& any_module) { return any_module.*member; }
};
Content& content_of(AnyModule& any_module);
template struct ContentOf<&AnyModule::content_>;

template <typename Method>
struct ParameterOf;
template <typename Result, typename Class, typename Parameter>
struct ParameterOf<Result (Class::*)(Parameter) const> {
  using type = Parameter;
};
/// optional<Device>: of c10 in older releases, of std in newer ones.
using OptionalDevice = ParameterOf<decltype(&AnyModulePlaceholder::clone_module)>::type;

/// Stands in for the `AnyModuleHolder<Module, ...>` of a module whose class is exactly `Module`.
///
/// AnyModule::get<Module>() casts what it holds to that class and reads its only data member, the
/// shared pointer `module`. So that this goes on to work, the layout here is the same: the shared
/// pointer comes first behind the base class.
class ScopedHolder : public AnyModulePlaceholder {
 public:
  ScopedHolder(Content original, void* module, ModuleIndex index)
      : AnyModulePlaceholder(original->type_info),
        module_(original->ptr(), module),
        original_(std::move(original)),
        index_(index) {}

  torch::nn::AnyValue forward(std::vector<torch::nn::AnyValue>&& arguments) override {
    ScopeRecorder* recorder = ScopeRecorder::current();
    if (recorder == nullptr) return original_->forward(std::move(arguments));
    struct Scope {
      ScopeRecorder* recorder;
      ~Scope() { recorder->leave(); }
    } scope{recorder};
    recorder->enter({reinterpret_cast<std::uintptr_t>(&scope), index_, {}, true});
    return original_->forward(std::move(arguments));
  }
  std::shared_ptr<torch::nn::Module> ptr() override { return original_->ptr(); }
  Content copy() const override { return original_->copy(); }
  Content clone_module(OptionalDevice device) const override {
    return original_->clone_module(device);
  }

  Content take_original() { return std::move(original_); }

 private:
  std::shared_ptr<void> module_;  // must stay first
  Content original_;
  ModuleIndex index_;
};

using ExampleHolder = torch::nn::AnyModuleHolder<torch::nn::ReLUImpl, torch::Tensor>;
static_assert(sizeof(ExampleHolder) ==
                  sizeof(AnyModulePlaceholder) + sizeof(std::shared_ptr<torch::nn::ReLUImpl>),
              "torch::nn::AnyModuleHolder has got new members: adapt ScopedHolder");

void install(AnyModule& any_module, ModuleIndex index) {
  Content& content = content_of(any_module);
  const std::shared_ptr<torch::nn::Module> module = content->ptr();
  // Where the holder is for a base of the module's class, its pointer need not be the object's
  // address.
  if (content->type_info != typeid(*module)) return;
  void* object = dynamic_cast<void*>(module.get());
  content = std::make_unique<ScopedHolder>(std::move(content), object, index);
}

}  // namespace

SequentialProbe::SequentialProbe(const ModuleRegistry& registry) {
  const auto& modules = registry.modules();
  for (ModuleIndex index = 0; index < modules.size(); ++index) {
    auto* sequential = dynamic_cast<torch::nn::SequentialImpl*>(modules[index].module);
    if (sequential == nullptr) continue;
    // One that is registered twice has been dealt with under its first name.
    if (std::find(sequentials_.begin(), sequentials_.end(), sequential) != sequentials_.end()) {
      continue;
    }
    sequentials_.push_back(sequential);
    ModuleIndex child = index + 1;
    for (AnyModule& any_module : *sequential) {
      if (child >= modules[index].descendants_end) break;
      // replace_module() changes the registered module, not the one that runs.
      if (any_module.ptr().get() == modules[child].module) install(any_module, child);
      child = modules[child].descendants_end;
    }
  }
}

SequentialProbe::~SequentialProbe() {
  // Looked for afresh: forward() may have added children, which moves the others.
  for (torch::nn::SequentialImpl* sequential : sequentials_) {
    for (AnyModule& any_module : *sequential) {
      Content& content = content_of(any_module);
      if (auto* holder = dynamic_cast<ScopedHolder*>(content.get())) {
        content = holder->take_original();
      }
    }
  }
}

}  // namespace suar::graph_export
