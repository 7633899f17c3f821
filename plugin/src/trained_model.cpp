#include <torch/csrc/jit/api/module.h>

#include <suar/trained_model.h>

namespace suar {

TrainedModel::TrainedModel(std::string name, Optimizers optimizers, torch::nn::Module& module,
                           ForwardFunction forward)
    : name_(std::move(name)),
      optimizers_(std::move(optimizers)),
      module_(&module),
      forward_(std::move(forward)) {
  for (const auto& parameter : module.named_parameters()) {
    parameters_.emplace_back(parameter.key(), parameter.value());
  }
}

TrainedModel::TrainedModel(std::string name, torch::jit::Module& model, Optimizers optimizers)
    : name_(std::move(name)), optimizers_(std::move(optimizers)), script_(&model) {
  for (const auto& parameter : model.named_parameters()) {
    parameters_.emplace_back(parameter.name, parameter.value);
  }
}

}  // namespace suar
