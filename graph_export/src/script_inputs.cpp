#include "script_inputs.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <string_view>

#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/ir/ir.h>

#include "filled_containers.h"
#include "known_elements.h"
#include "plumbing.h"

namespace suar::graph_export {
namespace {

using torch::jit::Value;

/// The name in the source: LibTorch's own may have a number behind it ("x.1", "5").
std::string input_name(const Value& value) {
  std::string name = value.debugName();
  if (const auto dot = name.rfind('.'); dot != std::string::npos) name.erase(dot);
  const bool is_number =
      name.empty() || std::isdigit(static_cast<unsigned char>(name.front())) != 0;
  return is_number ? "x" : name;
}

bool is_tensor(const Value& value) {
  return value.type()->isSubtypeOf(*c10::TensorType::get());
}

bool holds_tensors(const c10::Type& type) {
  if (type.kind() == c10::TypeKind::TensorType) return true;
  const auto contained = type.containedTypes();
  return std::any_of(contained.begin(), contained.end(),
                     [](const c10::TypePtr& inner) { return holds_tensors(*inner); });
}

/// "0", or the name of the field.
std::string field_name(const c10::TupleType& tuple, std::size_t index) {
  const bool has_names = tuple.schema() != nullptr && index < tuple.schema()->arguments().size();
  return has_names ? tuple.schema()->arguments()[index].name() : std::to_string(index);
}

class InputSplitter {
 public:
  explicit InputSplitter(torch::jit::Graph& graph)
      : graph_(graph), at_begin_(*graph.nodes().begin()) {}

  void add(Value& input, const c10::IValue* given, const std::string& name) {
    if (Value* packed = pack(input.type(), given, name)) {
      input.replaceAllUsesWith(packed);
    } else if (given != nullptr || !split_by_lookups(input, name)) {
      values_.emplace_back(&input, name);
    }
  }

  /// Where the code takes the elements directly, packing them has no use.
  void remove_unused_packs() {
    for (auto pack = packs_.rbegin(); pack != packs_.rend(); ++pack) {
      if (!(*pack)->output()->hasUses()) (*pack)->destroy();
    }
  }

  std::vector<std::pair<const Value*, std::string>> used() const {
    std::vector<std::pair<const Value*, std::string>> used;
    for (const auto& [value, name] : values_) {
      if (is_tensor(*value) || value->hasUses()) used.emplace_back(value, name);
    }
    return used;
  }

 private:
  /// Null for what is no container of tensors, or one of which it is not known how many.
  Value* pack(const c10::TypePtr& type, const c10::IValue* given, const std::string& name) {
    if (!holds_tensors(*type)) return nullptr;
    const auto optional = type->cast<c10::OptionalType>();
    if (optional != nullptr && given != nullptr && !given->isNone()) {
      return pack(optional->getElementType(), given, name);
    }
    if (const auto tuple = type->cast<c10::TupleType>()) return pack_tuple(tuple, given, name);
    if (given == nullptr) return nullptr;
    if (given->isList()) return pack_list(type->containedType(0), given->toListRef(), name);
    if (given->isGenericDict()) return pack_dictionary(*type, given->toGenericDict(), name);
    return nullptr;
  }

  Value* pack_tuple(const c10::TupleTypePtr& tuple, const c10::IValue* given,
                    const std::string& name) {
    std::vector<Value*> elements;
    for (std::size_t i = 0; i < tuple->elements().size(); ++i) {
      const c10::IValue* inner = given == nullptr ? nullptr : &given->toTupleRef().elements()[i];
      elements.push_back(element(tuple->elements()[i], inner, name + "." + field_name(*tuple, i)));
    }
    return insert(graph_.createTuple(elements, tuple->schema() ? tuple : nullptr));
  }

  Value* pack_list(const c10::TypePtr& type, at::ArrayRef<c10::IValue> given,
                   const std::string& name) {
    std::vector<Value*> elements;
    for (std::size_t i = 0; i < given.size(); ++i) {
      elements.push_back(element(type, &given[i], name + "." + std::to_string(i)));
    }
    return insert(graph_.createList(type, elements));
  }

