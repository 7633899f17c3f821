#include "operation_times.h"

#include <algorithm>
#include <optional>
#include <string>

namespace suar::graph_export {
namespace {

using CallsByName = std::unordered_map<std::string, std::vector<double>>;

CallsByName by_name(const std::vector<OperatorCall>& calls) {
  CallsByName times;
  for (const OperatorCall& call : calls) times[call.name].push_back(call.microseconds);
  return times;
}

double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

std::unordered_map<const torch::jit::Node*, double> measure_operations(
    const CallsOfNodes& calls_of_nodes, const std::vector<OperatorCall>& recorded, int runs,
    const std::function<void()>& run) {
  run();
  std::vector<CallsByName> measured;
  for (int i = 0; i < runs; ++i) {
    const CallLog log;
    run();
    measured.push_back(by_name(log.calls()));
  }

  std::unordered_map<std::string, std::size_t> counts;
  std::vector<std::size_t> positions;  // of a recorded call among those of its operator
  for (const OperatorCall& call : recorded) positions.push_back(counts[call.name]++);

  std::unordered_map<const torch::jit::Node*, double> times;
  for (const auto& [node, calls] : calls_of_nodes) {
    std::vector<double> of_runs;
    for (const CallsByName& in_run : measured) {
      std::optional<double> sum = 0;
      for (const std::size_t call : calls) {
        const std::string& name = recorded[call].name;
        const auto found = in_run.find(name);
        if (found == in_run.end() || found->second.size() != counts[name]) {
          sum.reset();
          break;
        }
        *sum += found->second[positions[call]];
      }
      if (sum) of_runs.push_back(*sum);
    }
    if (!calls.empty() && !of_runs.empty()) times[node] = median(of_runs);
  }
  return times;
}

}  // namespace suar::graph_export
