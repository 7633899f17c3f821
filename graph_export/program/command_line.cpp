#include "command_line.h"

#include <CLI/CLI.hpp>
#include <filesystem>

namespace suar::graph_export {

namespace {

/// Empty, or what is wrong.
std::string has_known_extension(const std::string& path) {
  const std::string extension = std::filesystem::path(path).extension().string();
  const bool is_known = extension == ".pbtxt" || extension == ".pb" || extension == ".json";
  return is_known ? "" : path + ": expected a name that ends in .pbtxt, .pb or .json";
}

}  // namespace

std::variant<CommandLine, int> read_command_line(int argc, char** argv) {
  CommandLine line;
  CLI::App app(
      "Shows a TorchScript model as a graph: its modules and operations, with shapes and costs.\n"
      "Without -o and --logdir it prints the summary.",
      "suar-export-graph");
  app.add_option("model", line.model, "a file that torch.jit.save() or Module::save() wrote")
      ->required();
  app.add_option(
         "--input", line.inputs,
         "sizes and type of an input, as 1,3,224,224 or 2,5:int64 (default float32); once for\n"
         "each that forward() takes. The model is run on random numbers (zeros for integers).\n"
         "Behind a = any value, as TorchScript writes it: \"=3\", \"=True\", \"=[1, 2]\",\n"
         "\"=torch.randint(0, 100, [2, 5])\".\n"
         "Without inputs the graph has no shapes and all branches, unless the method can be\n"
         "called with none: then it is run")
      ->allow_extra_args(false);
  app.add_option("-o,--output", line.output,
                 "writes the graph: as text (.pbtxt), binary GraphDef (.pb) or JSON (.json)")
      ->check(has_known_extension);
  app.add_option(
      "--logdir", line.logdir,
      "writes the graph into an event file in this run directory, for TensorBoard and suar");
  app.add_flag("--summary", line.summary,
               "prints a table of the modules and what they cost in one run: \"-\" stands for a\n"
               "module that did not run, \"?\" for what is not known, \"≥\" before a sum that\n"
               "lacks operations whose cost is not known");
  app.add_option("--method", line.method, "the method to export")->capture_default_str();
  app.add_option("--runs", line.runs, "measures the time of each operation in as many runs")
      ->check(CLI::Range(0, 1'000'000));
  app.footer(
      "Examples:\n"
      "  suar-export-graph model.pt --input 1,3,224,224\n"
      "  suar-export-graph model.pt --input 1,3,224,224 --runs 10 --logdir runs/model\n"
      "  suar-export-graph model.pt --input 2,50:int64 --input \"=[3, 4]\" -o graph.pbtxt");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return line;
}

}  // namespace suar::graph_export
