// Elements of small tensors: every type, every way of storing it, and every way of being wrong.
#include "catch.hpp"
#include "onnx/decode.hpp"
#include "support.hpp"
#include "wire.hpp"

#include <cmath>
#include <limits>

using namespace trtreport;
using namespace trtreport::onnx;
using protozero::pbf_writer;
using test::model_with;
using test::Parsed;
using test::tag;

namespace {

tl::expected<Elements, Error> first_elements(const std::string& bytes, uint64_t most = 1000) {
  Parsed parsed(bytes);
  INFO(parsed.message());
  REQUIRE(parsed.ok());
  return parsed.elements(parsed.graph().initializers[0], most);
}

Elements raw(DType dtype, const std::vector<int64_t>& dims, const std::string& bytes) {
  auto result = first_elements(model_with(dtype, dims, [&](pbf_writer& tensor) {
    tensor.add_bytes(tag(TensorField::RawData), bytes);
  }));
  INFO((result ? "" : result.error().message));
  REQUIRE(result.has_value());
  return *result;
}

std::string raw_fault(DType dtype, const std::vector<int64_t>& dims, const std::string& bytes) {
  const auto result = first_elements(model_with(dtype, dims, [&](pbf_writer& tensor) {
    tensor.add_bytes(tag(TensorField::RawData), bytes);
  }));
  return result ? "" : result.error().code;
}

template <class Add>
Elements typed(DType dtype, const std::vector<int64_t>& dims, Add add) {
  auto result = first_elements(model_with(dtype, dims, add));
  INFO((result ? "" : result.error().message));
  REQUIRE(result.has_value());
  return *result;
}

Elements in_int32(DType dtype, const std::vector<int64_t>& dims,
                  const std::vector<int32_t>& values) {
  return typed(dtype, dims, [&](pbf_writer& tensor) {
    tensor.add_packed_int32(tag(TensorField::Int32Data), values.begin(), values.end());
  });
}

using Ints = std::vector<int64_t>;
using Floats = std::vector<double>;

}  // namespace

TEST_CASE("onnx: raw integers are little-endian and keep their sign") {
  CHECK(raw(DType::Int8, {2}, "\xff\x7f").ints == Ints{-1, 127});
  CHECK(raw(DType::UInt8, {2}, "\xff\x7f").ints == Ints{255, 127});
  CHECK(raw(DType::Int16, {1}, "\xfe\xff").ints == Ints{-2});
  CHECK(raw(DType::UInt16, {1}, "\xfe\xff").ints == Ints{65534});
  CHECK(raw(DType::Int32, {1}, std::string("\0\0\0\x80", 4)).ints == Ints{-2147483648LL});
  CHECK(raw(DType::UInt32, {1}, std::string("\0\0\0\x80", 4)).ints == Ints{2147483648LL});
  CHECK(raw(DType::Int64, {}, std::string("\1\0\0\0\0\0\0\x80", 8)).ints == Ints{INT64_MIN + 1});
  CHECK(raw(DType::Bool, {3}, std::string("\0\1\2", 3)).ints == Ints{0, 1, 1});
  CHECK(raw(DType::Int64, {0, 5}, "").ints.empty());
}

TEST_CASE("onnx: sub-byte integers lie lowest bits first, with padding after the last") {
  CHECK(raw(DType::UInt4, {3}, "\x21\xf3").ints == Ints{1, 2, 3});
  CHECK(raw(DType::Int4, {4}, "\x87\xf1").ints == Ints{7, -8, 1, -1});
  CHECK(raw(DType::UInt2, {5}, "\xe4\x02").ints == Ints{0, 1, 2, 3, 2});
  CHECK(raw(DType::Int2, {4}, "\xe4").ints == Ints{0, 1, -2, -1});
  CHECK(raw(DType::Float4E2M1, {3}, "\xf1\x07").floats == Floats{0.5, -6, 6});
  CHECK(in_int32(DType::Int4, {3}, {0x87, 0x0f}).ints == Ints{7, -8, -1});
}

TEST_CASE("onnx: typed fields, packed or not") {
  CHECK(in_int32(DType::Int32, {2}, {-5, 6}).ints == Ints{-5, 6});
  CHECK(in_int32(DType::Int8, {1}, {-128}).ints == Ints{-128});
  CHECK(in_int32(DType::Bool, {2}, {1, 0}).ints == Ints{1, 0});
  CHECK(in_int32(DType::Float16, {2}, {0x3c00, 0xc000}).floats == Floats{1, -2});
  CHECK(in_int32(DType::BFloat16, {1}, {0x3fc0}).floats == Floats{1.5});
  CHECK(typed(DType::Int64, {2}, [](pbf_writer& tensor) {
          tensor.add_int64(tag(TensorField::Int64Data), -1);
          tensor.add_int64(tag(TensorField::Int64Data), INT64_MAX);
        }).ints == Ints{-1, INT64_MAX});
  CHECK(typed(DType::UInt32, {1}, [](pbf_writer& tensor) {
          tensor.add_uint64(tag(TensorField::Uint64Data), 4294967295u);
        }).ints == Ints{4294967295LL});
  CHECK(typed(DType::Float32, {3}, [](pbf_writer& tensor) {
          tensor.add_float(tag(TensorField::FloatData), 0.25f);
          const std::vector<float> more{-1, 2};
          tensor.add_packed_float(tag(TensorField::FloatData), more.begin(), more.end());
        }).floats == Floats{0.25, -1, 2});
  CHECK(typed(DType::Float64, {1}, [](pbf_writer& tensor) {
          tensor.add_double(tag(TensorField::DoubleData), 1e300);
        }).floats == Floats{1e300});
}

