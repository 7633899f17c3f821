#include "answer.h"

namespace suar::dashboard {

Answer json_answer(const nlohmann::json& json, int status) {
  Answer answer;
  answer.status = status;
  answer.content_type = "application/json; charset=utf-8";
  answer.body = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  answer.headers.emplace_back("Cache-Control", "no-cache");
  return answer;
}

Answer error_answer(int status, const std::string& message) {
  return json_answer({{"error", message}}, status);
}

}  // namespace suar::dashboard
