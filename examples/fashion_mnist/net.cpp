#include "net.h"

#include <torch/torch.h>

#include <suar/watch.h>

using namespace torch::nn;

namespace {

constexpr int64_t kFeatures = 32 * 7 * 7;
constexpr int64_t kHidden = 128;
constexpr int64_t kClasses = 10;
constexpr int kDeepLayers = 8;  // between the first and the last of a deep classifier

Sequential make_features() {
  return Sequential(Conv2d(Conv2dOptions(1, 16, 3).padding(1)), ReLU(), MaxPool2d(2),
                    Conv2d(Conv2dOptions(16, 32, 3).padding(1)), ReLU(), MaxPool2d(2));
}

Sequential make_classifier() {
  return Sequential(Linear(kFeatures, kHidden), ReLU(), Dropout(0.25), Linear(kHidden, kClasses));
}

template <class Activation>
Sequential make_deep_classifier() {
  Sequential layers(Linear(kFeatures, kHidden), Activation());
  for (int i = 0; i < kDeepLayers; ++i) {
    layers->push_back(Linear(kHidden, kHidden));
    layers->push_back(Activation());
  }
  layers->push_back(Linear(kHidden, kClasses));
  return layers;
}

Sequential make_classifier(Illness illness) {
  switch (illness) {
    case Illness::vanishing:
      return make_deep_classifier<Sigmoid>();
    case Illness::exploding: {
      auto layers = make_deep_classifier<ReLU>();
      // Kaiming's standard deviation would be sqrt(2 / 128) = 0.125: each layer doubles and more.
      for (auto& module : layers->modules(/*include_self=*/false)) {
        if (auto* linear = module->as<LinearImpl>()) init::normal_(linear->weight, 0, 0.4);
      }
      return layers;
    }
    case Illness::dead_relu: {
      auto layers = make_classifier();
      init::constant_(layers[0]->as<LinearImpl>()->bias, -100);
      return layers;
    }
    case Illness::none:
    case Illness::nan:
      break;
  }
  return make_classifier();
}

}  // namespace

NetImpl::NetImpl(Illness illness)
    : features(register_module("features", make_features())),
      classifier(register_module("classifier", make_classifier(illness))) {}

torch::Tensor NetImpl::forward(torch::Tensor images) {
  return classifier->forward(suar::watch(features->forward(images), "features").flatten(1));
}
