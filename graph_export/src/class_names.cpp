#include "class_names.h"

#include <c10/util/Type.h>

#if __has_include(<cxxabi.h>)
#include <cxxabi.h>
#define SUAR_ITANIUM_ABI 1
#endif

namespace suar::graph_export {
namespace {

#ifdef SUAR_ITANIUM_ABI
void append_bases(const std::type_info& type, std::vector<std::string>& names);

void append(const std::type_info& type, std::vector<std::string>& names) {
  const std::string name = c10::demangle(type.name());
  // Every module is a torch::nn::Module, so that says nothing about which one it is.
  if (name == "torch::nn::Module") return;
  names.push_back(name);
  append_bases(type, names);
}

void append_bases(const std::type_info& type, std::vector<std::string>& names) {
  if (const auto* single = dynamic_cast<const abi::__si_class_type_info*>(&type)) {
    append(*single->__base_type, names);
  } else if (const auto* several = dynamic_cast<const abi::__vmi_class_type_info*>(&type)) {
    for (unsigned base = 0; base < several->__base_count; ++base) {
      append(*several->__base_info[base].__base_type, names);
    }
  }
}
#endif

}  // namespace

std::vector<std::string> class_names(const std::type_info& type) {
  std::vector<std::string> names = {c10::demangle(type.name())};
#ifdef SUAR_ITANIUM_ABI
  append_bases(type, names);
#endif
  return names;
}

std::string short_class_name(const std::string& class_name) {
  std::string name = class_name.substr(0, class_name.find('<'));
  if (const auto colon = name.rfind("::"); colon != std::string::npos) name.erase(0, colon + 2);
  const std::string suffix = "Impl";
  if (name.size() > suffix.size() &&
      name.compare(name.size() - suffix.size(), suffix.size(), suffix) == 0) {
    name.erase(name.size() - suffix.size());
  }
  return name;
}

}  // namespace suar::graph_export
