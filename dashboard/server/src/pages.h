#pragma once

#include <string>

#include "answer.h"

namespace suar::dashboard {

/// The front end's file under `path` ("/" is the start page), compressed or not, straight from the
/// table that is linked into the program: no request ever reaches the file system. 404 for what is
/// not in it. `etag` is the value of the request's `If-None-Match`.
Answer page_answer(const std::string& path, bool gzip_accepted, const std::string& if_none_match);

}  // namespace suar::dashboard
