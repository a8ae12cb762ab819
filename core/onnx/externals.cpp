// Opening and reporting external data files.
#include "onnx/externals.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace trtreport::onnx {
namespace {

std::string tensors_of(const ExternalFile& file) {
  return std::to_string(file.tensors) + (file.tensors == 1 ? " tensor" : " tensors");
}

}  // namespace

uint32_t Externals::add(StringId location, uint64_t offset, uint64_t length) {
  const uint32_t next = static_cast<uint32_t>(model_.external_files.size());
  const auto [entry, is_new] = index_.try_emplace(static_cast<uint32_t>(location), next);
  if (is_new) {
    model_.external_files.push_back({});
    model_.external_files.back().location = location;
    open(model_.external_files.back());
  }
  ExternalFile& file = model_.external_files[entry->second];
  const uint64_t end = length > UINT64_MAX - offset ? UINT64_MAX : offset + length;
  file.declared_bytes = std::max(file.declared_bytes, end);
  ++file.tensors;
  return entry->second;
}

void Externals::open(ExternalFile& file) {
  const uint32_t index = static_cast<uint32_t>(model_.external_files.size() - 1);
  if (files_ == nullptr) {
    failures_[index] = Error{"external_data_missing", std::string(kNoSuchExternalFile), UINT64_MAX};
    return;
  }
  auto opened = files_->open(model_.text(file.location));
  if (opened) {
    file.source = std::move(*opened);
  } else {
    failures_[index] = std::move(opened.error());
  }
}

void Externals::report(Diagnostics& diagnostics) const {
  for (uint32_t index = 0; index < model_.external_files.size(); ++index) {
    const ExternalFile& file = model_.external_files[index];
    const std::string location(model_.text(file.location));
    Diagnostic item;
    item.severity = Severity::Warning;
    item.args = {{"location", location},
                 {"tensors", std::to_string(file.tensors)},
                 {"bytes", std::to_string(file.declared_bytes)}};
    const std::string wants =
        tensors_of(file) + ", " + std::to_string(file.declared_bytes) + " bytes";
    if (const auto failure = failures_.find(index); failure != failures_.end()) {
      item.code = failure->second.code;
      item.message = "external data '" + location + "' (" + wants +
                     ") was not read: " + failure->second.message +
                     "; whatever needs weight values is skipped";
      item.args.emplace_back("cause", failure->second.message);
      item.hint = item.code == "external_data_missing" ? "put the file beside the model" : "";
    } else if (file.source != nullptr && file.source->size() < file.declared_bytes) {
      const std::string size = std::to_string(file.source->size());
      item.code = "external_data_short";
      item.args.emplace_back("size", size);
      item.message = "external data '" + location + "' has " + size + " bytes, but its " + wants +
                     " are asked for: the download may be incomplete";
    } else {
      continue;
    }
    diagnostics.add(std::move(item));
  }
}

}  // namespace trtreport::onnx
