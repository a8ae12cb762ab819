// See text_model.hpp.
#include "models/text_model.hpp"

#include "base/dtype.hpp"
#include "models/builder.hpp"

#include <sstream>

#include <onnx/defs/parser.h>

namespace trtreport::models {
namespace {

struct Declared {
  std::string name, location;
  int dtype = 0;
  std::vector<int64_t> dims;
  int64_t offset = -1;
};

// "w float32[64,3,7,7]" or "w float32[64,64] at a.bin 0".
tl::expected<Declared, std::string> parse_weight(const std::string& line, bool external) {
  std::istringstream words(line);
  std::string directive, type, at;
  Declared result;
  words >> directive >> result.name >> type;
  if (external) words >> at >> result.location >> result.offset;
  const size_t open = type.find('[');
  const auto dtype = dtype_from_name(type.substr(0, open));
  if (!words || open == std::string::npos || !dtype)
    return tl::unexpected("bad directive: " + line);
  result.dtype = static_cast<int>(*dtype);
  std::istringstream dims(type.substr(open + 1));
  for (int64_t dim = 0; dims >> dim; dims.get()) result.dims.push_back(dim);
  return result;
}

void add_weight(::onnx::GraphProto& graph, const Declared& declared, Random& random) {
  ::onnx::TensorProto& tensor = *graph.add_initializer();
  tensor.set_name(declared.name);
  tensor.set_data_type(declared.dtype);
  uint64_t elements = 1;
  for (const int64_t dim : declared.dims) {
    tensor.add_dims(dim);
    elements *= static_cast<uint64_t>(dim);
  }
  const DType dtype = static_cast<DType>(declared.dtype);
  const uint64_t bytes = storage_bytes(dtype, elements);
  if (!declared.location.empty()) {
    tensor.set_data_location(::onnx::TensorProto::EXTERNAL);
    const std::pair<const char*, std::string> entries[] = {
        {"location", declared.location},
        {"offset", std::to_string(declared.offset)},
        {"length", std::to_string(bytes)}};
    for (const auto& [key, value] : entries) {
      auto* entry = tensor.add_external_data();
      entry->set_key(key);
      entry->set_value(value);
    }
    return;
  }
  std::string& raw = *tensor.mutable_raw_data();
  raw.reserve(bytes);
  while (dtype == DType::Float32 && raw.size() < bytes) {
    const float value = random.normal() * 0.05f;
    raw.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  while (raw.size() < bytes) raw.push_back(static_cast<char>(random.next() & 0x3f));
}

}  // namespace

tl::expected<TextModel, std::string> parse_text_model(std::string_view text) {
  TextModel result;
  std::vector<Declared> weights;
  std::string body, line;
  for (std::istringstream lines{std::string(text)}; std::getline(lines, line);) {
    if (line.rfind('#', 0) == 0) {
      if (line.rfind("# --", 0) != 0) continue;
      std::istringstream words(line.substr(1));
      for (std::string word; words >> word;) result.options.push_back(word);
    } else if (line.rfind('@', 0) == 0) {
      auto weight = parse_weight(line, line.rfind("@external", 0) == 0);
      if (!weight) return tl::unexpected(weight.error());
      weights.push_back(std::move(*weight));
    } else {
      body += line + '\n';
    }
  }
  ::onnx::ModelProto model;
  ::onnx::OnnxParser parser(body.c_str());
  const auto status = parser.Parse(model);
  if (!status.IsOK()) return tl::unexpected(status.ErrorMessage());
  Random random(1);
  for (const Declared& weight : weights) add_weight(*model.mutable_graph(), weight, random);
  result.bytes = model.SerializeAsString();
  return result;
}

}  // namespace trtreport::models
