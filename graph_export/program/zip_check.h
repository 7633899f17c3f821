#pragma once

#include <string>

namespace suar::graph_export {

/// Reads the whole file as the ZIP archive that a TorchScript file is, and holds every member
/// against its checksum: LibTorch does not, and would take damaged weights for good ones. Throws
/// `suar::Error` when the file cannot be read, is no archive, is damaged, or is what
/// `torch.save()` of Python writes. Blocks for the file.
void check_zip(const std::string& path);

/// The same for the bytes of such a file; `name` is for the message.
void check_zip_bytes(const std::string& bytes, const std::string& name);

}  // namespace suar::graph_export