  Value* pack_dictionary(const c10::Type& type, const c10::Dict<c10::IValue, c10::IValue>& given,
                         const std::string& name) {
    std::vector<Value*> keys;
    std::vector<Value*> elements;
    for (const auto& entry : given) {
      const torch::jit::WithInsertPoint here(at_begin_);
      keys.push_back(graph_.insertConstant(entry.key()));
      const c10::IValue value = entry.value();
      elements.push_back(
          element(type.containedType(1), &value, name + "." + key_name(entry.key())));
    }
    torch::jit::Node* const pack =
        graph_.createDict(type.containedType(0), type.containedType(1), keys, elements);
    mark_as_packed_inputs(*pack);
    return insert(pack);
  }

  /// Of a container of which it is not known what it holds: makes inputs of the elements that the
  /// code looks up, if it does nothing else with it.
  bool split_by_lookups(Value& container, const std::string& name) {
    std::vector<torch::jit::Node*> lookups;
    if (!collect_lookups(container, lookups) || lookups.empty()) return false;
    std::vector<std::pair<std::string, Value*>> elements;
    for (torch::jit::Node* lookup : lookups) {
      const std::string key = key_name(*torch::jit::toIValue(lookup->input(1)));
      auto element = std::find_if(elements.begin(), elements.end(),
                                  [&](const auto& known) { return known.first == key; });
      if (element == elements.end()) {
        element = elements.emplace(element, key, graph_.addInput());
        element->second->setType(lookup->input(0)->type()->containedTypes().back());
      }
      lookup->output()->replaceAllUsesWith(element->second);
    }
    for (const auto& [key, element] : elements) add(*element, nullptr, name + "." + key);
    return true;
  }

  static bool collect_lookups(const Value& container, std::vector<torch::jit::Node*>& lookups) {
    const auto& uses = container.uses();
    return std::all_of(uses.begin(), uses.end(), [&](const auto& use) {
      torch::jit::Node& user = *use.user;
      if (is_cast(user)) return collect_lookups(*user.output(), lookups);
      if (asks_about_value(user)) return true;
      const bool is_lookup = user.kind() == c10::aten::__getitem__ ||
                             user.kind().toQualString() == std::string_view("aten::get");
      if (!is_lookup || user.inputs().size() != 2 || use.offset != 0) return false;
      const auto key = torch::jit::toIValue(user.input(1));
      const bool is_known = key && (key->isString() || (key->isInt() && key->toInt() >= 0));
      if (is_known) lookups.push_back(&user);
      return is_known;
    });
  }

  static std::string key_name(const c10::IValue& key) {
    if (key.isString()) return key.toStringRef();
    return key.isInt() ? std::to_string(key.toInt()) : "key";
  }

  Value* element(const c10::TypePtr& type, const c10::IValue* given, const std::string& name) {
    if (Value* packed = pack(type, given, name)) return packed;
    if (given != nullptr && !given->isTensor()) {
      const torch::jit::WithInsertPoint here(at_begin_);
      if (const auto constant = torch::jit::tryInsertConstant(graph_, *given)) return *constant;
    }
    const bool is_known = given != nullptr && given->isTensor() && given->toTensor().defined();
    Value* const value = graph_.addInput();
    value->setType(is_known ? c10::TensorType::create(given->toTensor()) : type);
    values_.emplace_back(value, name);
    return value;
  }

  Value* insert(torch::jit::Node* pack) {
    packs_.push_back(pack->insertBefore(at_begin_));
    return pack->output();
  }

  torch::jit::Graph& graph_;
  torch::jit::Node* at_begin_;
  std::vector<torch::jit::Node*> packs_;  // inner ones first
  std::vector<std::pair<const Value*, std::string>> values_;
};

}  // namespace

std::vector<std::pair<const Value*, std::string>> split_inputs(
    torch::jit::Graph& graph, const std::vector<Value*>& inputs,
    const std::vector<c10::IValue>& given) {
  InputSplitter splitter(graph);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    splitter.add(*inputs[i], i < given.size() ? &given[i] : nullptr, input_name(*inputs[i]));
  }
  drop_casts_of_packed(*graph.block());
  pack_filled(*graph.block());
  resolve_elements(*graph.block(), ScriptRun());
  splitter.remove_unused_packs();
  return splitter.used();
}

}  // namespace suar::graph_export