TEST_CASE("onnx: half, bfloat16 and float8 kinds have their defined values") {
  struct Row {
    DType dtype;
    uint64_t bits;
    double value;
  };
  const double infinity = std::numeric_limits<double>::infinity();
  // The extremes of each format as its specification tabulates them.
  const Row rows[] = {
      {DType::Float16, 0x7bff, 65504},
      {DType::Float16, 0x0001, std::ldexp(1, -24)},
      {DType::Float16, 0xfc00, -infinity},
      {DType::BFloat16, 0x7f80, infinity},
      {DType::BFloat16, 0x0001, std::ldexp(1, -133)},
      {DType::Float32, 0x00000001, std::ldexp(1, -149)},
      {DType::Float32, 0xc0490fdb, -3.1415927410125732},
      {DType::Float8E4M3FN, 0x7e, 448},
      {DType::Float8E4M3FN, 0x01, std::ldexp(1, -9)},
      {DType::Float8E4M3FN, 0x08, std::ldexp(1, -6)},
      {DType::Float8E4M3FNUZ, 0x7f, 240},
      {DType::Float8E4M3FNUZ, 0x01, std::ldexp(1, -10)},
      {DType::Float8E5M2, 0x7b, 57344},
      {DType::Float8E5M2, 0x01, std::ldexp(1, -16)},
      {DType::Float8E5M2, 0xfc, -infinity},
      {DType::Float8E5M2FNUZ, 0x7f, 57344},
      {DType::Float8E5M2FNUZ, 0x01, std::ldexp(1, -17)},
      {DType::Float8E8M0, 0x00, std::ldexp(1, -127)},
      {DType::Float8E8M0, 0xfe, std::ldexp(1, 127)},
      {DType::Float4E2M1, 0x01, 0.5},
      {DType::Float4E2M1, 0x0f, -6},
  };
  for (const Row& row : rows) {
    INFO(name(row.dtype) << " " << row.bits);
    CHECK(decode_float(row.dtype, row.bits) == row.value);
  }
  const std::pair<DType, uint64_t> no_numbers[] = {
      {DType::Float16, 0x7c01},      {DType::BFloat16, 0xffff}, {DType::Float8E4M3FN, 0xff},
      {DType::Float8E4M3FNUZ, 0x80}, {DType::Float8E5M2, 0x7d}, {DType::Float8E5M2FNUZ, 0x80},
      {DType::Float8E8M0, 0xff},
  };
  for (const auto& [dtype, bits] : no_numbers) CHECK(std::isnan(decode_float(dtype, bits)));
  CHECK(std::signbit(decode_float(DType::Float16, 0x8000)));
}

TEST_CASE("onnx: float32 decodes to what the processor makes of the same bits") {
  uint32_t bits = 1;
  for (int step = 0; step < 100'000; ++step) {
    bits = bits * 1664525u + 1013904223u;
    float value;
    std::memcpy(&value, &bits, sizeof value);
    const double decoded = decode_float(DType::Float32, bits);
    if (!(decoded == static_cast<double>(value) || (std::isnan(decoded) && std::isnan(value)))) {
      FAIL("bits " << bits);
    }
  }
}

TEST_CASE("onnx: elements that are too many, missing, too few or no numbers are refused") {
  CHECK(raw_fault(DType::Float32, {2}, std::string(7, '\0')) == "size_mismatch");
  CHECK(raw_fault(DType::Float32, {2}, std::string(12, '\0')) == "size_mismatch");
  CHECK(raw_fault(DType::Float32, {1001}, "") == "too_many_elements");
  CHECK(raw_fault(DType::Float32, {INT64_MAX, INT64_MAX, 4}, "") == "too_many_elements");
  CHECK(raw_fault(DType::Float32, {INT64_MAX, 0, 4}, "").empty());
  CHECK(raw_fault(DType::Complex64, {1}, std::string(8, '\0')) == "no_numbers");
  CHECK(raw_fault(DType::UInt64, {1}, std::string(8, '\xff')) == "no_numbers");
  CHECK(first_elements(model_with(DType::Int64, {2}, [](pbf_writer&) {})).error().code ==
        "size_mismatch");
  CHECK(first_elements(model_with(DType::String, {1},
                                  [](pbf_writer& tensor) {
                                    tensor.add_string(tag(TensorField::StringData), "x");
                                  }))
            .error()
            .code == "no_numbers");
  const auto short_list = first_elements(model_with(DType::Int64, {3}, [](pbf_writer& tensor) {
    tensor.add_int64(tag(TensorField::Int64Data), 1);
  }));
  CHECK(short_list.error().code == "size_mismatch");
}

TEST_CASE("onnx: a typed list longer than the shape does not grow memory") {
  const std::vector<int64_t> many(100'000, 1);
  const auto result = first_elements(model_with(DType::Int64, {2}, [&](pbf_writer& tensor) {
    tensor.add_packed_int64(tag(TensorField::Int64Data), many.begin(), many.end());
  }));
  CHECK(result.error().code == "size_mismatch");
}

TEST_CASE("onnx: an empty raw_data beside a typed list does not hide it") {
  CHECK(typed(DType::Int64, {1}, [](pbf_writer& tensor) {
          tensor.add_int64(tag(TensorField::Int64Data), 4);
          tensor.add_bytes(tag(TensorField::RawData), "");
        }).ints == Ints{4});
}
