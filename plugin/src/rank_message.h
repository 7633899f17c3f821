#pragma once

#include <string>
#include <vector>

#include "rank_numbers.h"

namespace suar {

/// The numbers of a rank as bytes, for ranks of the same program on machines of the same kind.
std::string encode(const RankNumbers& numbers);

/// The numbers again. Throws `suar::Error` when the bytes are not such.
RankNumbers decode_rank_numbers(const std::string& bytes);

/// The same for the settings of a rank.
std::string encode(const std::vector<std::string>& settings);
std::vector<std::string> decode_settings(const std::string& bytes);

}  // namespace suar
