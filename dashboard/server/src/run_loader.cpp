#include "run_loader.h"

#include <algorithm>
#include <utility>

#include <suar/error.h>

namespace suar::dashboard {

RunLoader::RunLoader(Store& store, std::string name, std::filesystem::path directory)
    : store_(store), name_(std::move(name)), directory_(std::move(directory)) {}

bool RunLoader::poll(const std::vector<std::string>& files) {
  Change change;
  problems_.clear();
  forget_lost_files(files, change);
  // Bounds how long one commit holds the store's lock, and the memory on the way.
  BatchLimits left;
  bool all = true;
  for (const auto& name : files) {
    File* file = open(name);
    if (file == nullptr || !file->has_news) continue;
    all = read(name, *file->reader, left, change);
    // A run may have more files than a process may have open.
    file->reader->rest();
    note_damage(name, *file, change);
    if (!all) break;
  }
  commit(change);
  const bool reuse = !all && !change.batches.empty();
  spare_ = reuse ? std::move(change.batches.front().second.scalars) : ScalarBatch();
  return !all;
}

bool RunLoader::read(const std::string& name, EventReader& reader, BatchLimits& left,
                     Change& change) {
  const auto lessen = [](auto& limit, auto amount) { limit -= std::min(limit, amount); };
  while (left.scalars > 0 && left.events > 0 && left.bytes > 0) {
    EventBatch batch;
    batch.scalars = std::move(spare_);
    bool some = false;
    try {
      some = reader.read(batch, left);
    } catch (const Error& error) {
      problems_.push_back(error.what());
    }
    lessen(left.scalars, batch.scalars.size());
    lessen(left.events, batch.events_size);
    lessen(left.bytes, batch.bytes);
    if (batch.scalars.empty() && batch.events.empty()) {
      spare_ = std::move(batch.scalars);
    } else {
      change.batches.emplace_back(name, std::move(batch));
    }
    if (!some) return true;
  }
  return false;
}

std::map<std::string, uint64_t> RunLoader::offsets() const {
  std::map<std::string, uint64_t> offsets;
  for (const auto& [name, file] : files_) offsets[name] = file.reader->offset();
  return offsets;
}

void RunLoader::forget_lost_files(const std::vector<std::string>& files, Change& change) {
  for (auto file = files_.begin(); file != files_.end();) {
    const bool listed = std::binary_search(files.begin(), files.end(), file->first);
    const FileNews news = listed ? look(*file->second.reader) : FileNews::replaced;
    if (news == FileNews::replaced) {
      change.forgotten.push_back(file->first);
      file = files_.erase(file);
    } else {
      file->second.has_news = news == FileNews::some;
      ++file;
    }
  }
}

FileNews RunLoader::look(EventReader& reader) {
  try {
    return reader.look();
  } catch (const Error& error) {
    problems_.push_back(error.what());
    return FileNews::none;
  }
}

RunLoader::File* RunLoader::open(const std::string& name) {
  const auto found = files_.find(name);
  if (found != files_.end()) return &found->second;
  try {
    File file;
    file.path = std::make_shared<const std::filesystem::path>(directory_ / name);
    file.reader = std::make_unique<EventReader>(*file.path);
    return &files_.emplace(name, std::move(file)).first->second;
  } catch (const Error& error) {
    // Between the listing and now the file may have gone: then the next listing will say so.
    std::error_code ignored;
    if (std::filesystem::exists(directory_ / name, ignored)) problems_.push_back(error.what());
    return nullptr;
  }
}

void RunLoader::note_damage(const std::string& name, File& file, Change& change) const {
  const auto& places = file.reader->damage();
  const uint64_t count = file.reader->damage_count();
  const uint64_t end = places.empty() ? 0 : places.back().offset + places.back().length;
  if (count == file.reported_damages && end == file.reported_damage_end) return;
  file.reported_damages = count;
  file.reported_damage_end = end;
  change.damages.emplace_back(name, FileDamage{places, count});
}

void RunLoader::commit(Change& change) {
  const bool nothing = change.forgotten.empty() && change.batches.empty() && change.damages.empty();
  if (nothing && committed_) return;
  committed_ = true;
  store_.commit(name_, [&](Run& run, uint64_t& next_image_id) {
    for (const auto& name : change.forgotten) run.forget_file(name);
    for (auto& [name, batch] : change.batches) {
      const File& file = files_.at(name);
      run.add_scalars(name, file.reader->scalar_tags(), batch.scalars);
      for (auto& located : batch.events) {
        run.add(name, std::move(located.event), {file.path, located.offset}, next_image_id);
      }
    }
    for (auto& [name, damage] : change.damages) run.set_damage(name, std::move(damage));
  });
}

}  // namespace suar::dashboard
