#include "returned_values.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include <torch/csrc/jit/ir/ir.h>

#include "script_attributes.h"

namespace suar::graph_export {
namespace {

using torch::jit::Node;
using torch::jit::Value;

/// The attribute that tells these casts from those of the code: which of the tensors it is.
c10::Symbol mark() {
  return c10::Symbol::attr("returned");
}

class Marker {
 public:
  /// The marks stand in front of the node and are numbered from `first` on.
  Marker(Node& behind, const torch::jit::ScopePtr& scope, int64_t first)
      : behind_(behind), scope_(scope), next_(first) {}

  Value* through_marks(Value* value) {
    torch::jit::Graph& graph = *value->owningGraph();
    if (value->type()->kind() == c10::TypeKind::TensorType) {
      Node* cast = insert(graph.create(c10::prim::unchecked_cast, {value}))->i_(mark(), next_++);
      return cast->output()->setType(value->type());
    }
    Node* const maker = value->node();
    if (maker->kind() == c10::prim::DictConstruct) {
      Marker in_front(*maker, scope_, next_);
      for (std::size_t i = 1; i < maker->inputs().size(); i += 2) {
        maker->replaceInput(i, in_front.through_marks(maker->input(i)));
      }
      next_ = in_front.next_;
      return value;
    }
    const auto tuple = value->type()->cast<c10::TupleType>();
    if (tuple == nullptr) return value;
    std::vector<Value*> elements;
    for (Value* element : insert(graph.createTupleUnpack(value))->outputs()) {
      elements.push_back(through_marks(element));
    }
    return insert(graph.createTuple(elements, tuple->schema() ? tuple : nullptr))->output();
  }

 private:
  Node* insert(Node* node) {
    node->setScope(scope_);
    return node->insertBefore(&behind_);
  }

  Node& behind_;
  const torch::jit::ScopePtr& scope_;
  int64_t next_;
};

}  // namespace

void mark_returned(Value& value, Node& behind, const torch::jit::ScopePtr& scope) {
  Value* const marked = Marker(behind, scope, 0).through_marks(&value);
  if (marked != &value) value.replaceAllUsesAfterNodeWith(marked->node(), marked);
}

std::unordered_map<std::string, const Value*> returned_values(torch::jit::Block& block) {
  std::unordered_map<std::string, const Value*> values;
  for_each_node(block, [&](const Node* node) {
    if (node->kind() != c10::prim::unchecked_cast || !node->hasAttribute(mark())) return;
    const Value*& value = values[node->scopeName()];
    if (value == nullptr || node->i(mark()) <= value->node()->i(mark())) value = node->output();
  });
  return values;
}

}  // namespace suar::graph_export
