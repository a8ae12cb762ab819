// Which peak stands for which arithmetic, and what is taken where a device lacks it.
#include "roofline/ceilings.hpp"

#include "base/dtype.hpp"

namespace trtreport {

namespace {

const Peak* peak_of(const Device& device, Precision precision) {
  const auto found = device.peaks.find(precision);
  if (found == device.peaks.end()) return nullptr;
  const Peak& peak = found->second;
  return peak.tensor || peak.vector ? &peak : nullptr;
}

// int4 and fp4 are storage of weights: their arithmetic is fp16.
Precision arithmetic_of(Precision precision) {
  return precision == Precision::Int4 || precision == Precision::Fp4 ? Precision::Fp16 : precision;
}

Precision wider(Precision precision) {
  switch (precision) {
    case Precision::Fp8:
    case Precision::Int8:
    case Precision::Fp4:
    case Precision::Int4:
      return Precision::Fp16;
    case Precision::Bf16:
      return Precision::Tf32;
    default:
      return Precision::Fp32;
  }
}

// The precision itself where the device has a unit for it, else the next wider one that it has.
Precision available(const Device& device, Precision precision) {
  while (peak_of(device, precision) == nullptr && precision != Precision::Fp32)
    precision = wider(precision);
  return precision;
}

bool runs_as_tf32(const Device& device, const RooflineOptions& options) {
  constexpr int kAmpere = 80;
  const Peak* peak = peak_of(device, Precision::Tf32);
  return options.tf32 && device.capability() >= kAmpere && peak != nullptr &&
         peak->tensor.has_value();
}

// Elementwise arithmetic of narrow types runs in a wider one where the device names no vector peak
// for it.
std::optional<double> vector_peak(const Device& device, Precision precision) {
  for (int step = 0; step < kPrecisionCount; ++step) {
    const Peak* peak = peak_of(device, precision);
    if (peak != nullptr && peak->vector) return peak->vector;
    if (precision == Precision::Fp32) return std::nullopt;
    precision = wider(precision);
  }
  return std::nullopt;
}

Ceiling ceiling_of(const Device& device, Precision precision, const RooflineOptions& options) {
  Ceiling ceiling;
  const Precision unit = available(device, arithmetic_of(precision));
  ceiling.vector = vector_peak(device, unit);
  const bool tf32 = unit == Precision::Fp32 && runs_as_tf32(device, options);
  const Peak* peak = peak_of(device, tf32 ? Precision::Tf32 : unit);
  if (peak != nullptr && peak->tensor) {
    ceiling.has_tensor_unit = true;
    ceiling.tensor = options.sparse && peak->tensor_sparse ? peak->tensor_sparse : peak->tensor;
    ceiling.accumulate = peak->accumulate;
  } else {
    ceiling.tensor = ceiling.vector;
  }
  return ceiling;
}

double element_bytes(Precision precision) {
  switch (precision) {
    case Precision::Fp32:
    case Precision::Tf32:
      return 4;
    case Precision::Fp16:
    case Precision::Bf16:
      return 2;
    case Precision::Fp8:
    case Precision::Int8:
      return 1;
    case Precision::Fp4:
    case Precision::Int4:
      return 0.5;
    case Precision::Model:
      return 0;
  }
  return 0;
}

}  // namespace

std::string_view title(Precision precision) {
  switch (precision) {
    case Precision::Fp32:
      return "FP32";
    case Precision::Tf32:
      return "TF32";
    case Precision::Fp16:
      return "FP16";
    case Precision::Bf16:
      return "BF16";
    case Precision::Fp8:
      return "FP8";
    case Precision::Int8:
      return "INT8";
    case Precision::Fp4:
      return "FP4";
    case Precision::Int4:
      return "INT4";
    case Precision::Model:
      return "its own precision";
  }
  return "";
}

Precision Ceilings::arithmetic(DType dtype) const {
  switch (dtype) {
    case DType::Int8:
    case DType::UInt8:
      return Precision::Int8;
    case DType::Float8E4M3FN:
    case DType::Float8E4M3FNUZ:
    case DType::Float8E5M2:
    case DType::Float8E5M2FNUZ:
      return Precision::Fp8;
    case DType::Int4:
    case DType::UInt4:
      return Precision::Int4;
    case DType::Float4E2M1:
      return Precision::Fp4;
    default:
      break;
  }
  if (evaluated_as != Precision::Model) return evaluated_as;
  if (dtype == DType::Float64) return Precision::Model;
  if (dtype == DType::Float16) return Precision::Fp16;
  return dtype == DType::BFloat16 ? Precision::Bf16 : Precision::Fp32;
}

Ceilings resolve_ceilings(const Device& device, Precision precision,
                          const RooflineOptions& options) {
  Ceilings ceilings;
  for (size_t index = 0; index < kPrecisionCount; ++index) {
    const Precision each = static_cast<Precision>(index);
    if (each != Precision::Model) ceilings.of[index] = ceiling_of(device, each, options);
  }
  ceilings.evaluated_as = precision;
  if (precision == Precision::Model) {
    Ceiling& fp64 = ceilings.of[static_cast<size_t>(Precision::Model)];
    fp64.vector = device.fp64.vector;
    fp64.has_tensor_unit = device.fp64.tensor.has_value();
    fp64.tensor = fp64.has_tensor_unit ? device.fp64.tensor : fp64.vector;
    fp64.accumulate = device.fp64.accumulate;
    return ceilings;
  }
  const Precision wanted = arithmetic_of(precision);
  const Precision taken = available(device, wanted);
  if (taken != wanted) {
    ceilings.fallback =
        Fallback{"no_precision", device.name + " has no " + std::string(title(wanted)) +
                                     " units: evaluated in " + std::string(title(taken))};
    ceilings.evaluated_as = taken;
  }
  const bool tf32 = ceilings.evaluated_as == Precision::Fp32 && runs_as_tf32(device, options);
  if (tf32) ceilings.evaluated_as = Precision::Tf32;
  // Weight-only precisions keep their weights even where fp16 arithmetic is missing.
  const bool weight_only = wanted != precision;
  ceilings.weight_bytes = element_bytes(weight_only ? precision : ceilings.evaluated_as);
  ceilings.activation_bytes = element_bytes(weight_only ? taken : ceilings.evaluated_as);
  if (weight_only && taken == wanted) ceilings.evaluated_as = precision;
  return ceilings;
}

}  // namespace trtreport
