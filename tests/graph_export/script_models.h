#pragma once

#include <string>

#include <torch/script.h>

namespace suar::testing {

inline torch::jit::Module script_module(const std::string& class_name, const std::string& code) {
  torch::jit::Module module(class_name);
  module.define(code);
  return module;
}

/// A linear layer of TorchScript.
inline torch::jit::Module script_linear(int64_t in, int64_t out) {
  torch::jit::Module linear("__torch__.Linear");
  linear.register_parameter("weight", torch::rand({out, in}), false);
  linear.register_parameter("bias", torch::rand({out}), false);
  linear.define(R"(
    def forward(self, x):
      return torch.linear(x, self.weight, self.bias)
  )");
  return linear;
}

/// Two linear layers, the second inside of a block; a buffer; a flag that says whether it trains.
inline torch::jit::Module script_net() {
  torch::jit::Module block("__torch__.models.Block");
  block.register_module("linear", script_linear(4, 3));
  block.define(R"(
    def _scaled(self, x):
      return x * 2
    def forward(self, x):
      return torch.relu(self.linear.forward(self._scaled(x)))
  )");
  torch::jit::Module net("__torch__.Net");
  net.register_module("first", script_linear(6, 4));
  net.register_module("block", block);
  net.register_buffer("mean", torch::zeros({3}));
  net.register_attribute("training", c10::BoolType::get(), true);
  net.define(R"(
    def encode(self, x):
      return self.first.forward(x)
    def forward(self, x):
      y = self.block.forward(self.encode(x))
      return torch.dropout(y - self.mean, 0.5, self.training)
  )");
  return net;
}

}  // namespace suar::testing
