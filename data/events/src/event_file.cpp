#include "event_file.h"

#include <system_error>
#include <utility>
#include <vector>

#include <suar/error.h>

#include "event_file_name.h"
#include "scalar_encoder.h"

namespace suar {
namespace {

std::filesystem::path create_log_directory(const std::filesystem::path& directory) {
  if (directory.empty()) {
    throw Error("the path of the log directory is empty. Name a directory that can be written.");
  }
  std::error_code error;
  auto path = std::filesystem::absolute(directory, error);  // the process may move to another one
  if (error) {
    throw Error("cannot find the log directory " + directory.string() +
                " from the working directory: " + error.message() +
                ". Choose an absolute path, or change to a directory that is there.");
  }
  std::filesystem::create_directories(path, error);
  if (error) {
    throw Error("cannot create the log directory " + path.string() + ": " + error.message() +
                ". Choose one that can be written.");
  }
  return path;
}

}  // namespace

EventFile::EventFile(const std::filesystem::path& directory, std::optional<int64_t> purge_step,
                     std::function<void(const std::string&)> on_error, uint64_t largest_record)
    : directory_(create_log_directory(directory)),
      purge_step_(purge_step),
      on_error_(std::move(on_error)),
      file_(
          [directory = directory_] {
            return directory / make_event_file_name(directory, wall_time_now());
          },
          on_error_),
      encoder_(largest_record) {
  append_head();
}

void EventFile::append_head() {
  append({wall_time_now(), purge_step_.value_or(0), FileVersion{"brain.Event:2"}});
  // In a run that has files a START hides what they hold, of all tags: only who goes on from a
  // checkpoint wants that. One reader of TensorBoard takes the first START of a run for its
  // beginning, and only later ones for places where the run goes on. So the first file of a run has
  // one in any case, for those who go on with it; and who goes on writes two, for the run may have
  // been begun without one. The second hides nothing more: which files are there need not be known.
  if (!purge_step_ && holds_other_event_file(directory_, path().filename().string())) return;
  const Event start{wall_time_now(), purge_step_.value_or(0),
                    SessionLog{SessionLog::Status::start}};
  append(start);
  if (purge_step_) append(start);
}

void EventFile::append(const Event& event) {
  encoded_.clear();
  if (encoder_.encode(event, encoded_)) return append_encoded();
  file_.lose_record();
  encoder_.begin_file();  // as below
  on_error_("an event of step " + std::to_string(event.step) + " is lost: " +
            "it is larger than 1 GiB, the most that a record holds. Log less in one event.");
}

void EventFile::append_scalar(double wall_time, int64_t step, std::string_view tag, float value) {
  encoded_.clear();
  encode_scalar_event(wall_time, step, tag, value, encoded_);
  append_encoded();
}

void EventFile::append_encoded() {
  // A lost event may have been the one with the metadata of its tags: write them all again.
  if (!file_.append(encoded_)) encoder_.begin_file();
}

void EventFile::replace_if_deleted() {
  if (!file_.deleted()) return;
  std::error_code ignored;  // what is wrong shows when the file cannot be created
  std::filesystem::create_directories(directory_, ignored);
  if (!file_.begin_again()) return;
  const std::vector<std::string> waiting = file_.take_buffered();
  encoder_.begin_file();
  append_head();
  for (const std::string& data : waiting) {
    encoded_ = data;
    encoder_.complete(encoded_);
    append_encoded();
  }
}

}  // namespace suar
