#include "container_changes.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>
#include <vector>

#include <torch/csrc/jit/ir/ir.h>

#include "memory_sharing.h"
#include "plumbing.h"

namespace suar::graph_export {
namespace {

using torch::jit::Node;
using torch::jit::Value;

/// True for what may be, or hold, a list or dictionary.
bool may_be_container(const Value& value) {
  const auto optional = value.type()->cast<c10::OptionalType>();
  switch ((optional == nullptr ? value.type() : optional->getElementType())->kind()) {
    case c10::TypeKind::ListType:
    case c10::TypeKind::DictType:
    case c10::TypeKind::TupleType:
      return true;
    default:
      return false;
  }
}

/// Follows the container itself, and what it is put into, wherever the code hands them.
class Names {
 public:
  explicit Names(const Value& container) { add(container, false); }

  bool are_changed() {
    for (std::size_t next = 0; next < pending_.size(); ++next) {
      const auto [value, holds_it] = pending_[next];
      if (!holds_it && is_ever_changed(*value)) return true;
      for (const auto& use : value->uses()) {
        if (!follow(*use.user, use.offset, holds_it)) return true;
      }
    }
    return false;
  }

 private:
  void add(const Value& value, bool holds_it) {
    const std::pair<const Value*, bool> name = {&value, holds_it};
    if (may_be_container(value) && seen_.insert(name).second) pending_.push_back(name);
  }

  /// False where it gets out of sight.
  bool follow(const Node& user, std::size_t offset, bool holds_it) {
    if (user.kind() == c10::prim::SetAttr) return false;
    if (user.kind() == c10::prim::Return) {
      const Node* owner = user.owningBlock()->owningNode();
      if (owner == nullptr) return true;
      const bool is_loop = owner->kind() == c10::prim::Loop;
      add(*owner->output(is_loop ? offset - 1 : offset), holds_it);
      if (is_loop) add(*owner->blocks().front()->inputs()[offset], holds_it);
    } else if (user.kind() == c10::prim::Loop) {
      add(*user.output(offset - 2), holds_it);
      add(*user.blocks().front()->inputs()[offset - 1], holds_it);
    } else if (is_cast(user)) {
      add(*user.output(), holds_it);
    } else if (is_construct(user) || user.kind() == c10::prim::DictConstruct) {
      add(*user.output(), true);
    } else {
      const auto written = written_inputs(user);
      const bool is_written = std::find(written.begin(), written.end(), offset) != written.end();
      if (!is_written) {
        for (const std::size_t other : written) add(*user.input(other), true);  // put into it
      }
      for (const Value* output : user.outputs()) {
        if (!holds_it) continue;
        add(*output, false);
        add(*output, true);
      }
    }
    return true;
  }

  std::vector<std::pair<const Value*, bool>> pending_;  // whether it only holds the container
  std::set<std::pair<const Value*, bool>> seen_;
};

}  // namespace

bool is_changed_by_any_name(const Value& container) {
  // A tuple never changes.
  return container.type()->kind() != c10::TypeKind::TupleType && Names(container).are_changed();
}

}  // namespace suar::graph_export
