#include "node_names.h"

#include <cctype>

namespace suar::graph_export {

std::string name_part(const std::string& text) {
  std::string part;
  for (const char c : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' ||
                       c == '.' || (static_cast<unsigned char>(c) & 0x80) != 0;
    part += plain ? c : '_';
  }
  return part.empty() ? "_" : part;
}

void NodeNames::reserve_scope(const std::string& scope) {
  for (auto end = scope.find('/'); end != std::string::npos; end = scope.find('/', end + 1)) {
    taken_.insert(scope.substr(0, end));
  }
  taken_.insert(scope);
}

std::string NodeNames::unique(const std::string& scope, const std::string& leaf) {
  const std::string name = scope + "/" + name_part(leaf);
  if (taken_.insert(name).second) return name;
  int& number = next_number_[name];
  while (true) {
    std::string numbered = name + "_" + std::to_string(++number);
    if (taken_.insert(numbered).second) return numbered;
  }
}

}  // namespace suar::graph_export
