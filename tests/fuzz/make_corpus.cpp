// Writes the seeds of the fuzzers: `make_corpus DIRECTORY` makes DIRECTORY/records and
// DIRECTORY/events, the same ones every time.

#include <filesystem>
#include <iostream>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include "event_encoder.h"
#include "files.h"
#include "random_event.h"
#include "record_writer.h"

namespace {

using namespace suar;

std::string encode(const Event& event) {
  std::string bytes;
  EventEncoder().encode(event, bytes);
  return bytes;
}

std::vector<std::string> make_events() {
  Histogram histogram;
  histogram.limits = {0, 1, 2}, histogram.counts = {1, 0, 2};
  const Images images{{{1, 1, 1, "png"}, {1, 1, 1, "png"}}};
  TensorValue tensor;
  tensor.type = TensorType::float32, tensor.shape = {1}, tensor.content = "1234";
  std::vector<std::string> events = {
      encode({1, 0, FileVersion{"brain.Event:2"}}),
      encode({1, 0, SessionLog{SessionLog::Status::start}}),
      encode({1, 0, SerializedGraph{"graph"}}),
      encode({1, 0, RunMetadata{"step1", "bytes"}}),
      encode({1.7e9, 1, std::vector<Summary>{{"Loss/train", 0.5}}}),
      encode({1, 2, std::vector<Summary>{{"histogram", histogram, "says why"}}}),
      encode({1, 3, std::vector<Summary>{{"image", Images{{{1, 1, 1, "png"}}}}, {"many", images}}}),
      encode({1, 4, std::vector<Summary>{{"text", Text{"text"}}, {"sound", Audio{}}}}),
      encode({1, 5, std::vector<Summary>{{"t", tensor, "", "", {"mesh", "", DataClass::tensor}}}}),
  };
  testing::RandomEvent random(5);
  for (int i = 0; i < 60; ++i) events.push_back(random.next());
  return events;
}

void write_seeds(const std::filesystem::path& directory, const std::vector<std::string>& seeds) {
  std::filesystem::create_directories(directory);
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    testing::write_file(directory / std::to_string(i), seeds[i]);
  }
}

/// Scalars of several tags, round after round, as a training writes them.
std::string make_training() {
  std::string bytes;
  for (int64_t step = 100; step < 108; ++step) {
    for (const char* tag : {"Loss/train", "Loss/valid", "Accuracy/train"}) {
      append_record(bytes, encode({1.7e9, 5 * step, std::vector<Summary>{{tag, 0.5}}}));
    }
    if (step == 104) {
      append_record(bytes, encode({1, step, SessionLog{SessionLog::Status::start}}));
    }
  }
  return bytes;
}

std::vector<std::string> make_record_files(const std::vector<std::string>& events) {
  std::string whole;
  for (std::size_t i = 0; i < 9; ++i) append_record(whole, events[i]);
  std::vector<std::string> files = {"", whole, whole.substr(0, whole.size() / 2), whole.substr(5),
                                    std::string(64, '\0')};
  std::mt19937 random(6);
  for (int i = 0; i < 40; ++i) {
    std::string damaged = whole;
    damaged[random() % damaged.size()] = static_cast<char>(random());
    damaged.erase(random() % damaged.size(), random() % 40);
    files.push_back(damaged);
  }
  files.push_back(make_training());
  return files;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: make_corpus DIRECTORY\n";
    return 2;
  }
  const std::filesystem::path directory = argv[1];
  const auto events = make_events();
  write_seeds(directory / "events", events);
  write_seeds(directory / "records", make_record_files(events));
}
