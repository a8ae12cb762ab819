// Weight values by range: every way of storing them gives the same floats from wherever reading
// begins, and agrees with the decoder of whole small tensors.
#include "onnx/weights.hpp"

#include "catch.hpp"
#include "support.hpp"
#include "wire.hpp"

#include <cmath>
#include <cstring>

using namespace trtreport;
using namespace trtreport::onnx;
using protozero::pbf_writer;
using test::model_with;
using test::Parsed;
using test::tag;

namespace {

// Read whole, backwards in odd pieces, and one by one: all alike, and as read_elements says.
std::vector<float> floats(const std::string& bytes, ExternalFiles* files = nullptr) {
  Parsed parsed(bytes, files);
  INFO(parsed.message());
  REQUIRE(parsed.ok());
  const TensorData& tensor = parsed.graph().initializers[0];
  auto reader = WeightReader::open(parsed.model(), parsed.source, tensor);
  INFO((reader ? "" : reader.error().message));
  REQUIRE(reader.has_value());
  std::vector<float> whole(reader->elements()), pieces(whole.size());
  REQUIRE(reader->read(0, whole).has_value());
  for (size_t end = pieces.size(); end > 0;) {
    const size_t size = std::min<size_t>(end, 7);
    end -= size;
    REQUIRE(reader->read(end, std::span(pieces).subspan(end, size)).has_value());
  }
  CHECK(std::memcmp(whole.data(), pieces.data(), whole.size() * sizeof(float)) == 0);
  const auto elements = parsed.elements(tensor, 1u << 20);
  REQUIRE(elements.has_value());
  for (size_t i = 0; i < whole.size(); ++i) {
    const float expected = elements->floats.empty() ? static_cast<float>(elements->ints[i])
                                                    : static_cast<float>(elements->floats[i]);
    if (std::isnan(expected)) {
      CHECK(std::isnan(whole[i]));
    } else {
      CHECK(whole[i] == expected);
    }
  }
  return whole;
}

std::vector<float> raw(DType dtype, int64_t elements, const std::string& bytes) {
  return floats(model_with(dtype, {elements}, [&](pbf_writer& tensor) {
    tensor.add_bytes(tag(TensorField::RawData), bytes);
  }));
}

std::string all_codes(size_t width) {
  std::string bytes;
  for (uint32_t code = 0; code < 65536; ++code) {
    bytes.push_back(static_cast<char>(code & 0xff));
    if (width == 2) bytes.push_back(static_cast<char>(code >> 8));
    if (width == 1 && code == 255) break;
  }
  return bytes;
}

class OneFile : public ExternalFiles {
 public:
  explicit OneFile(std::string content) : content_(std::move(content)) {}
  tl::expected<std::shared_ptr<ByteSource>, Error> open(std::string_view location) override {
    if (location != "w.bin") return tl::unexpected(Error{"external_data_missing", "no", 0});
    return std::make_shared<MemorySource>(
        "w.bin", std::as_bytes(std::span<const char>(content_.data(), content_.size())));
  }

 private:
  std::string content_;
};

std::string external_model(const char* location) {
  return model_with(DType::Float32, {2}, [&](pbf_writer& tensor) {
    for (const auto& [key, value] :
         {std::pair("location", location), std::pair("offset", "4"), std::pair("length", "8")}) {
      pbf_writer entry(tensor, tag(TensorField::ExternalData));
      entry.add_string(tag(EntryField::Key), key);
      entry.add_string(tag(EntryField::Value), value);
    }
    tensor.add_int32(tag(TensorField::DataLocation), 1);
  });
}

}  // namespace

TEST_CASE("weights: every code of the 16- and 8-bit kinds", "[weights]") {
  for (const DType dtype : {DType::Float16, DType::BFloat16, DType::Int16, DType::UInt16}) {
    CHECK(raw(dtype, 65536, all_codes(2)).size() == 65536);
  }
  for (const DType dtype : {DType::Int8, DType::UInt8, DType::Float8E4M3FN, DType::Float8E5M2,
                            DType::Float8E8M0, DType::Float8E4M3FNUZ}) {
    CHECK(raw(dtype, 256, all_codes(1)).size() == 256);
  }
}

