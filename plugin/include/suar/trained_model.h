#pragma once

#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <torch/nn/module.h>
#include <torch/optim/optimizer.h>
#include <torch/types.h>

#include <suar/forward_function.h>

namespace torch::jit {
struct Module;
}

namespace suar {

/// The optimizers that train a model: `{sgd, adam}`, in the order in which they are numbered.
using Optimizers = std::vector<std::reference_wrapper<torch::optim::Optimizer>>;

/// Whether `Model` is what a `TrainedModel` takes, not a holder or a pointer of it.
template <class Model>
constexpr bool is_trained_model() {
  return std::is_base_of_v<torch::nn::Module, Model> ||
         std::is_convertible_v<Model&, torch::jit::Module&>;
}

/// A model of a training, with the optimizers that train it. Both must outlive what is made of it.
class TrainedModel {
 public:
  /// `model` is a module with its class known (`*model` of a holder or of a `std::shared_ptr`), so
  /// that its `forward` can be traced. `name` tells the models of a training apart and may be empty
  /// when there is only one.
  template <class Model, std::enable_if_t<std::is_base_of_v<torch::nn::Module, Model>, bool> = true>
  TrainedModel(std::string name, Model& model, Optimizers optimizers)
      : TrainedModel(std::move(name), std::move(optimizers), model, make_forward(model)) {}

  /// A TorchScript model.
  TrainedModel(std::string name, torch::jit::Module& model, Optimizers optimizers);

  template <class Model>
  TrainedModel(std::string name, Model& model, torch::optim::Optimizer& optimizer)
      : TrainedModel(std::move(name), model, Optimizers{optimizer}) {}

  const std::string& name() const { return name_; }
  const Optimizers& optimizers() const { return optimizers_; }

  /// The parameters that the model has now, in the order of registration; one that is registered
  /// twice is there twice.
  std::vector<std::pair<std::string, torch::Tensor>> parameters() const;

  /// What a graph can be made of: the TorchScript model, or null; the other one and a way to run it
  /// on one tensor, null and empty when there is none.
  const torch::jit::Module* script() const { return script_; }
  torch::nn::Module* module() const { return module_; }
  const ForwardFunction& forward() const { return forward_; }

 private:
  TrainedModel(std::string name, Optimizers optimizers, torch::nn::Module& module,
               ForwardFunction forward);

  template <class Model>
  static ForwardFunction make_forward(Model& model) {
    if constexpr (takes_one_tensor<Model>()) {
      return forward_function(model);
    } else {
      return {};
    }
  }

  std::string name_;
  Optimizers optimizers_;
  const torch::jit::Module* script_ = nullptr;
  torch::nn::Module* module_ = nullptr;
  ForwardFunction forward_;
};

}  // namespace suar
