#pragma once

#include <cmath>
#include <tuple>

#include <torch/torch.h>

#include "truth.h"

namespace suar::testing {

/// The convolutional net of every tutorial: layers as members, the rest as functions.
template <Truth truth>
struct LeNetImpl : torch::nn::Module {
  LeNetImpl()
      : conv1(this->register_module("conv1", torch::nn::Conv2d(1, 6, 5))),
        conv2(this->register_module("conv2", torch::nn::Conv2d(6, 16, 5))),
        fc1(this->register_module("fc1", torch::nn::Linear(256, 120))),
        fc2(this->register_module("fc2", torch::nn::Linear(120, 84))),
        fc3(this->register_module("fc3", torch::nn::Linear(84, 10))) {}

  torch::Tensor forward(torch::Tensor x) {
    const TruthScope<truth> scope(*this);
    x = torch::max_pool2d(torch::relu(conv1->forward(x)), 2);
    x = torch::max_pool2d(torch::relu(conv2->forward(x)), 2);
    x = torch::relu(fc1->forward(x.flatten(1)));
    return torch::log_softmax(fc3->forward(torch::relu(fc2->forward(x))), 1);
  }

  torch::nn::Conv2d conv1, conv2;
  torch::nn::Linear fc1, fc2, fc3;
};

/// Repeated activations in a Sequential and around it.
template <Truth truth>
struct RepeatedReluImpl : torch::nn::Module {
  RepeatedReluImpl()
      : layers(this->register_module(
            "layers",
            torch::nn::Sequential(torch::nn::Linear(4, 4), torch::nn::ReLU(), torch::nn::ReLU(),
                                  torch::nn::Tanh(), torch::nn::Tanh(), torch::nn::ReLU()))) {}

  torch::Tensor forward(torch::Tensor x) {
    const TruthScope<truth> scope(*this);
    return torch::relu(layers->forward(torch::relu(x)));
  }

  torch::nn::Sequential layers;
};

/// Tags each token of a sequence; uses of a layer's result that is a tuple.
template <Truth truth>
struct TaggerImpl : torch::nn::Module {
  TaggerImpl()
      : embedding(this->register_module("embedding", torch::nn::Embedding(20, 6))),
        lstm(this->register_module(
            "lstm",
            torch::nn::LSTM(torch::nn::LSTMOptions(6, 5).num_layers(2).bidirectional(true)))),
        output(this->register_module("output", torch::nn::Linear(10, 3))) {}

  torch::Tensor forward(torch::Tensor tokens) {
    const TruthScope<truth> scope(*this);
    const auto states = std::get<0>(lstm->forward(embedding->forward(tokens)));
    return torch::log_softmax(output->forward(torch::tanh(states)), -1);
  }

  torch::nn::Embedding embedding;
  torch::nn::LSTM lstm;
  torch::nn::Linear output;
};

/// Attention as people write it themselves.
template <Truth truth>
struct AttentionImpl : torch::nn::Module {
  AttentionImpl(int64_t size, int64_t heads)
      : heads(heads),
        query(this->register_module("query", torch::nn::Linear(size, size))),
        key(this->register_module("key", torch::nn::Linear(size, size))),
        value(this->register_module("value", torch::nn::Linear(size, size))),
        output(this->register_module("output", torch::nn::Linear(size, size))) {}

  torch::Tensor split(const torch::Tensor& x) const {
    return x.view({x.size(0), x.size(1), heads, x.size(2) / heads}).transpose(1, 2);
  }

  torch::Tensor forward(torch::Tensor x) {
    const TruthScope<truth> scope(*this);
    const auto q = split(query->forward(x));
    const auto k = split(key->forward(x));
    const auto v = split(value->forward(x));
    const auto scores =
        torch::matmul(q, k.transpose(-2, -1)) / std::sqrt(static_cast<double>(q.size(-1)));
    const auto mixed = torch::matmul(torch::softmax(scores, -1), v);
    return output->forward(mixed.transpose(1, 2).reshape(x.sizes()));
  }

  int64_t heads;
  torch::nn::Linear query, key, value, output;
};

template <Truth truth>
struct EncoderLayerImpl : torch::nn::Module {
  EncoderLayerImpl(int64_t size, int64_t heads)
      : norm1(this->register_module("norm1",
                                    torch::nn::LayerNorm(torch::nn::LayerNormOptions({size})))),
        attention(this->register_module("attention",
                                        std::make_shared<AttentionImpl<truth>>(size, heads))),
        norm2(this->register_module("norm2",
                                    torch::nn::LayerNorm(torch::nn::LayerNormOptions({size})))),
        linear1(this->register_module("linear1", torch::nn::Linear(size, 4 * size))),
        linear2(this->register_module("linear2", torch::nn::Linear(4 * size, size))) {}

  torch::Tensor forward(torch::Tensor x) {
    const TruthScope<truth> scope(*this);
    x = x + attention->forward(norm1->forward(x));
    return x + linear2->forward(torch::gelu(linear1->forward(norm2->forward(x))));
  }

  torch::nn::LayerNorm norm1;
  std::shared_ptr<AttentionImpl<truth>> attention;
  torch::nn::LayerNorm norm2;
  torch::nn::Linear linear1, linear2;
};

/// [batch, time, size], as large as wanted: about 42 operations a layer.
template <Truth truth>
struct EncoderImpl : torch::nn::Module {
  EncoderImpl(int64_t layer_count, int64_t size, int64_t heads) {
    for (int64_t i = 0; i < layer_count; ++i) {
      layers->push_back(std::make_shared<EncoderLayerImpl<truth>>(size, heads));
    }
    this->register_module("layers", layers);
  }

  torch::Tensor forward(torch::Tensor x) {
    const TruthScope<truth> scope(*this);
    for (const auto& layer : *layers) {
      x = layer->template as<EncoderLayerImpl<truth>>()->forward(x);
    }
    return x;
  }

  torch::nn::ModuleList layers;
};

/// The weight of the embedding is also that of the last layer.
template <Truth truth>
struct TiedImpl : torch::nn::Module {
  TiedImpl()
      : embedding(this->register_module("embedding", torch::nn::Embedding(20, 6))),
        decoder(this->register_module(
            "decoder", torch::nn::Linear(torch::nn::LinearOptions(6, 20).bias(false)))) {
    decoder->weight = embedding->weight;
  }

  torch::Tensor forward(torch::Tensor tokens) {
    const TruthScope<truth> scope(*this);
    return decoder->forward(torch::relu(embedding->forward(tokens)));
  }

  torch::nn::Embedding embedding;
  torch::nn::Linear decoder;
};

/// Two inputs, one module for both of them, another used in a loop.
template <Truth truth>
struct SiameseImpl : torch::nn::Module {
  SiameseImpl()
      : shared(this->register_module("shared", torch::nn::Linear(3, 4))),
        step(this->register_module("step", torch::nn::Linear(4, 4))) {}

  std::tuple<torch::Tensor, torch::Tensor> forward(torch::Tensor a, torch::Tensor b) {
    const TruthScope<truth> scope(*this);
    a = torch::relu(shared->forward(a));
    b = torch::relu(shared->forward(b));
    for (int i = 0; i < 3; ++i) a = torch::tanh(step->forward(a));
    return {a + b, a - b};
  }

  torch::nn::Linear shared, step;
};

}  // namespace suar::testing
