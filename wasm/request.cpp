// See request.hpp. The first fault wins and names its member.
#include "wasm/request.hpp"

#include "wasm/request_reader.hpp"

namespace trtreport::wasm {
namespace {

Precision read_precision(Reader& reader, const std::string& text, std::string_view path) {
  if (const auto precision = precision_from_name(text)) return *precision;
  reader.fail(path, "has no precision '" + text + "'");
  return Precision::Model;
}

void take(Reader& reader, tl::expected<Device, Error> device, std::vector<Device>& devices) {
  if (device) {
    devices.push_back(std::move(*device));
  } else {
    reader.fail(std::move(device.error()));
  }
}

void read_device(Reader& reader, const Json& value, std::vector<Device>& devices) {
  if (value.is_string()) return take(reader, find_device(value.get<std::string>()), devices);
  if (!reader.is_object(value, "devices")) return;
  std::string file, content, source = "preferred";
  for (const auto& [key, member] : value.items()) {
    if (key == "file") {
      file = reader.text(member, "devices.file");
    } else if (key == "content") {
      content = reader.text(member, "devices.content");
    } else if (key == "source") {
      source = reader.text(member, "devices.source");
    } else {
      reader.fail("devices." + key, "is no member of a device");
    }
  }
  PeakSource peaks = PeakSource::Preferred;
  if (source == "datasheet") {
    peaks = PeakSource::Datasheet;
  } else if (source == "measured") {
    peaks = PeakSource::Measured;
  } else if (source != "preferred") {
    reader.fail("devices.source", "must be preferred, datasheet or measured");
  }
  if (!reader.error()) take(reader, parse_device(content, file, peaks), devices);
}

std::vector<int64_t> read_shape(Reader& reader, const Json& value, std::string_view path) {
  std::vector<int64_t> shape;
  if (!reader.is_array(value, path)) return shape;
  for (const Json& dim : value) shape.push_back(reader.integer(dim, path, 0));
  return shape;
}

void read_nodes(Reader& reader, const Json& value, std::vector<NodePrecision>& nodes) {
  if (!reader.is_object(value, "node_precisions")) return;
  for (const auto& [key, ids] : value.items()) {
    const Precision precision = read_precision(reader, key, "node_precisions");
    if (!reader.is_array(ids, "node_precisions." + key)) return;
    for (const Json& id : ids) {
      const int64_t node = reader.integer(id, "node_precisions." + key, 0);
      if (node < UINT32_MAX) nodes.push_back({static_cast<uint32_t>(node), precision});
    }
  }
}

// False where `key` is no binding.
bool read_binding(Reader& reader, const std::string& key, const Json& value,
                  ops::Binding& binding) {
  if (key == "batch") {
    binding.batch = reader.integer(value, key, 1);
  } else if (key == "dims") {
    if (!reader.is_object(value, key)) return true;
    for (const auto& [symbol, number] : value.items())
      binding.dims[symbol] = reader.integer(number, "dims." + symbol, 0);
  } else if (key == "shapes") {
    if (!reader.is_object(value, key)) return true;
    for (const auto& [input, shape] : value.items())
      binding.shapes[input] = read_shape(reader, shape, "shapes." + input);
  } else {
    return false;
  }
  return true;
}

void read_option(Reader& reader, const std::string& key, const Json& value,
                 OptionsRequest& request) {
  Options& options = request.options;
  if (value.is_null() || read_binding(reader, key, value, options.binding)) return;
  if (key == "devices") {
    if (!reader.is_array(value, key)) return;
    for (const Json& device : value) read_device(reader, device, options.devices);
  } else if (key == "precisions") {
    if (!reader.is_array(value, key)) return;
    for (const Json& each : value)
      options.precisions.push_back(read_precision(reader, reader.text(each, key), key));
  } else if (key == "sparse") {
    options.roofline.sparse = reader.flag(value, key);
  } else if (key == "tf32") {
    options.roofline.tf32 = reader.flag(value, key);
  } else if (key == "convention") {
    const std::string name = reader.text(value, key);
    if (name == "course") options.convention = Convention::Course;
    if (name != "course" && name != "hardware")
      reader.fail("convention", "must be hardware or course");
  } else if (key == "node_precisions") {
    read_nodes(reader, value, request.nodes);
  } else {
    reader.fail(key, "is no option");
  }
}

OptionsRequest read_options(Reader& reader, const Json& value) {
  OptionsRequest request;
  if (!reader.is_object(value, "options")) return request;
  for (const auto& [key, member] : value.items()) read_option(reader, key, member, request);
  return request;
}

HostFile read_file(Reader& reader, const Json& value, const std::string& path) {
  HostFile file;
  if (!reader.is_object(value, path)) return file;
  for (const char* key : {"id", "name", "size"}) {
    if (!value.contains(key)) reader.fail(path + "." + key, "is missing");
  }
  if (reader.error()) return file;
  const int64_t id = reader.integer(value["id"], path + ".id", 0);
  if (id > UINT32_MAX) reader.fail(path + ".id", "is too large");
  file.id = static_cast<uint32_t>(id);
  file.name = reader.text(value["name"], path + ".name");
  file.size = static_cast<uint64_t>(reader.integer(value["size"], path + ".size", 0));
  return file;
}

}  // namespace

tl::expected<OptionsRequest, Error> parse_options(std::string_view json) {
  Reader reader;
  OptionsRequest request = read_options(reader, parse(json));
  return result(reader, std::move(request));
}

tl::expected<std::vector<Device>, Error> parse_devices(std::string_view json) {
  Reader reader;
  std::vector<Device> devices;
  const Json root = parse(json);
  if (reader.is_array(root, "request")) {
    for (const Json& device : root) read_device(reader, device, devices);
  }
  return result(reader, std::move(devices));
}

tl::expected<OpenRequest, Error> parse_open(std::string_view json) {
  Reader reader;
  OpenRequest request;
  const Json root = parse(json);
  if (reader.is_object(root, "request")) {
    request.model = read_file(reader, root.value("model", Json()), "model");
    for (const auto& [key, value] : root.items()) {
      if (key == "files" && reader.is_array(value, key)) {
        for (const Json& file : value) request.files.push_back(read_file(reader, file, "files"));
      } else if (key == "options") {
        request.options = read_options(reader, value);
      } else if (key != "model" && key != "files") {
        reader.fail(key, "is no member of the request");
      }
    }
  }
  return result(reader, std::move(request));
}

}  // namespace trtreport::wasm
