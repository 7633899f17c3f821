#pragma once

#include <vector>

#include <suar/web_assets.h>

namespace suar {

/// All files, ascending by path. The build generates the definition (embed_assets.cmake).
const std::vector<WebAsset>& embedded_assets();

}  // namespace suar
