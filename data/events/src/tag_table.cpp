#include "tag_table.h"

#include <cstring>

#include <suar/utf8.h>

namespace suar {
namespace {

constexpr std::size_t kFirstSize = 256;

uint64_t mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
  return hash ^ hash >> 32;
}

/// Eight bytes at a time: tags are short, and this is most of what a look-up costs.
uint64_t hash_of(std::string_view tag) {
  uint64_t hash = tag.size();
  const char* bytes = tag.data();
  std::size_t left = tag.size();
  for (; left >= 8; left -= 8, bytes += 8) {
    uint64_t word;
    std::memcpy(&word, bytes, 8);
    hash = mix(hash, word);
  }
  uint64_t word = 0;
  for (; left > 0; --left, ++bytes) word = word << 8 | static_cast<unsigned char>(*bytes);
  return mix(hash, word);
}

}  // namespace

TagTable::TagTable() {
  slots_.push_back(std::make_unique<Slots>(kFirstSize));
  current_.store(slots_.back().get(), std::memory_order_release);
}

const std::string* TagTable::intern(std::string_view tag) {
  const uint64_t hash = hash_of(tag);
  const Entry* entry = find(*current_.load(std::memory_order_acquire), hash, tag);
  return entry != nullptr ? &entry->written : add(hash, tag);
}

const TagTable::Entry* TagTable::find(const Slots& slots, uint64_t hash, std::string_view tag) {
  for (std::size_t i = hash & slots.mask;; i = (i + 1) & slots.mask) {
    const Entry* entry = slots.entries[i].load(std::memory_order_acquire);
    if (entry == nullptr || (entry->hash == hash && entry->tag == tag)) return entry;
  }
}

void TagTable::insert(Slots& slots, const Entry& entry) {
  std::size_t i = entry.hash & slots.mask;
  while (slots.entries[i].load(std::memory_order_relaxed) != nullptr) i = (i + 1) & slots.mask;
  slots.entries[i].store(&entry, std::memory_order_release);
}

const std::string* TagTable::add(uint64_t hash, std::string_view tag) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (const Entry* entry = find(*slots_.back(), hash, tag)) return &entry->written;
  entries_.push_back({hash, std::string(tag), to_utf8(tag)});
  if (2 * entries_.size() > slots_.back()->mask) {
    auto larger = std::make_unique<Slots>(2 * (slots_.back()->mask + 1));
    for (const Entry& entry : entries_) insert(*larger, entry);
    slots_.push_back(std::move(larger));
    current_.store(slots_.back().get(), std::memory_order_release);
  } else {
    insert(*slots_.back(), entries_.back());
  }
  return &entries_.back().written;
}

}  // namespace suar
