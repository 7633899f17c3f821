#include <atomic>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/torch.h>

#include <suar/graph_export.h>

#include "graph_checks.h"
#include "models.h"
#include "state_guard.h"

using namespace suar::testing;

namespace {

/// Random numbers, a buffer that changes in evaluation mode too, and an input changed in place.
struct Restless : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    calls.add_(1);
    x.add_(1);
    x = norm->forward(dropout->forward(x)) + torch::rand_like(x) * weight;
    if (fails) throw std::runtime_error("the model is out of order");
    return x;
  }
  torch::nn::BatchNorm1d norm = register_module("norm", torch::nn::BatchNorm1d(3));
  torch::nn::Dropout dropout = register_module("dropout", torch::nn::Dropout(0.5));
  torch::Tensor weight = register_parameter("weight", torch::ones({3}));
  torch::Tensor calls = register_buffer("calls", torch::zeros({1}));
  bool fails = false;
};

void expect_left_alone(bool fails) {
  torch::manual_seed(7);
  Restless net;
  net.train();
  net.norm->eval();
  torch::Tensor input = torch::ones({4, 3});
  net.forward(input.clone()).sum().backward();
  const torch::Tensor gradient = net.weight.grad().clone();
  const torch::Tensor calls = net.calls.clone();
  const torch::Tensor mean = net.norm->running_mean.clone();
  const auto version = net.weight._version();
  const torch::Tensor random_state = at::detail::getDefaultCPUGenerator().get_state();

  net.fails = fails;
  if (fails) {
    EXPECT_THROW(suar::export_graph(net, input), std::runtime_error);
  } else {
    expect_well_formed(suar::export_graph(net, input));
  }

  EXPECT_FALSE(torch::jit::tracer::isTracing());
  EXPECT_TRUE(torch::GradMode::is_enabled());
  EXPECT_TRUE(net.is_training());
  EXPECT_TRUE(net.dropout->is_training());
  EXPECT_FALSE(net.norm->is_training());
  EXPECT_TRUE(torch::equal(net.weight.grad(), gradient));
  EXPECT_TRUE(torch::equal(net.calls, calls));
  EXPECT_TRUE(torch::equal(net.norm->running_mean, mean));
  EXPECT_EQ(net.weight._version(), version);
  EXPECT_TRUE(torch::equal(input, torch::ones({4, 3})));
  EXPECT_TRUE(torch::equal(at::detail::getDefaultCPUGenerator().get_state(), random_state));
  net.fails = false;
  expect_well_formed(suar::export_graph(net, input));
}

template <typename Call>
std::string message_of(Call call) {
  try {
    call();
  } catch (const suar::Error& error) {
    return error.what();
  }
  ADD_FAILURE() << "no suar::Error";
  return {};
}

}  // namespace

TEST(GraphSafety, LeavesTheModelAsItWas) {
  expect_left_alone(/*fails=*/false);
}

TEST(GraphSafety, LeavesTheModelAsItWasWhenForwardThrows) {
  expect_left_alone(/*fails=*/true);
}

TEST(GraphSafety, GivesASequentialBackItsChildrenWhenOneThrows) {
  torch::nn::Sequential net(torch::nn::Linear(2, 3), torch::nn::ReLU(), torch::nn::Linear(4, 2));
  EXPECT_THROW(suar::export_graph(net, torch::zeros({1, 2})), c10::Error);
  EXPECT_EQ(net->at<torch::nn::LinearImpl>(0).options.out_features(), 3);
  net->at<torch::nn::LinearImpl>(0).weight.data_ptr();
  EXPECT_NO_THROW(net->clone());
}

