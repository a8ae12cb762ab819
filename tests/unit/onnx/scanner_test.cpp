// How little of a file is read: weights stay where they are, and a window serves many fields.
#include "onnx/scanner.hpp"

#include "catch.hpp"
#include "onnx/fields.hpp"
#include "onnx/model.hpp"

#include <algorithm>
#include <cstring>

#include <protozero/pbf_writer.hpp>

using namespace trtreport;
using namespace trtreport::onnx;
using protozero::pbf_writer;

namespace {

// A file of which only pieces exist; zeros lie between them. Counts what is read, and answers in
// small portions.
class CountingSource : public ByteSource {
 public:
  uint64_t size() const override { return size_; }
  std::string_view name() const override { return "counted.onnx"; }
  size_t read(uint64_t offset, std::span<std::byte> out) override {
    if (offset >= size_) return 0;
    constexpr size_t kPortion = 1000;
    const uint64_t most = std::min<uint64_t>(kPortion, size_ - offset);
    const size_t count = std::min<size_t>(out.size(), static_cast<size_t>(most));
    std::memset(out.data(), 0, count);
    for (const auto& [begin, bytes] : pieces_) copy(begin, bytes, offset, out.first(count));
    bytes_read += count;
    return count;
  }
  void add(const std::string& bytes) {
    pieces_.emplace_back(size_, bytes);
    size_ += bytes.size();
  }
  void add_zeros(uint64_t count) { size_ += count; }

  uint64_t bytes_read = 0;

 private:
  static void copy(uint64_t begin, const std::string& bytes, uint64_t offset,
                   std::span<std::byte> out) {
    const uint64_t first = std::max(begin, offset);
    const uint64_t last = std::min(begin + bytes.size(), offset + out.size());
    if (first >= last) return;
    std::memcpy(out.data() + (first - offset), bytes.data() + (first - begin),
                static_cast<size_t>(last - first));
  }

  std::vector<std::pair<uint64_t, std::string>> pieces_;
  uint64_t size_ = 0;
};

std::string varint(uint64_t value) {
  std::string bytes;
  protozero::write_varint(std::back_inserter(bytes), value);
  return bytes;
}

}  // namespace

TEST_CASE("scanner: weights of gigabytes are not read") {
  constexpr uint64_t kWeightBytes = uint64_t{3} << 30;
  constexpr int kWeights = 4;
  std::string head("\x08\x03\x12\x01w", 0);
  std::string tensor;
  {
    pbf_writer writer(tensor);
    writer.add_int64(1, static_cast<int64_t>(kWeightBytes / 4));
    writer.add_int32(2, 1);
  }
  tensor += "\x4a" + varint(kWeightBytes);  // raw_data
  const std::string initializer = "\x2a" + varint(tensor.size() + kWeightBytes) + tensor;
  CountingSource source;
  source.add("\x3a" + varint(kWeights * (initializer.size() + kWeightBytes)));
  for (int index = 0; index < kWeights; ++index) {
    source.add(initializer);
    source.add_zeros(kWeightBytes);
  }
  source.add(std::string("\x42\x02\x10\x11", 4));
  Diagnostics diagnostics;
  const auto model = read_model(source, nullptr, diagnostics);
  INFO((model ? "" : model.error().message));
  REQUIRE(model.has_value());
  REQUIRE((*model)->graph.initializers.size() == kWeights);
  CHECK((*model)->graph.initializers[3].length == kWeightBytes);
  CHECK((*model)->graph.initializers[3].offset > 3 * kWeightBytes);
  CHECK((*model)->opsets[0].second == 17);
  CHECK(source.bytes_read < 64 * 1024);
  CHECK(read_elements(**model, source, (*model)->graph.initializers[0], 1000).error().code ==
        "too_many_elements");
}

TEST_CASE("scanner: fields that straddle the window's end are whole") {
  std::string bytes;
  pbf_writer writer(bytes);
  for (uint64_t index = 0; index < 30'000; ++index) {
    writer.add_uint64(1, index * index * 1'000'003);
    if (index % 100 == 0) writer.add_string(2, std::string(static_cast<size_t>(index) % 700, 'a'));
    writer.add_fixed64(3, index);
    writer.add_fixed32(4, static_cast<uint32_t>(index));
  }
  CountingSource source;
  source.add(bytes);
  Scanner scanner(source);
  Fields fields(scanner, scanner.whole());
  uint64_t index = 0;
  uint64_t wrong = 0;
  while (fields.next()) {
    if ((fields.key() >> 3) == 1) wrong += fields.value() != index * index * 1'000'003;
    if ((fields.key() >> 3) == 2) {
      const std::string_view text = scanner.view(fields.content());
      wrong += text != std::string(static_cast<size_t>(index) % 700, 'a');
    }
    if ((fields.key() >> 3) == 3) wrong += fields.value() != index;
    if ((fields.key() >> 3) == 4) wrong += fields.value() != index++;
  }
  CHECK_FALSE(scanner.failed());
  CHECK(index == 30'000);
  CHECK(wrong == 0);
  CHECK(source.bytes_read <= source.size());
}

TEST_CASE("scanner: numbers of more than ten bytes, and files that end in one") {
  const auto failure = [](const std::string& bytes) {
    MemorySource source("x", std::as_bytes(std::span<const char>(bytes.data(), bytes.size())));
    Scanner scanner(source);
    Fields fields(scanner, scanner.whole());
    while (fields.next()) continue;
    return scanner.failed() ? scanner.failure().code : "";
  };
  CHECK(failure("\x08" + std::string(9, '\xff') + "\x01").empty());
  CHECK(failure("\x08" + std::string(10, '\xff') + "\x01") == "malformed");
  CHECK(failure("\x08\xff") == "truncated");
  CHECK(failure("\x09\x01\x02") == "truncated");
  CHECK(failure("\x0d\x01\x02") == "truncated");
  CHECK(failure(std::string("\x00\x01", 2)) == "malformed");
  for (const char* group : {"\x0b", "\x0c", "\x0e", "\x0f"}) CHECK(failure(group) == "malformed");
  CHECK(failure(varint(uint64_t{1} << 40) + "\x01") == "malformed");
}
