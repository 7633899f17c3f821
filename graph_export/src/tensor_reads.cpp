#include "tensor_reads.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>

#include <torch/csrc/jit/ir/ir.h>

#include "live_nodes.h"
#include "memory_sharing.h"
#include "script_attributes.h"

namespace suar::graph_export {
namespace {

using torch::jit::Node;
using torch::jit::Value;

bool is_tensor(const Value& value) {
  return value.type()->kind() == c10::TypeKind::TensorType;
}

bool has_read_name(const Node& node) {
  static const std::set<std::string_view> names = {
      "Bool",  "Complex", "ComplexImplicit", "Float",      "FloatImplicit",  "Int",
      "item",  "tolist",  "IntImplicit",     "is_nonzero", "ScalarImplicit", "_local_scalar_dense",
      "equal", "allclose"};
  return (node.kind().is_aten() || node.kind().is_prim()) &&
         names.count(node.kind().toUnqualString()) != 0;
}

/// Finds the nodes that take numbers out of tensors that are computed.
class ReadSearch {
 public:
  explicit ReadSearch(torch::jit::Block& block) {
    for_each_node(block, [&](const Node* node) {
      if (node->kind() == c10::prim::SetAttr) changed_.insert(node->s(c10::attr::name));
      for (const std::size_t written : written_inputs(*node)) {
        const Node& source = *node->input(written)->node();
        if (source.kind() == c10::prim::GetAttr) changed_.insert(source.s(c10::attr::name));
      }
    });
    visit(block);
  }

  const std::vector<Node*>& reads() const { return reads_; }

 private:
  void visit(torch::jit::Block& block) {
    for (Node* node : block.nodes()) {
      if (node->kind() == c10::prim::Constant) continue;
      if (stands_for_number(*node)) {
        sizes_.insert(node->output());
      } else if (has_read_name(*node) && has_contents(*node)) {
        reads_.push_back(node);
      }
      for (torch::jit::Block* inner : node->blocks()) visit(*inner);
    }
  }

  /// A tensor only because what is traced computes with sizes as tensors.
  bool stands_for_number(const Node& node) const {
    if (node.kind() == c10::prim::NumToTensor) return true;
    const auto inputs = node.inputs();
    return node.outputs().size() == 1 && is_tensor(*node.output()) && !has_contents(node) &&
           std::any_of(inputs.begin(), inputs.end(),
                       [&](const Value* input) { return sizes_.count(input) != 0; });
  }

  bool has_contents(const Node& node) const {
    const auto inputs = node.inputs();
    return std::any_of(inputs.begin(), inputs.end(), [&](const Value* input) {
      return is_tensor(*input) && !is_always_same(*input) && sizes_.count(input) == 0;
    });
  }

  /// Such as the scale of a quantized layer.
  bool is_always_same(const Value& tensor) const {
    const Node& node = *tensor.node();
    if (node.kind() == c10::prim::Constant) return true;
    return node.kind() == c10::prim::GetAttr && changed_.count(node.s(c10::attr::name)) == 0;
  }

  std::unordered_set<std::string> changed_;  // attributes
  std::unordered_set<const Value*> sizes_;
  std::vector<Node*> reads_;
};

std::vector<Node*> find_reads(torch::jit::Block& block) {
  return ReadSearch(block).reads();
}

/// Finds what follows from numbers.
class Followers {
 public:
  void add(const Value* value) {
    if (holds_numbers(*value->type()) && found_.insert(value).second) pending_.push_back(value);
  }

  std::unordered_set<const Value*> take() {
    while (!pending_.empty()) {
      const Value* value = pending_.back();
      pending_.pop_back();
      for (const auto& use : value->uses()) follow(*use.user, use.offset);
    }
    return std::move(found_);
  }

 private:
  /// What is computed with tensors is no number any more.
  static bool holds_numbers(const c10::Type& type) {
    if (type.kind() == c10::TypeKind::TensorType) return false;
    return type.kind() != c10::TypeKind::ListType || holds_numbers(*type.containedType(0));
  }

  void follow(const Node& user, std::size_t offset) {
    if (user.kind() == c10::prim::If) return;  // decides only
    if (user.kind() == c10::prim::Loop) {
      if (offset >= 2) add_carried(user, offset - 2);
    } else if (user.kind() == c10::prim::Return) {
      const Node* owner = user.owningBlock()->owningNode();
      if (owner == nullptr) return;
      if (owner->kind() == c10::prim::If) {
        add(owner->output(offset));
      } else if (owner->kind() == c10::prim::Loop && offset >= 1) {
        add_carried(*owner, offset - 1);
      }
    } else {
      for (const Value* output : user.outputs()) add(output);
      for (const std::size_t written : written_inputs(user)) add(user.input(written));
    }
  }

  /// A value that goes from turn to turn.
  void add_carried(const Node& loop, std::size_t index) {
    add(loop.blocks().front()->inputs()[index + 1]);
    add(loop.output(index));
  }

  std::unordered_set<const Value*> found_;
  std::vector<const Value*> pending_;
};

/// The attribute that tells these from what the code prints.
c10::Symbol mark() {
  return c10::Symbol::attr("read");
}

}  // namespace

std::unordered_set<const Value*> numbers_of_contents(torch::jit::Block& block) {
  Followers followers;
  for (const Node* read : find_reads(block)) followers.add(read->output());
  return followers.take();
}

void mark_reads(torch::jit::Graph& graph) {
  const auto live = find_live_nodes(graph, {});
  for (Node* read : find_reads(*graph.block())) {
    if (live.count(read) == 0) continue;
    // LibTorch's passes leave what prints where it is.
    Node* const note = graph.create(c10::prim::Print, {read->output()}, 0);
    note->i_(mark(), 1)->insertAfter(read);
  }
}

std::vector<const Value*> take_marked_reads(torch::jit::Graph& graph) {
  std::vector<const Value*> reads;
  for_each_node(*graph.block(), [&](Node* node) {
    if (node->kind() != c10::prim::Print || !node->hasAttribute(mark())) return;
    reads.push_back(node->input());
    node->destroy();
  });
  return reads;
}

}  // namespace suar::graph_export
