#include <torch/csrc/jit/api/module.h>

#include <suar/trained_model.h>

namespace suar {

TrainedModel::TrainedModel(std::string name, Optimizers optimizers, torch::nn::Module& module,
                           ForwardFunction forward)
    : name_(std::move(name)),
      optimizers_(std::move(optimizers)),
      module_(&module),
      forward_(std::move(forward)) {}

TrainedModel::TrainedModel(std::string name, torch::jit::Module& model, Optimizers optimizers)
    : name_(std::move(name)), optimizers_(std::move(optimizers)), script_(&model) {}

std::vector<std::pair<std::string, torch::Tensor>> TrainedModel::parameters() const {
  std::vector<std::pair<std::string, torch::Tensor>> parameters;
  if (script_ != nullptr) {
    for (const auto& parameter : script_->named_parameters()) {
      parameters.emplace_back(parameter.name, parameter.value);
    }
  } else {
    for (const auto& parameter : module_->named_parameters()) {
      parameters.emplace_back(parameter.key(), parameter.value());
    }
  }
  return parameters;
}

}  // namespace suar
