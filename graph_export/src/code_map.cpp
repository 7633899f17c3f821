#include "code_map.h"

#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "loaded_object.h"

namespace suar::graph_export {

struct CodeMap::Shared {
  std::mutex mutex;
  std::shared_ptr<const Places> places = std::make_shared<const Places>();
  /// Another number means that other code may lie at these addresses by now.
  std::uint64_t unloaded_objects = 0;
};

CodeMap::Shared& CodeMap::shared() {
  static auto* const instance = new Shared();  // a thread may outlive the end of main()
  return *instance;
}

CodeMap::CodeMap() : unloaded_objects_(count_unloaded_objects()) {
  Shared& common = shared();
  const std::lock_guard<std::mutex> lock(common.mutex);
  if (common.unloaded_objects != unloaded_objects_) {
    common.places = std::make_shared<const Places>();
    common.unloaded_objects = unloaded_objects_;
  }
  known_ = common.places;
}

CodeMap::~CodeMap() {
  if (found_.empty()) return;
  Shared& common = shared();
  const std::lock_guard<std::mutex> lock(common.mutex);
  if (common.unloaded_objects != unloaded_objects_) return;
  auto places = std::make_shared<Places>(std::move(found_));
  places->insert(common.places->begin(), common.places->end());
  common.places = std::move(places);
}

const CodePlace& CodeMap::at(std::uintptr_t instruction) {
  if (const auto found = found_.find(instruction); found != found_.end()) return found->second;
  if (const auto known = known_->find(instruction); known != known_->end()) return known->second;
  CodePlace& place = found_[instruction];
  if (const std::optional<FunctionSymbol> symbol = symbols_.find(instruction)) {
    place.function = symbol->start;
    place.name = parse_function_name(symbol->name);
  }
  return place;
}

void CodeMap::look_up(const std::unordered_set<std::uintptr_t>& instructions) {
  std::vector<std::uintptr_t> wanted;
  for (const std::uintptr_t instruction : instructions) {
    if (!at(instruction).is_looked_up) wanted.push_back(instruction);
  }
  std::vector<DebugInformation> information = find_debug_information(wanted);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    CodePlace& place = found_.try_emplace(wanted[i], at(wanted[i])).first->second;
    place.is_looked_up = true;
    place.debug = std::move(information[i]);
  }
}

}  // namespace suar::graph_export