namespace {

/// Changes tensors in evaluation mode, in all ways that there are.
struct WritesEverywhere : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    const torch::NoGradGuard no_grad;
    weight.clamp_(-1, 1);
    rows.select(0, 0).mul_(2);
    const torch::Tensor early_view = rows.view(-1);
    early_view.add_(1);
    hidden.data().add_(1);
    moved.set_data(moved + 1);
    turned.t_();
    grown.resize_({4});
    torch::add_out(sum, x, x);
    torch::batch_norm(x, {}, {}, mean, variance, /*training=*/true, 0.1, 1e-5, false);
    return x * weight + rows.sum() + hidden + sum;
  }

  torch::Tensor parameter(const std::string& name, torch::IntArrayRef sizes) {
    return register_parameter(name, torch::full(sizes, 2.0f));
  }
  torch::Tensor weight = parameter("weight", {3}), rows = parameter("rows", {2, 3}),
                hidden = parameter("hidden", {3}), moved = parameter("moved", {2}),
                turned = parameter("turned", {2, 3});
  torch::Tensor grown = register_buffer("grown", torch::zeros({2})),
                sum = register_buffer("sum", torch::zeros({4, 3})),
                mean = register_buffer("mean", torch::zeros({3})),
                variance = register_buffer("variance", torch::ones({3}));
};

}  // namespace

TEST(GraphSafety, PutsBackWhatForwardWritesWithItsVersions) {
  WritesEverywhere net;
  struct Before {
    torch::Tensor tensor, contents;
    const void* memory;
    int64_t version;
  };
  std::vector<Before> all;
  for (const auto& tensors : {net.parameters(), net.buffers()}) {
    for (const torch::Tensor& tensor : tensors) {
      all.push_back({tensor, tensor.detach().clone(), tensor.storage().unsafeGetStorageImpl(),
                     static_cast<int64_t>(tensor._version())});
    }
  }
  const torch::Tensor loss = net.weight.square().sum() + net.rows.square().sum();

  const torch::Tensor view = net.rows.detach().view(-1);
  const suar::Graph graph = suar::export_graph(net, torch::rand({4, 3}));
  expect_well_formed(graph);
  EXPECT_EQ(scopes_of(graph, "aten::clamp_").size(), 1u);

  ASSERT_EQ(all.size(), 9u);
  for (const Before& before : all) {
    ASSERT_EQ(before.tensor.sizes(), before.contents.sizes());
    EXPECT_TRUE(torch::equal(before.tensor, before.contents)) << before.tensor;
    EXPECT_EQ(before.tensor.storage().unsafeGetStorageImpl(), before.memory);
    EXPECT_EQ(before.tensor._version(), before.version);
  }
  // A backward pass that is still to come asks for versions.
  EXPECT_NO_THROW(loss.backward());
  // Views count with what they are views of, as before.
  view.add_(1);
  EXPECT_EQ(net.rows._version(), all[1].version + 1);
}

namespace {

/// Does to its gradients what a test gives it to do.
struct HandlesGradients : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    handle(*this, x);
    return linear->forward(x);
  }
  torch::nn::Linear linear = register_module("linear", torch::nn::Linear(3, 2));
  torch::nn::Linear fresh = register_module("fresh", torch::nn::Linear(3, 2));
  std::function<void(HandlesGradients&, torch::Tensor)> handle;
};

void expect_gradients_left_alone(std::function<void(HandlesGradients&, torch::Tensor)> handle) {
  HandlesGradients net;
  net.linear->forward(torch::ones({2, 3})).sum().backward();
  net.fresh->bias.set_requires_grad(false);
  const torch::Tensor weight = net.linear->weight.grad();
  const torch::Tensor expected_weight = weight.clone();
  const auto version = weight._version();

  net.handle = std::move(handle);
  suar::export_graph(net, torch::ones({1, 3}));

  EXPECT_TRUE(net.linear->weight.grad().is_same(weight));
  EXPECT_TRUE(torch::equal(weight, expected_weight));
  EXPECT_EQ(weight._version(), version);
  EXPECT_FALSE(net.fresh->weight.grad().defined());
  EXPECT_TRUE(net.linear->weight.requires_grad());
  EXPECT_FALSE(net.fresh->bias.requires_grad());
}

