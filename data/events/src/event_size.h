#pragma once

#include <cstddef>

#include <suar/event.h>

namespace suar {

/// Bytes that the contents of an event take in memory, but for a few of each of its parts.
std::size_t size_in_memory(const Event& event);

}  // namespace suar
