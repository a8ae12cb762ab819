// Requests of the host: JSON texts, checked member by member, so that a slip in the page's code is
// a named error and not a figure of other options.
#pragma once

#include "trtreport.hpp"
#include "wasm/files.hpp"

#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace trtreport::wasm {

// {"devices":["h100-sxm@datasheet",{"file":"my.json","content":"{…}","source":"measured"}],
//  "precisions":["fp16"],"sparse":false,"tf32":true,"batch":8,"dims":{"sequence":128},
//  "shapes":{"images":[1,3,224,224]},"convention":"hardware","node_precisions":{"int8":[0,7]}}
// Names and defaults are those of the document's "options"; every member may be left out, nulls
// count as left out. A device is a built-in one by name, or the text of a device file.
struct OptionsRequest {
  Options options;
  std::vector<NodePrecision> nodes;  // ids of the document; for recompute alone
};

// {"model":{"id":1,"name":"a.onnx","size":1234},"files":[…the same…],"options":{…}}
struct OpenRequest {
  HostFile model;
  std::vector<HostFile> files;  // external data and whatever else the host has
  OptionsRequest options;
};

// [{"file","content","source"}], …: devices as in the options.
tl::expected<std::vector<Device>, Error> parse_devices(std::string_view json);

// Error codes: bad_request, and those of find_device and parse_device.
tl::expected<OptionsRequest, Error> parse_options(std::string_view json);
tl::expected<OpenRequest, Error> parse_open(std::string_view json);

}  // namespace trtreport::wasm
