#include "chunk_memory.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <new>
#include <unordered_map>
#include <vector>

#include <sys/mman.h>

namespace suar::dashboard {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;

/// A huge page, aligned to its size.
std::byte* map_page() {
  void* const mapped =
      mmap(nullptr, 2 * kHugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  auto* const begin = static_cast<std::byte*>(mapped);
  const std::size_t before =
      (kHugePage - reinterpret_cast<uintptr_t>(begin) % kHugePage) % kHugePage;
  std::byte* const page = begin + before;
  if (before > 0) munmap(begin, before);
  munmap(page + kHugePage, kHugePage - before);
  // A wish: without huge pages it is ordinary memory.
  madvise(page, kHugePage, MADV_HUGEPAGE);
  return page;
}

/// Hands out the blocks of its pages, and gives up a page when none of its blocks is in use.
class BlockPool {
 public:
  std::byte* take() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (with_room_.empty()) add_page();
    Page& page = *with_room_.back();
    std::byte* block = page.freed;
    if (block != nullptr) {
      std::memcpy(&page.freed, block, sizeof page.freed);
    } else {
      block = page.memory + page.begun++ * kChunkBlock;
    }
    if (++page.used == kBlocks) with_room_.pop_back();
    return block;
  }

  void give_back(std::byte* block) noexcept {
    std::byte* const memory = block - reinterpret_cast<uintptr_t>(block) % kHugePage;
    const std::lock_guard<std::mutex> lock(mutex_);
    Page& page = pages_.find(memory)->second;
    std::memcpy(block, &page.freed, sizeof page.freed);
    page.freed = block;
    if (page.used-- == kBlocks) with_room_.push_back(&page);  // there is room for all pages
    if (page.used > 0) return;
    with_room_.erase(std::find(with_room_.begin(), with_room_.end(), &page));
    pages_.erase(memory);
    munmap(memory, kHugePage);
  }

 private:
  static constexpr std::size_t kBlocks = kHugePage / kChunkBlock;

  struct Page {
    std::byte* memory;
    std::size_t begun = 0;       ///< blocks that were ever handed out: the first ones
    std::size_t used = 0;        ///< blocks that are handed out
    std::byte* freed = nullptr;  ///< the last block given back, which begins with the one before it
  };

  void add_page() {
    with_room_.reserve(pages_.size() + 1);
    std::byte* const memory = map_page();
    with_room_.push_back(&pages_.emplace(memory, Page{memory}).first->second);
  }

  std::mutex mutex_;
  std::unordered_map<std::byte*, Page> pages_;  ///< never moves one
  std::vector<Page*> with_room_;
};

/// Never destroyed: other objects without an end may hold blocks of it.
BlockPool& pool() {
  static auto* const pool = new BlockPool;
  return *pool;
}

}  // namespace

void FreeChunk::operator()(std::byte* memory) const noexcept {
  if (is_block) {
    pool().give_back(memory);
  } else {
    delete[] memory;
  }
}

ChunkMemory allocate_chunk(std::size_t size) {
  if (size == kChunkBlock) return ChunkMemory(pool().take(), FreeChunk{true});
  return ChunkMemory(new std::byte[size], FreeChunk{false});
}

}  // namespace suar::dashboard
