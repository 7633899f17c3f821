#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <torch/types.h>

#include <suar/callback_options.h>
#include <suar/trained_model.h>

namespace suar {

/// The parameters of one model that are recorded.
struct SelectedParameters {
  std::string model;               ///< its name; empty when it is the only one
  std::vector<std::string> names;  ///< "conv.weight"; with several models "generator.conv.weight"
  std::vector<torch::Tensor> tensors;
  std::vector<torch::Tensor> others;  ///< those that are not recorded, or with an earlier model
};

/// The tag of the norm over all gradients of a model: "TotalGradientNorm/generator".
std::string total_norm_tag(const SelectedParameters& model);

/// The parameters that the options ask for. What is registered twice (tied weights), in one model
/// or in two, is recorded once, under the first of its names that is asked for. Throws
/// `suar::Error` for a wrong expression, and for one that is found in no name of any model.
std::vector<SelectedParameters> select_parameters(const std::vector<TrainedModel>& models,
                                                  const CallbackOptions& options);

}  // namespace suar
