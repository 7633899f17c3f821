#pragma once

#include <string>

#include <suar/graph.h>

namespace suar {

/// A table for people: the modules of the graph as a tree, each with its class, the shape of what
/// comes out of it (of several values the first that it returns; of parts of a `torch::nn::Module`,
/// whose results are not known, the last that is computed and used outside; "-" where it did not
/// run, "?" where a size is not known, or of a list that a loop filled), and the parameters,
/// multiply-adds and flops of itself and its parts; measured times where the graph has them; the
/// sums below, and the memory of inputs, of all that operations compute, of parameters
/// and buffers (MB are 10^6 bytes). Where the cost of an operation is not known, sums are "≥" what
/// is known, or "?". See graph_cost.h for how flops are counted.
///
///     Module              Output shape       Parameters      MACs     FLOPs
///     Net                 [2, 10]                  4850   127.0 k   262.1 k
///     ├─ conv1: Conv2d    [2, 4, 28, 28]             40    56.4 k   119.2 k
std::string graph_summary(const Graph& graph);

}  // namespace suar
