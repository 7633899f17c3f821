#include "zip_check.h"

#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include <zip.h>

#include <suar/error.h>

namespace suar::graph_export {
namespace {

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct Close {
  void operator()(zip_file_t* member) const { zip_fclose(member); }
};

[[noreturn]] void fail(const std::string& name, const std::string& found) {
  throw Error(name + ": expected a TorchScript file, as torch.jit.save() writes it, found " +
              found + ". The file is damaged or of another kind");
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// Takes the source. Opening compares the directory with what stands before each member, reading a
/// member to its end compares its checksum.
void check(zip_source_t* source, zip_error_t& error, const std::string& name) {
  const std::unique_ptr<zip_t, Discard> archive(
      source == nullptr ? nullptr
                        : zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error));
  if (archive == nullptr) {
    const std::string reason = zip_error_strerror(&error);
    if (source != nullptr) zip_source_free(source);
    fail(name, "no sound ZIP archive (" + reason + ")");
  }
  std::vector<char> buffer(std::size_t{1} << 16);
  const zip_int64_t members = zip_get_num_entries(archive.get(), 0);
  if (members < 1) fail(name, "nothing");  // an empty file, too, is an archive without members
  bool has_code = false;
  bool has_pickle = false;
  for (zip_int64_t i = 0; i < members; ++i) {
    const auto index = static_cast<zip_uint64_t>(i);
    const char* const raw_part = zip_get_name(archive.get(), index, ZIP_FL_ENC_RAW);
    const std::string part = raw_part == nullptr ? "" : raw_part;
    has_code = has_code || ends_with(part, "/constants.pkl");
    has_pickle = has_pickle || ends_with(part, "/data.pkl");
    const std::unique_ptr<zip_file_t, Close> member(zip_fopen_index(archive.get(), index, 0));
    zip_int64_t size = member == nullptr ? -1 : 1;
    while (size > 0) size = zip_fread(member.get(), buffer.data(), buffer.size());
    if (size < 0) fail(name, "a damaged part \"" + part + "\"");
  }
  if (has_pickle && !has_code) {
    throw Error(
        name +
        ": expected a TorchScript file, as torch.jit.save() writes it, found one of "
        "torch.save(): a state_dict or a pickled module, which only Python can read. There, "
        "write the model with torch.jit.script(model).save(\"model.pt\")");
  }
}

}  // namespace

void check_zip_bytes(const std::string& bytes, const std::string& name) {
  zip_error_t error;
  zip_error_init(&error);
  check(zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error), error, name);
}

void check_zip(const std::string& path) {
  std::error_code unknown;  // what it is then shows when it is opened
  if (std::filesystem::is_directory(path, unknown)) {
    throw Error(path + ": expected a TorchScript file, found a directory");
  }
  if (std::filesystem::status(path, unknown).type() == std::filesystem::file_type::not_found) {
    throw Error(path + ": expected a TorchScript file, but there is no such file");
  }
  zip_error_t error;
  zip_error_init(&error);
  check(zip_source_file_create(path.c_str(), 0, -1, &error), error, path);
}

}  // namespace suar::graph_export
