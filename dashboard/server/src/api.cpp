#include "api.h"

#include "routes.h"

namespace suar::dashboard {

Answer Api::answer(const std::string& path, const Parameters& parameters) {
  try {
    return route(path, parameters);
  } catch (const RequestError& error) {
    return error_answer(error.status(), error.what());
  }
}

Answer Api::route(const std::string& path, const Parameters& parameters) {
  if (path == "/api/runs") return json_answer(runs_route(store_, parameters));
  if (path == "/api/scalars") return json_answer(scalars_route(store_, parameters));
  if (path == "/api/histograms") return json_answer(histograms_route(store_, parameters));
  if (path == "/api/images") return json_answer(images_route(store_, parameters));
  if (path == "/api/image") return image_route(store_, parameters);
  if (path == "/api/tiles") return json_answer(tiles_route(store_, parameters));
  if (path == "/api/texts") return json_answer(texts_route(store_, parameters));
  if (path == "/api/graph") return json_answer(graph_route(store_, parameters));
  if (path == "/api/gradients") return json_answer(gradients_route(store_, parameters));
  if (path == "/api/diagnosis") return json_answer(diagnosis_(parameters));
  throw RequestError(404, "there is nothing under this address; the routes are in HTTP_API.md");
}

}  // namespace suar::dashboard
