// Reads requests member by member: the first fault wins and names its member.
#pragma once

#include "base/diagnostics.hpp"

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

namespace trtreport::wasm {

using Json = nlohmann::json;

inline constexpr double kMostExact =
    9007199254740992.0;  // 2^53: JavaScript has no larger exact integer

class Reader {
 public:
  void fail(std::string_view path, std::string_view what) {
    fail(Error{"bad_request", std::string(path) + " " + std::string(what)});
  }
  void fail(Error error) {
    if (!error_) error_ = std::move(error);
  }
  const std::optional<Error>& error() const { return error_; }

  // A whole number in [least, 2^53]; `otherwise` after a fault.
  int64_t integer(const Json& value, std::string_view path, int64_t least) {
    const double number = value.is_number() ? value.get<double>() : -1;
    const bool fits = number >= static_cast<double>(least) && number <= kMostExact;
    if (fits && std::floor(number) == number) return static_cast<int64_t>(number);
    fail(path, "must be a whole number of at least " + std::to_string(least));
    return least;
  }
  std::string text(const Json& value, std::string_view path) {
    if (value.is_string()) return value.get<std::string>();
    fail(path, "must be a string");
    return {};
  }
  bool flag(const Json& value, std::string_view path) {
    if (value.is_boolean()) return value.get<bool>();
    fail(path, "must be true or false");
    return false;
  }
  bool is_object(const Json& value, std::string_view path) {
    if (!value.is_object()) fail(path, "must be an object");
    return value.is_object();
  }
  bool is_array(const Json& value, std::string_view path) {
    if (!value.is_array()) fail(path, "must be a list");
    return value.is_array();
  }

 private:
  std::optional<Error> error_;
};

// Nothing at all is an empty request.
inline Json parse(std::string_view json) {
  return json.empty() ? Json::object() : Json::parse(json, nullptr, false);
}

template <class Request>
tl::expected<Request, Error> result(const Reader& reader, Request request) {
  if (reader.error()) return tl::unexpected(*reader.error());
  return request;
}

}  // namespace trtreport::wasm
