#pragma once

#include <string>
#include <typeinfo>
#include <vector>

namespace suar::graph_export {

/// The demangled name of a class and of all its bases, which is under what the compiler files the
/// member functions that an object of the class may run.
std::vector<std::string> class_names(const std::type_info& type);

/// "Net" of "(anonymous namespace)::NetImpl": without namespaces, template arguments and "Impl".
std::string short_class_name(const std::string& class_name);

}  // namespace suar::graph_export