struct LooksInside : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    seen = layers->at<torch::nn::LinearImpl>(0).options.out_features();
    auto copy = std::dynamic_pointer_cast<torch::nn::SequentialImpl>(layers->clone());
    copied = copy->at<torch::nn::LinearImpl>(0).options.out_features();
    const torch::nn::AnyModule first = *layers->begin();
    got = first.get<torch::nn::Linear>()->options.out_features();
    return layers->forward(x);
  }
  torch::nn::Sequential layers =
      register_module("layers", torch::nn::Sequential(torch::nn::Linear(2, 3), torch::nn::ReLU()));
  int64_t seen = 0, copied = 0, got = 0;
};

struct Growing : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    for (int i = 0; i < 20; ++i) layers->push_back(torch::nn::ReLU());
    return layers->forward(x);
  }
  torch::nn::Sequential layers =
      register_module("layers", torch::nn::Sequential(torch::nn::Linear(2, 3)));
};

}  // namespace

TEST(GraphSafety, PutsBackGradientsThatForwardWrites) {
  expect_gradients_left_alone([](HandlesGradients& net, const torch::Tensor&) {
    net.linear->weight.mutable_grad().zero_();
  });
}

TEST(GraphSafety, PutsBackGradientsThatForwardTakesAway) {
  expect_gradients_left_alone([](HandlesGradients& net, const torch::Tensor&) {
    net.zero_grad(true);
    net.linear->weight.mutable_grad() = torch::ones({2, 3});
  });
}

TEST(GraphSafety, PutsBackGradientsThatABackwardPassInForwardAddsTo) {
  expect_gradients_left_alone([](HandlesGradients& net, const torch::Tensor& x) {
    const torch::AutoGradMode with_gradients(true);
    (net.linear->forward(x) + net.fresh->forward(x)).sum().backward();
  });
}

namespace {

/// Its gradient is sparse.
struct LooksUp : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) { return embedding->forward(x); }
  torch::Tensor& gradient() { return embedding->weight.mutable_grad(); }
  torch::nn::Embedding embedding = register_module(
      "embedding", torch::nn::Embedding(torch::nn::EmbeddingOptions(10, 4).sparse(true)));
};

/// `handle` runs as under an export, but for the tracer, which takes no sparse constants.
void expect_sparse_gradient_left_alone(
    const std::function<void(LooksUp&, const torch::Tensor&)>& handle, bool is_coalesced) {
  LooksUp net;
  const torch::Tensor rows = torch::tensor({1, 3, 3});
  net.forward(rows).sum().backward();
  if (is_coalesced) net.gradient() = net.gradient().coalesce();
  const torch::Tensor gradient = net.gradient();
  const torch::Tensor expected = gradient.to_dense();
  const torch::Tensor indices = gradient._indices(), values = gradient._values();
  const torch::Tensor expected_indices = indices.clone();
  const auto version = gradient._version();

  expect_well_formed(suar::export_graph(net, rows));
  {
    const torch::NoGradGuard no_grad;
    const suar::graph_export::StateGuard guard(net.parameters());
    handle(net, rows);
  }

  EXPECT_TRUE(net.gradient().is_same(gradient));
  EXPECT_TRUE(gradient.is_sparse());
  EXPECT_EQ(gradient.is_coalesced(), is_coalesced);
  EXPECT_TRUE(torch::equal(gradient._indices(), expected_indices)) << gradient;
  EXPECT_TRUE(torch::equal(gradient.to_dense(), expected)) << gradient;
  EXPECT_EQ(gradient._indices().data_ptr(), indices.data_ptr());
  EXPECT_EQ(gradient._values().data_ptr(), values.data_ptr());
  EXPECT_EQ(gradient._version(), version);
}

}  // namespace

