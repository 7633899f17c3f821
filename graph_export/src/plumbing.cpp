#include "plumbing.h"

#include <algorithm>
#include <set>
#include <string_view>

#include <torch/csrc/jit/ir/ir.h>

#include "memory_sharing.h"

namespace suar::graph_export {
namespace {

using torch::jit::Node;

/// Such as what takes an element that is known by now.
bool is_idle(const Node& node) {
  const auto outputs = node.outputs();
  return !outputs.empty() && !changes_input(node) && node.blocks().empty() &&
         std::none_of(outputs.begin(), outputs.end(),
                      [](const torch::jit::Value* output) { return output->hasUses(); });
}

/// Perhaps in other containers.
bool is_only_returned(const Node& container) {
  const auto& uses = container.output()->uses();
  return std::all_of(uses.begin(), uses.end(), [](const auto& use) {
    const Node& user = *use.user;
    if (&user == user.owningGraph()->return_node() || is_idle(user)) return true;
    const bool is_container = is_construct(user) || user.kind() == c10::prim::DictConstruct;
    return is_container && is_only_returned(user);
  });
}

/// The attribute that tells a dictionary that packs inputs from those of the code.
c10::Symbol mark() {
  return c10::Symbol::attr("packs_inputs");
}

}  // namespace

bool is_construct(const Node& node) {
  return node.kind() == c10::prim::ListConstruct || node.kind() == c10::prim::TupleConstruct;
}

bool is_unpack(const Node& node) {
  return node.kind() == c10::prim::ListUnpack || node.kind() == c10::prim::TupleUnpack;
}

bool is_cast(const Node& node) {
  return node.kind() == c10::prim::unchecked_cast ||
         node.kind() == c10::prim::unchecked_unwrap_optional ||
         node.kind() == c10::aten::_unwrap_optional;
}

bool asks_about_value(const Node& node) {
  static const std::set<std::string_view> names = {"__is__",        "__isnot__",
                                                   "device",        "dim",
                                                   "dtype",         "element_size",
                                                   "get_device",    "is_complex",
                                                   "is_contiguous", "is_cpu",
                                                   "is_cuda",       "is_floating_point",
                                                   "is_leaf",       "is_meta",
                                                   "is_mkldnn",     "is_mps",
                                                   "is_nested",     "is_pinned",
                                                   "is_quantized",  "is_same_size",
                                                   "is_signed",     "is_sparse",
                                                   "isinstance",    "itemsize",
                                                   "layout",        "len",
                                                   "nbytes",        "ndim",
                                                   "ndimension",    "numel",
                                                   "requires_grad", "shape",
                                                   "size",          "storage_offset",
                                                   "stride"};
  if (node.kind() == c10::aten::__contains__) {
    return node.input(0)->type()->kind() == c10::TypeKind::DictType;
  }
  return (node.kind().is_aten() || node.kind().is_prim()) &&
         names.count(node.kind().toUnqualString()) != 0;
}

void mark_as_packed_inputs(Node& dictionary) {
  dictionary.i_(mark(), 1);
}

bool is_plumbing(const Node& node) {
  return node.kind() == c10::prim::Constant || node.kind() == c10::prim::Uninitialized ||
         node.kind() == c10::prim::GetAttr || node.kind() == c10::prim::SetAttr ||
         is_construct(node) || is_unpack(node) || is_cast(node) || asks_about_value(node) ||
         (node.kind() == c10::prim::DictConstruct &&
          (is_only_returned(node) || node.hasAttribute(mark())));
}

}  // namespace suar::graph_export
