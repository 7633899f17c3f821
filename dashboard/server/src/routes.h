#pragma once

#include <nlohmann/json.hpp>

#include "answer.h"
#include "parameters.h"
#include "store.h"

namespace suar::dashboard {

/// The routes of HTTP_API.md as functions: what the store holds and the parameters in, the answer
/// out. Thread-safe. They throw `RequestError` for what they cannot answer. None blocks but for the
/// store's lock, apart from what is said.

/// /api/runs. Blocks for as long as the parameter `wait` says.
nlohmann::json runs_route(const Store& store, const Parameters& parameters);

/// /api/scalars
nlohmann::json scalars_route(const Store& store, const Parameters& parameters);

/// /api/histograms
nlohmann::json histograms_route(const Store& store, const Parameters& parameters);

/// /api/images
nlohmann::json images_route(const Store& store, const Parameters& parameters);

/// /api/image: the bytes of a picture. Blocks for the file.
Answer image_route(const Store& store, const Parameters& parameters);

/// /api/tiles
nlohmann::json tiles_route(const Store& store, const Parameters& parameters);

/// /api/texts
nlohmann::json texts_route(const Store& store, const Parameters& parameters);

/// /api/graph. Blocks for the file.
nlohmann::json graph_route(const Store& store, const Parameters& parameters);

/// /api/gradients
nlohmann::json gradients_route(const Store& store, const Parameters& parameters);

}  // namespace suar::dashboard
