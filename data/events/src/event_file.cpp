#include "event_file.h"

#include <system_error>
#include <utility>

#include <suar/error.h>

#include "event_file_name.h"
#include "scalar_encoder.h"

namespace suar {
namespace {

std::filesystem::path create_log_directory(std::filesystem::path directory) {
  std::error_code error;
  directory = std::filesystem::absolute(directory);  // the process may move to another one
  std::filesystem::create_directories(directory, error);
  if (error) {
    throw Error("cannot create the log directory " + directory.string() + ": " + error.message() +
                ". Choose one that can be written.");
  }
  return directory;
}

std::filesystem::path new_path(const std::filesystem::path& directory) {
  return directory / make_event_file_name(directory, wall_time_now());
}

}  // namespace

EventFile::EventFile(std::filesystem::path directory, int64_t purge_step,
                     std::function<void(const std::string&)> on_error)
    : directory_(create_log_directory(std::move(directory))),
      purge_step_(purge_step),
      file_(new_path(directory_), std::move(on_error)) {
  for (const std::string& data : head()) file_.append(data);
}

std::deque<std::string> EventFile::head() {
  encoder_ = EventEncoder();
  std::deque<std::string> records(2);
  encoder_.encode({wall_time_now(), purge_step_, FileVersion{"brain.Event:2"}}, records[0]);
  encoder_.encode({wall_time_now(), purge_step_, SessionLog{SessionLog::Status::start}},
                  records[1]);
  return records;
}

void EventFile::append(const Event& event) {
  encoded_.clear();
  if (encoder_.encode(event, encoded_)) {
    append_encoded();
  } else {
    file_.lose_record();
  }
}

void EventFile::append_scalar(double wall_time, int64_t step, std::string_view tag, double value) {
  encoded_.clear();
  encode_scalar_event(wall_time, step, tag, static_cast<float>(value), encoded_);
  append_encoded();
}

void EventFile::append_encoded() {
  // A lost event may have been the one with the metadata of its tags: write them all again.
  if (!file_.append(encoded_)) encoder_ = EventEncoder();
}

void EventFile::replace_if_deleted() {
  if (!file_.deleted()) return;
  std::error_code ignored;  // what is wrong shows when the file cannot be created
  std::filesystem::create_directories(directory_, ignored);
  file_.begin_again(new_path(directory_), head());
}

}  // namespace suar
