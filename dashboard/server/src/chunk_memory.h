#pragma once

#include <cstddef>
#include <memory>

namespace suar::dashboard {

/// Size of the blocks that come from huge pages.
constexpr std::size_t kChunkBlock = std::size_t{16} << 10;

/// Gives back what `allocate_chunk` gave. Thread-safe.
struct FreeChunk {
  bool is_block = false;
  void operator()(std::byte* memory) const noexcept;
};
using ChunkMemory = std::unique_ptr<std::byte[], FreeChunk>;

/// Memory for a stretch of a curve, of `size` bytes, aligned for any number. Thread-safe.
///
/// The first touch of an ordinary page takes as long as parsing the points that fill it. So blocks
/// of `kChunkBlock` bytes, of which long curves consist, are cut out of huge pages, which take a
/// fifth of that; as long as a page holds a block in use, its free ones wait to be used again.
/// Other sizes come from the heap.
ChunkMemory allocate_chunk(std::size_t size);

}  // namespace suar::dashboard
