#include <algorithm>

#include <suar/web_assets.h>

#include "embedded_assets.h"

namespace suar {

const WebAsset* find_web_asset(std::string_view path) {
  const std::vector<WebAsset>& assets = embedded_assets();  // ascending by path
  const auto found =
      std::lower_bound(assets.begin(), assets.end(), path,
                       [](const WebAsset& asset, std::string_view p) { return asset.path < p; });
  return found != assets.end() && found->path == path ? &*found : nullptr;
}

}  // namespace suar
