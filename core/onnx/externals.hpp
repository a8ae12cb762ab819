// External data files that tensors name, opened once each and reported once each.
#pragma once

#include "onnx/model.hpp"

#include <cstdint>
#include <string_view>
#include <unordered_map>

namespace trtreport::onnx {

class Externals {
 public:
  Externals(Model& model, ExternalFiles* files) : model_(model), files_(files) {}

  // Notes that a tensor wants bytes [offset, offset + length) of the file `location`; answers the
  // file's index in Model::external_files.
  uint32_t add(StringId location, uint64_t offset, uint64_t length);

  // A warning for each file that is absent, refused, or too short for what its tensors ask. Codes:
  // external_data_missing, external_data_refused, external_data_short.
  void report(Diagnostics& diagnostics) const;

 private:
  void open(ExternalFile& file);

  Model& model_;
  ExternalFiles* files_;
  std::unordered_map<uint32_t, uint32_t> index_;  // location's id to index
  std::unordered_map<uint32_t, Error> failures_;  // index to why there is no source
};

}  // namespace trtreport::onnx