TEST(GraphSafety, PutsBackSparseGradients) {
  using Handle = std::function<void(LooksUp&, const torch::Tensor&)>;
  const std::vector<std::pair<const char*, Handle>> handles = {
      {"untouched", [](LooksUp&, const torch::Tensor&) {}},
      {"cleared", [](LooksUp& net, const torch::Tensor&) { net.gradient().zero_(); }},
      {"taken away", [](LooksUp& net, const torch::Tensor&) { net.zero_grad(true); }},
      {"scaled", [](LooksUp& net, const torch::Tensor&) { net.gradient().mul_(2); }},
      {"another name of it scaled",
       [](LooksUp& net, const torch::Tensor&) { net.gradient().detach().mul_(2); }},
      {"its values scaled",
       [](LooksUp& net, const torch::Tensor&) { net.gradient()._values().mul_(2); }},
      {"its indices moved",
       [](LooksUp& net, const torch::Tensor&) { net.gradient()._indices().add_(1); }},
      {"added to",
       [](LooksUp& net, const torch::Tensor& x) {
         const torch::AutoGradMode with_gradients(true);
         net.embedding->forward(x + 2).sum().backward();
       }},
      {"scaled twice and added to", [](LooksUp& net, const torch::Tensor& x) {
         net.gradient().mul_(2);
         const torch::AutoGradMode with_gradients(true);
         net.embedding->forward(x + 2).sum().backward();
         net.gradient().mul_(2);
       }}};
  for (const auto& [name, handle] : handles) {
    for (const bool is_coalesced : {false, true}) {
      SCOPED_TRACE(std::string(name) + (is_coalesced ? ", coalesced" : ""));
      expect_sparse_gradient_left_alone(handle, is_coalesced);
    }
  }
}

namespace {

/// Sparse buffers, both as lists of places and as rows.
struct Neighbours : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x) {
    places.mul_(2);
    rows.values().mul_(2);
    return torch::mm(places, x);
  }
  torch::Tensor places =
      register_buffer("places", torch::tensor({{0.0f, 1.0f}, {1.0f, 0.0f}}).to_sparse());
  torch::Tensor rows =
      register_buffer("rows", torch::tensor({{0.0f, 1.0f}, {1.0f, 0.0f}}).to_sparse_csr());
};

}  // namespace

TEST(GraphSafety, AsksToRegisterASparseTensor) {
  Net net;
  const torch::Tensor forgotten = torch::eye(10).to_sparse();
  const auto forward = [&](const std::vector<torch::Tensor>& inputs) {
    return std::vector<torch::Tensor>{torch::mm(forgotten, net.forward(inputs[0]).t())};
  };
  const std::string message = message_of([&] { suar::export_graph(net, forward, {net_input()}); });
  EXPECT_NE(message.find("aten::mm"), std::string::npos) << message;
  EXPECT_NE(message.find("register_buffer"), std::string::npos) << message;
}

TEST(GraphSafety, PutsBackSparseBuffers) {
  Neighbours net;
  const auto version = net.places._version();
  expect_well_formed(suar::export_graph(net, torch::rand({2, 3})));
  EXPECT_EQ(net.places._values().sum().item<float>(), 2);
  EXPECT_EQ(net.rows.values().sum().item<float>(), 2);
  EXPECT_EQ(net.places._version(), version);
}

TEST(GraphSafety, PutsBackWhatForwardFreezesAndThaws) {
  expect_gradients_left_alone([](HandlesGradients& net, const torch::Tensor&) {
    net.linear->weight.set_requires_grad(false);
    net.fresh->bias.set_requires_grad(true);
  });
}

TEST(GraphSafety, LetsForwardLookUpTheChildrenOfASequential) {
  LooksInside net;
  expect_well_formed(suar::export_graph(net, torch::zeros({1, 2})));
  EXPECT_EQ(net.seen, 3);
  EXPECT_EQ(net.copied, 3);
  EXPECT_EQ(net.got, 3);
}