TEST_CASE("weights: packed kinds begin anywhere", "[weights]") {
  CHECK(raw(DType::Int4, 3, std::string("\x8f\x07", 2)) == std::vector<float>{-1, -8, 7});
  CHECK(raw(DType::UInt4, 511, all_codes(1))[31] == 0);
  CHECK(raw(DType::Float4E2M1, 512, all_codes(1)).size() == 512);
  CHECK(raw(DType::Int2, 1023, all_codes(1)).size() == 1023);
}

TEST_CASE("weights: typed fields, packed or single, fixed or variable", "[weights]") {
  const auto list = {1.5f, -2.0f, 0.25f};
  CHECK(floats(model_with(DType::Float32, {3}, [&](pbf_writer& tensor) {
          tensor.add_packed_float(tag(TensorField::FloatData), list.begin(), list.end());
        })) == std::vector<float>(list));
  CHECK(floats(model_with(DType::Float32, {5}, [&](pbf_writer& tensor) {
          tensor.add_float(tag(TensorField::FloatData), 9);
          tensor.add_packed_float(tag(TensorField::FloatData), list.begin(), list.end());
          tensor.add_float(tag(TensorField::FloatData), 8);
        })) == std::vector<float>{9, 1.5f, -2, 0.25f, 8});
  const auto halves = {0x3c00, 0xc000, 0x7c00};
  CHECK(floats(model_with(DType::Float16, {3}, [&](pbf_writer& tensor) {
          tensor.add_packed_int32(tag(TensorField::Int32Data), halves.begin(), halves.end());
        })) == std::vector<float>{1, -2, INFINITY});
  const auto doubles = {0.1, 1e300};
  CHECK(floats(model_with(DType::Float64, {2}, [&](pbf_writer& tensor) {
          tensor.add_packed_double(tag(TensorField::DoubleData), doubles.begin(), doubles.end());
        })) == std::vector<float>{0.1f, INFINITY});
  const auto nibbles = {0x21, 0x03};
  CHECK(floats(model_with(DType::UInt4, {3}, [&](pbf_writer& tensor) {
          tensor.add_packed_int32(tag(TensorField::Int32Data), nibbles.begin(), nibbles.end());
        })) == std::vector<float>{1, 2, 3});
}

TEST_CASE("weights: external data is read in its range; absent data is an error", "[weights]") {
  std::string content(12, '\0');
  const float values[] = {7, 1.5f, -3};
  std::memcpy(content.data(), values, 12);
  OneFile files(content);
  CHECK(floats(external_model("w.bin"), &files) == std::vector<float>{1.5f, -3});

  Parsed absent(external_model("v.bin"), &files);
  REQUIRE(absent.ok());
  const auto reader =
      WeightReader::open(absent.model(), absent.source, absent.graph().initializers[0]);
  REQUIRE(!reader.has_value());
  CHECK(reader.error().code == "external_data_missing");
}

TEST_CASE("weights: what storage and shape disagree on is an error", "[weights]") {
  const auto code = [](const std::string& bytes) -> std::string {
    Parsed parsed(bytes);
    REQUIRE(parsed.ok());
    auto reader = WeightReader::open(parsed.model(), parsed.source, parsed.graph().initializers[0]);
    if (!reader) return reader.error().code;
    std::vector<float> values(reader->elements());
    const auto read = reader->read(0, values);
    return read ? "" : read.error().code;
  };
  CHECK(code(model_with(DType::Float32, {3}, [](pbf_writer& tensor) {
          tensor.add_bytes(tag(TensorField::RawData), "12345678");
        })) == "size_mismatch");
  CHECK(code(model_with(DType::Float32, {3}, [](pbf_writer&) {})) == "size_mismatch");
  CHECK(code(model_with(DType::Float32, {3}, [](pbf_writer& tensor) {
          tensor.add_float(tag(TensorField::FloatData), 1);
        })) == "size_mismatch");
  CHECK(code(model_with(DType::String, {1}, [](pbf_writer&) {})) == "no_numbers");
  CHECK(code(model_with(DType::Float32, {0}, [](pbf_writer&) {})).empty());
}
