// The document's section "quantization".
#pragma once

#include "quantization/quantization.hpp"
#include "report/document.hpp"

namespace trtreport {

class QuantizationSection : public DocumentSection {
 public:
  // Both must outlive it.
  QuantizationSection(const Analysis& analysis, const quantization::Quantization& quantization)
      : analysis_(analysis), quantization_(quantization) {}

  std::string_view name() const override { return "quantization"; }
  void write(const DocumentNames& names, JsonWriter& json) const override;

 private:
  const Analysis& analysis_;
  const quantization::Quantization& quantization_;
};

}  // namespace trtreport
