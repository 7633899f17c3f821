#include "parameters.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "answer.h"

namespace suar::dashboard {
namespace {

// What the client sent comes back in the message, but not a megabyte of it.
std::string quoted(const std::string& value) {
  constexpr std::size_t kLongest = 60;
  return '"' + (value.size() <= kLongest ? value : value.substr(0, kLongest) + "…") + '"';
}

std::string as_text(double value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return std::string(text, end);
}

template <typename Number>
std::optional<Number> parse(const std::string& text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return number;
}

// Largest and smallest steps whose doubles can be converted back.
int64_t to_step(double value) {
  constexpr double kLimit = 9223372036854775808.0;  // 2^63
  if (value >= kLimit) return std::numeric_limits<int64_t>::max();
  if (value <= -kLimit) return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(value);
}

}  // namespace

Parameters::Parameters(std::multimap<std::string, std::string> values)
    : values_(std::move(values)) {}

std::optional<std::string> Parameters::text(const std::string& name) const {
  const auto found = values_.lower_bound(name);
  if (found == values_.end() || found->first != name) return std::nullopt;
  return found->second;
}

std::string Parameters::needed_text(const std::string& name) const {
  auto value = text(name);
  if (!value) throw RequestError(400, "expected the parameter '" + name + "', found none");
  return std::move(*value);
}

std::vector<std::string> Parameters::texts(const std::string& name) const {
  std::vector<std::string> texts;
  const auto [first, last] = values_.equal_range(name);
  for (auto value = first; value != last; ++value) texts.push_back(value->second);
  return texts;
}

uint64_t Parameters::whole(const std::string& name, uint64_t fallback, uint64_t least,
                           uint64_t most) const {
  const auto value = text(name);
  if (!value) return fallback;
  const auto number = parse<uint64_t>(*value);
  if (!number || *number < least || *number > most) {
    throw RequestError(400, "expected '" + name + "' to be a whole number from " +
                                std::to_string(least) + " to " + std::to_string(most) + ", found " +
                                quoted(*value));
  }
  return *number;
}

std::optional<double> Parameters::number(const std::string& name) const {
  const auto value = text(name);
  if (!value) return std::nullopt;
  const auto number = parse<double>(*value);
  if (!number || !std::isfinite(*number)) {
    throw RequestError(400, "expected '" + name + "' to be a number, found " + quoted(*value));
  }
  return number;
}

double Parameters::number(const std::string& name, double fallback, double least,
                          double most) const {
  const double value = number(name).value_or(fallback);
  if (value < least || value > most) {
    throw RequestError(400, "expected '" + name + "' to be a number from " + as_text(least) +
                                " to " + as_text(most) + ", found " + as_text(value));
  }
  return value;
}

bool Parameters::all_passes() const {
  const auto value = text("passes").value_or("shown");
  if (value != "all" && value != "shown") {
    throw RequestError(400, "expected 'passes' to be shown or all, found " + quoted(value));
  }
  return value == "all";
}

StepRange step_range(std::optional<double> from, std::optional<double> to) {
  return {from ? to_step(std::ceil(*from)) : std::numeric_limits<int64_t>::min(),
          to ? to_step(std::floor(*to)) : std::numeric_limits<int64_t>::max()};
}

}  // namespace suar::dashboard
