// One device file being read: every field is looked at before it is taken, and the first fault
// names its path. Shared by the parts of a device file's reading.
#pragma once

#include "base/diagnostics.hpp"

#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace trtreport {

using Json = nlohmann::json;

class DeviceReader {
 public:
  explicit DeviceReader(std::string_view file) : file_(file) {}

  void fail(std::string_view path, std::string_view what) { fail("bad_device_file", path, what); }
  void fail(std::string_view code, std::string_view path, std::string_view what) {
    if (error_) return;
    error_ = Error{std::string(code), std::string(file_) + ": " + std::string(path) +
                                          (path.empty() ? "" : " ") + std::string(what)};
  }
  const std::optional<Error>& error() const { return error_; }

  // Null where the member is absent or null; a fault where it is of another kind.
  const Json* array(const Json& parent, std::string_view key, std::string_view path) {
    const Json* value = member(parent, key);
    if (value == nullptr || value->is_array()) return value;
    fail(joined(path, key), "must be a list");
    return nullptr;
  }

  const Json* object(const Json& parent, std::string_view key, std::string_view path) {
    const Json* value = member(parent, key);
    if (value == nullptr || value->is_object()) return value;
    fail(joined(path, key), "must be an object");
    return nullptr;
  }

  std::optional<double> number(const Json& parent, std::string_view key, std::string_view path) {
    const Json* value = member(parent, key);
    if (value == nullptr) return std::nullopt;
    const double result = value->is_number() ? value->get<double>() : -1;
    if (value->is_number() && std::isfinite(result) && result > 0) return result;
    fail(joined(path, key), "must be a positive number");
    return std::nullopt;
  }

  std::optional<uint64_t> bytes(const Json& parent, std::string_view key, std::string_view path) {
    constexpr double kMost = 1e18;
    const std::optional<double> value = number(parent, key, path);
    if (!value) return std::nullopt;
    if (*value <= kMost) return static_cast<uint64_t>(*value);
    fail(joined(path, key), "is too large");
    return std::nullopt;
  }

  std::string text(const Json& parent, std::string_view key, std::string_view path) {
    const Json* value = member(parent, key);
    if (value == nullptr) return {};
    if (value->is_string()) return value->get<std::string>();
    fail(joined(path, key), "must be a string");
    return {};
  }

  std::vector<std::pair<std::string, std::string>> texts(const Json& parent, std::string_view key) {
    std::vector<std::pair<std::string, std::string>> result;
    const Json* value = object(parent, key, "");
    if (value == nullptr) return result;
    for (const auto& [name, item] : value->items()) {
      if (item.is_string()) {
        result.emplace_back(name, item.get<std::string>());
      } else {
        fail(joined(std::string(key) + ".", name), "must be a string");
      }
    }
    return result;
  }

 private:
  static std::string joined(std::string_view path, std::string_view key) {
    return std::string(path) + std::string(key);
  }
  static const Json* member(const Json& parent, std::string_view key) {
    const auto found = parent.find(std::string(key));
    return found == parent.end() || found->is_null() ? nullptr : &*found;
  }

  std::string_view file_;
  std::optional<Error> error_;
};

}  // namespace trtreport
