#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>
#include <variant>
#include <vector>

#include <torch/csrc/jit/runtime/print_handler.h>
#include <torch/script.h>

#include <suar/error.h>
#include <suar/event_writer.h>
#include <suar/graph_export.h>
#include <suar/graph_json.h>
#include <suar/graph_summary.h>

#include "command_line.h"
#include "input_value.h"
#include "protected_run.h"
#include "zip_check.h"

namespace {

using suar::graph_export::CommandLine;

torch::jit::Module load(const std::string& path) {
  suar::graph_export::check_zip(path);
  try {
    return torch::jit::load(path, torch::kCPU);
  } catch (const c10::Error& error) {
    throw suar::Error(path + ": expected a TorchScript file, as torch.jit.save() writes it; " +
                      error.what_without_backtrace());
  } catch (const std::exception& error) {
    throw suar::Error(path + ": LibTorch cannot read it: " + error.what());
  }
}

/// Whether the method can be called with nothing.
bool needs_no_input(const torch::jit::Module& module, const std::string& method) {
  const auto found = module.find_method(method);
  if (!found) return false;
  const auto& arguments = found->function().getSchema().arguments();
  return std::all_of(arguments.begin() + 1, arguments.end(), [](const c10::Argument& argument) {
    return argument.default_value().has_value();
  });
}

suar::Graph export_model(const CommandLine& line) {
  const torch::jit::Module module = load(line.model);
  suar::GraphExportOptions options;
  options.method(line.method);
  options.timed_runs(line.runs);
  if (line.inputs.empty() && !needs_no_input(module, line.method)) {
    return suar::export_graph(module, options);
  }
  std::vector<c10::IValue> inputs;
  for (const std::string& input : line.inputs) {
    inputs.push_back(suar::graph_export::make_input(input));
  }
  return suar::export_graph(module, inputs, options);
}

void write_file(const suar::Graph& graph, const std::string& path) {
  const std::string extension = std::filesystem::path(path).extension().string();
  std::string bytes;
  if (extension == ".pbtxt") {
    bytes = suar::graph_def_text(graph);
  } else if (extension == ".pb") {
    bytes = suar::serialize_graph_def(graph);
  } else {
    bytes = suar::graph_json(graph) + "\n";
  }
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) throw suar::Error(path + ": cannot be written");
}

void write_events(const suar::Graph& graph, const std::string& directory) {
  suar::EventWriter writer(directory);
  for (suar::Event& event : suar::graph_events(graph)) writer.write(std::move(event));
  writer.flush();
  if (writer.lost() > 0) throw suar::Error(directory + ": the event file cannot be written");
}

int run(const CommandLine& line) {
  // What the model prints must not come between the lines of the table.
  torch::jit::setPrintHandler([](const std::string& text) { std::fputs(text.c_str(), stderr); });
  try {
    const suar::Graph graph = export_model(line);
    if (!line.output.empty()) write_file(graph, line.output);
    if (!line.logdir.empty()) write_events(graph, line.logdir);
    if (line.summary || (line.output.empty() && line.logdir.empty())) {
      std::fputs(suar::graph_summary(graph).c_str(), stdout);
    }
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "suar-export-graph: %s\n", error.what());
    return 1;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const auto read = suar::graph_export::read_command_line(argc, argv);
  if (const int* status = std::get_if<int>(&read)) return *status;
  const auto& line = std::get<CommandLine>(read);
  return suar::graph_export::run_protected(line.model, [&] { return run(line); });
}