TEST(GraphSafety, LetsForwardAddChildrenToASequential) {
  Growing net;
  expect_well_formed(suar::export_graph(net, torch::zeros({1, 2})));
  EXPECT_EQ(net.layers->size(), 21u);
  EXPECT_EQ(net.layers->at<torch::nn::LinearImpl>(0).options.out_features(), 3);
  EXPECT_EQ(net.layers->forward(torch::zeros({1, 2})).size(1), 3);
}

TEST(GraphSafety, RefusesATraceInATraceAndLetsTheOuterOneGoOn) {
  Net net;
  torch::nn::Linear inner(2, 3);
  std::string message;
  const auto forward = [&](const std::vector<torch::Tensor>& inputs) {
    message = message_of([&] { suar::export_graph(inner, torch::zeros({1, 2})); });
    return std::vector<torch::Tensor>{net.forward(inputs[0])};
  };
  const suar::Graph graph = suar::export_graph(net, forward, {net_input()});
  EXPECT_NE(message.find("in a trace already"), std::string::npos) << message;
  EXPECT_EQ(operations(graph).size(), 14u);
}

TEST(GraphSafety, AsksToRegisterATensorThatRequiresAGradient) {
  Net net;
  const torch::Tensor forgotten = torch::ones({10}, torch::requires_grad());
  const auto forward = [&](const std::vector<torch::Tensor>& inputs) {
    return std::vector<torch::Tensor>{net.forward(inputs[0]) * forgotten};
  };
  const std::string message = message_of([&] { suar::export_graph(net, forward, {net_input()}); });
  EXPECT_NE(message.find("aten::mul"), std::string::npos) << message;
  EXPECT_NE(message.find("register_parameter"), std::string::npos) << message;
  EXPECT_FALSE(torch::jit::tracer::isTracing());
}

TEST(GraphSafety, TracesInSeveralThreadsAtATime) {
  std::vector<std::thread> threads;
  std::vector<Operations> found(4);
  for (std::size_t i = 0; i < found.size(); ++i) {
    threads.emplace_back([&found, i] {
      Net net;
      for (int turn = 0; turn < 5; ++turn) {
        found[i] = operations(suar::export_graph(net, net_input()));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Operations& operations : found) {
    EXPECT_EQ(operations.size(), 14u);
    EXPECT_EQ(operations, found.front());
  }
}

TEST(GraphSafety, LetsOtherThreadsRunTheModelMeanwhile) {
  SequentialNet net;
  net->eval();
  const torch::Tensor input = torch::rand({2, 1, 8, 8});
  const torch::Tensor expected = net->forward(input);
  suar::GraphExportOptions options;
  options.shared_with_threads(true);
  std::atomic<bool> is_done = false;
  std::atomic<int> wrong = 0;
  std::atomic<int> runs = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      do {
        if (!torch::equal(net->forward(input), expected)) ++wrong;
        ++runs;
      } while (!is_done);
    });
  }
  for (int i = 0; i < 20; ++i) {
    const suar::Graph graph = suar::export_graph(net, input, options);
    expect_well_formed(graph);
    EXPECT_EQ(operations(graph).size(), 11u);
  }
  is_done = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_GE(runs, 2);
}

TEST(GraphSafety, AsksForEvaluationModeWhereOtherThreadsMayRunTheModel) {
  SequentialNet net;
  suar::GraphExportOptions options;
  options.shared_with_threads(true);
  const std::string message = message_of([&] {
    suar::export_graph(net, torch::zeros({2, 1, 8, 8}), options);
  });
  EXPECT_NE(message.find("eval()"), std::string::npos) << message;
  EXPECT_TRUE(net->is_training());
}

TEST(GraphSafety, LeavesWhatARunChangesToTheRunWhereOtherThreadsMayRunTheModel) {
  Restless net;
  net.eval();
  suar::GraphExportOptions options;
  options.shared_with_threads(true);
  suar::export_graph(net, torch::ones({4, 3}), options);
  EXPECT_EQ(net.calls.item<float>(), 1);
}
