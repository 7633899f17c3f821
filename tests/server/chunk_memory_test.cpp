#include "chunk_memory.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace suar::dashboard {
namespace {

/// Memory with a number of its own in all of its bytes.
struct Marked {
  ChunkMemory memory;
  std::size_t size;
  std::byte mark;

  Marked(std::size_t size_of_it, unsigned number)
      : memory(allocate_chunk(size_of_it)), size(size_of_it), mark(std::byte(number)) {
    std::memset(memory.get(), static_cast<int>(mark), size);
  }
  bool is_untouched() const {
    return std::all_of(memory.get(), memory.get() + size,
                       [this](std::byte byte) { return byte == mark; });
  }
};

TEST(ChunkMemory, GivesEachItsOwnThroughManyPages) {
  std::mt19937 random(1);
  std::vector<Marked> held;
  for (unsigned i = 0; i < 3000; ++i) {
    if (!held.empty() && random() % 3 == 0) {
      std::swap(held[random() % held.size()], held.back());
      ASSERT_TRUE(held.back().is_untouched());
      held.pop_back();
    } else {
      held.emplace_back(random() % 8 == 0 ? 1 + random() % 1000 : kChunkBlock, i);
      ASSERT_EQ(reinterpret_cast<uintptr_t>(held.back().memory.get()) % alignof(double), 0u);
    }
  }
  EXPECT_GT(held.size(), 600u);
  for (const Marked& marked : held) EXPECT_TRUE(marked.is_untouched());
}

TEST(ChunkMemory, UsesABlockAgainThatWasGivenBack) {
  const ChunkMemory keeps_the_page = allocate_chunk(kChunkBlock);
  const std::byte* const given_back = allocate_chunk(kChunkBlock).get();
  EXPECT_EQ(allocate_chunk(kChunkBlock).get(), given_back);
}

TEST(ChunkMemory, ServesSeveralThreads) {
  std::vector<std::thread> threads;
  for (unsigned thread = 0; thread < 4; ++thread) {
    threads.emplace_back([thread] {
      for (int round = 0; round < 50; ++round) {
        std::vector<Marked> held;
        for (int i = 0; i < 10; ++i) held.emplace_back(kChunkBlock, thread);
        for (const Marked& marked : held) EXPECT_TRUE(marked.is_untouched());
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace suar::dashboard
