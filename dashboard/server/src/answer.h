#pragma once

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace suar::dashboard {

/// What a route answers, before HTTP puts it on the wire.
struct Answer {
  int status = 200;
  std::string content_type;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

/// Thrown by a route: an answer with this status and the message as {"error": …}.
class RequestError : public std::runtime_error {
 public:
  RequestError(int status, const std::string& message)
      : std::runtime_error(message), status_(status) {}
  int status() const { return status_; }

 private:
  int status_;
};

/// JSON in UTF-8. What is not finite becomes null, what is not UTF-8 the replacement character.
Answer json_answer(const nlohmann::json& json, int status = 200);

/// {"error": message}
Answer error_answer(int status, const std::string& message);

}  // namespace suar::dashboard
