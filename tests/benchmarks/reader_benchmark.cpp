// How fast event files are read: `reader_benchmark [number of scalars]`. Each row but
// the last lets two ways take turns: "ratio" is the first one's time over the other's (0.125 is 8
// times as fast).

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include <benchmark/benchmark.h>
#include <event.pb.h>
#include <google/protobuf/arena.h>
#include <malloc.h>
#include <unistd.h>

#include "batch_reader.h"
#include "event_decoder.h"
#include "paired_times.h"
#include "record_reader.h"
#include "record_writer.h"
#include "run.h"
#include "run_loader.h"
#include "temporary_directory.h"

namespace {

using namespace suar;

constexpr int64_t kTags = 200;
constexpr char kFile[] = "1.tfevents";
int64_t steps = 50000;

/// A run of `steps` values of each tag, as any writer would write it.
const std::filesystem::path& run_directory() {
  static const testing::TemporaryDirectory directory;
  static const bool written = [] {
    std::ofstream file(directory.path() / kFile, std::ios::binary);
    schema::Event event;
    auto& value = *event.mutable_summary()->add_value();
    std::string bytes;
    for (int64_t step = 0; step < steps; ++step) {
      event.set_step(step);
      for (int64_t tag = 0; tag < kTags; ++tag) {
        event.set_wall_time(1.7e9 + 0.01 * static_cast<double>(step));
        value.set_tag("Gradients/features." + std::to_string(tag) + ".weight");
        value.set_simple_value(static_cast<float>(step % 1000) * 0.001f);
        append_record(bytes, event.SerializeAsString());
      }
      file << bytes;
      bytes.clear();
    }
    return true;
  }();
  (void)written;
  return directory.path();
}

/// Reads the file into a store, as the dashboard does.
void load(dashboard::Store& store) {
  dashboard::RunLoader loader(store, "run", run_directory());
  while (loader.poll({kFile})) {
  }
}

void read_into_store() {
  dashboard::Store store("");
  load(store);
}

/// How long protobuf's arena keeps events.
enum class Arena {
  keeps_all,   ///< to the end, as one who wants all points later
  used_again,  ///< a thousand at a time, in a block that is there from the start: the quickest way
};

/// Lets protobuf read every event, with checksums as ours, and hands it to `keep`.
template <class Keep>
void parse_with_protobuf(Arena kind, Keep keep) {
  RecordReader records(run_directory() / kFile);
  std::vector<char> block(kind == Arena::used_again ? std::size_t{1} << 20 : 0);
  google::protobuf::ArenaOptions options;
  options.initial_block = block.empty() ? nullptr : block.data();
  options.initial_block_size = block.size();
  google::protobuf::Arena arena(options);
  int64_t events = 0;
  while (const auto record = records.next()) {
    auto* event = google::protobuf::Arena::CreateMessage<schema::Event>(&arena);
    if (!event->ParseFromArray(record->data.data(), static_cast<int>(record->data.size()))) {
      std::abort();
    }
    keep(*event);
    if (++events % 1000 == 0 && kind == Arena::used_again) arena.Reset();
  }
  if (events != kTags * steps) std::abort();
}

void only_parse(const schema::Event& event) {
  benchmark::DoNotOptimize(event.step());
}

/// Keeps all points in the plainest way: growing columns, found by the tag.
void parse_with_protobuf_into_vectors() {
  struct Columns {
    std::vector<int64_t> steps;
    std::vector<double> wall_times;
    std::vector<float> values;
  };
  std::unordered_map<std::string, Columns> tags;
  parse_with_protobuf(Arena::used_again, [&](const schema::Event& event) {
    for (const auto& value : event.summary().value()) {
      Columns& columns = tags[value.tag()];
      columns.steps.push_back(event.step());
      columns.wall_times.push_back(event.wall_time());
      columns.values.push_back(value.simple_value());
    }
  });
}

/// All that reading into a store does, with or without the checksums.
void read_and_keep(Checksums checksums) {
  RecordReader records(run_directory() / kFile, 0, checksums);
  EventDecoder decoder;
  dashboard::Run run(1);
  EventBatch batch;
  while (read_batch(records, decoder, batch, BatchLimits())) {
    run.add_scalars(kFile, decoder.scalar_tags().tags(), batch.scalars);
  }
}

/// One reading a turn: it takes long enough.
void compare(benchmark::State& state, const std::function<void()>& ours,
             const std::function<void()>& other) {
  run_directory();
  testing::compare_times(state, 1, ours, other);
}

void ProtobufArenaThatKeepsAllAgainstTheStore(benchmark::State& state) {
  compare(state, read_into_store, [] { parse_with_protobuf(Arena::keeps_all, only_parse); });
}

void ProtobufArenaUsedAgainAgainstTheStore(benchmark::State& state) {
  compare(state, read_into_store, [] { parse_with_protobuf(Arena::used_again, only_parse); });
}

void ProtobufIntoVectorsAgainstTheStore(benchmark::State& state) {
  compare(state, read_into_store, parse_with_protobuf_into_vectors);
}

void ChecksumsOnAgainstOff(benchmark::State& state) {
  compare(
      state, [] { read_and_keep(Checksums::verified); }, [] { read_and_keep(Checksums::ignored); });
}

void MemoryOfAScalarPointInTheStore(benchmark::State& state) {
  const auto resident = [] {
    malloc_trim(0);  // what was given back, from earlier rows, does not count
    std::size_t pages = 0, resident_pages = 0;
    std::ifstream("/proc/self/statm") >> pages >> resident_pages;
    return static_cast<double>(resident_pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)));
  };
  run_directory();
  for (auto _ : state) {
    const double before = resident();
    dashboard::Store store("");
    const double begin = testing::thread_seconds();
    load(store);
    state.SetIterationTime(testing::thread_seconds() - begin);
    state.counters["bytes"] = (resident() - before) / static_cast<double>(kTags * steps);
  }
}

// clang-format off
BENCHMARK(ProtobufArenaThatKeepsAllAgainstTheStore)->UseManualTime()->Iterations(5)->Unit(benchmark::kMillisecond);
BENCHMARK(ProtobufArenaUsedAgainAgainstTheStore)->UseManualTime()->Iterations(5)->Unit(benchmark::kMillisecond);
BENCHMARK(ProtobufIntoVectorsAgainstTheStore)->UseManualTime()->Iterations(5)->Unit(benchmark::kMillisecond);
BENCHMARK(ChecksumsOnAgainstOff)->UseManualTime()->Iterations(21)->Unit(benchmark::kMillisecond);
BENCHMARK(MemoryOfAScalarPointInTheStore)->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);
// clang-format on

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (argc == 2) steps = std::max<int64_t>(1, std::atoll(argv[1]) / kTags);
  benchmark::RunSpecifiedBenchmarks();
}
