// Samples of activations: numpy's files, archives of them, calibrators, and the order of batches.
#include "quantization/activations.hpp"

#include "catch.hpp"
#include "cli/arrays.hpp"
#include "quantization/npy.hpp"
#include "sample.hpp"
#include "unit/onnx/support.hpp"

#include <cmath>
#include <map>

using namespace trtreport;
using namespace trtreport::quantization;

namespace {

std::string npy(const std::string& dict, const std::string& data) {
  std::string text = "\x93NUMPY";
  text += {'\x01', '\x00', static_cast<char>(dict.size()), '\x00'};
  return text + dict + data;
}

tl::expected<NpyArray, Error> parse(const std::string& bytes) {
  return parse_npy(std::as_bytes(std::span<const char>(bytes.data(), bytes.size())));
}

std::string bytes_of(std::initializer_list<float> values) {
  return {reinterpret_cast<const char*>(values.begin()), values.size() * sizeof(float)};
}

// zipfile of Python: x.npy deflated with sizes of 64 bits, other.npy stored; both of 2 x 3 floats
// 0, 1, -2, 3, -4, 5.
constexpr std::string_view kArchive =
    "504b03042d000000080000002100ca7c8c3bffffffffffffffff05001400782e6e7079010010009800000000"
    "00000057000000000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9366a2aea3a09e965f5452"
    "9498179f5f94920a12774bcc294e058a17672416a402f91a463a0ac69a3a0ab50a64032e063068b007120718"
    "181c1c806c20bdc00100504b030414000000000000002100ca7c8c3b9800000098000000090000006f746865"
    "722e6e7079934e554d5059010076007b276465736372273a20273c6634272c2027666f727472616e5f6f7264"
    "6572273a2046616c73652c20277368617065273a2028322c2033292c207d2020202020202020202020202020"
    "2020202020202020202020202020202020202020202020202020202020202020202020202020202020202020"
    "0a000000000000803f000000c000004040000080c00000a040504b01022d032d000000080000002100ca7c8c"
    "3b5700000098000000050000000000000000000000800100000000782e6e7079504b01021403140000000000"
    "00002100ca7c8c3b980000009800000009000000000000000000000080018e0000006f746865722e6e707950"
    "4b050600000000020002006a0000004d0100000000";

std::string unhex(std::string_view text) {
  std::string bytes;
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  for (size_t i = 0; i + 1 < text.size(); i += 2)
    bytes.push_back(static_cast<char>(digit(text[i]) * 16 + digit(text[i + 1])));
  return bytes;
}

using Arrays = std::map<std::string, std::vector<float>>;
std::string read_all(const std::string& path, Arrays& arrays, const char* only = nullptr) {
  const auto read = cli::read_arrays(
      path, [&](const std::string& name) { return only == nullptr || name == only; },
      [&](const std::string& name, const NpyArray& array) { arrays[name] = array.values; });
  return read ? "" : read.error().code;
}

const CalibratedScale& scale_of(const ActivationResult& result, Calibrator calibrator) {
  for (const CalibratedScale& scale : result.scales) {
    if (scale.scheme.calibrator == calibrator && scale.scheme.format == Format::Int8) return scale;
  }
  FAIL("no such calibrator");
  return result.scales.front();
}

}  // namespace

TEST_CASE("npy: types, shapes and faults", "[quantization][npy]") {
  const auto plain = parse(
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }\n", bytes_of({1.5f, -2})));
  REQUIRE(plain.has_value());
  CHECK(plain->values == std::vector<float>{1.5f, -2});
  CHECK(plain->header.shape == std::vector<uint64_t>{2, 1});
  CHECK(parse(npy("{'descr': '|i1', 'fortran_order': True, 'shape': (3,), }", "\x01\xff\x7f"))
            ->values == std::vector<float>{1, -1, 127});
  CHECK(parse(npy("{'descr': '<f2', 'fortran_order': False, 'shape': (), }", std::string("\0<", 2)))
            ->values == std::vector<float>{1});
  const auto code = [](const std::string& bytes) { return parse(bytes).error().code; };
  CHECK(code("PK") == "not_npy");
  CHECK(code(npy("{'descr': '>f4', 'shape': (1,)}", "abcd")) == "unsupported_npy");
  CHECK(code(npy("{'descr': '<f4', 'shape': (2,)}", "abcd")) == "truncated");
  CHECK(code(npy("{'descr': '<f4', 'shape': (99999999999999999999,)}", "abcd")) == "not_npy");
  CHECK(code(npy("{'descr': '<f4'}", "abcd")) == "not_npy");
}

TEST_CASE("arrays: an archive and a folder give the same", "[quantization][npy]") {
  const trtreport::test::TemporaryFolder folder;
  const std::string archive = unhex(kArchive);
  Arrays arrays;
  CHECK(read_all(folder.write("a.npz", archive), arrays).empty());
  const std::vector<float> expected = {0, 1, -2, 3, -4, 5};
  CHECK(arrays == Arrays{{"x", expected}, {"other", expected}});
  Arrays one;
  CHECK(read_all(folder.file("a.npz"), one, "x").empty());
  CHECK(one.size() == 1);

  folder.write("d/y.npy", npy("{'descr': '<f4', 'shape': (1,)}", bytes_of({4})));
  folder.write("d/note.txt", "no array");
  Arrays listed;
  CHECK(read_all(folder.file("d"), listed).empty());
  CHECK(listed == Arrays{{"y", {4}}});
}

TEST_CASE("arrays: damaged archives are errors, wherever they are cut", "[quantization][npy]") {
  const trtreport::test::TemporaryFolder folder;
  const std::string archive = unhex(kArchive);
  for (size_t size = 0; size < archive.size(); size += 7) {
    Arrays arrays;
    CHECK(!read_all(folder.write("cut.npz", archive.substr(0, size)), arrays).empty());
  }
  for (size_t at = 0; at < archive.size(); ++at) {
    std::string damaged = archive;
    damaged[at] = static_cast<char>(damaged[at] ^ 0xff);
    Arrays arrays;
    read_all(folder.write("damaged.npz", damaged), arrays);  // ends
  }
  Arrays arrays;
  CHECK(read_all(folder.file("none.npz"), arrays) == "file_missing");
}

TEST_CASE("activations: calibrators and the order of batches", "[quantization][activations]") {
  const ActivationResult result = analyse_activation(quantization::test::outlier_sample(), 8192);
  CHECK(scale_of(result, Calibrator::Entropy).amax == Approx(3.881999).epsilon(1e-6));
  CHECK(scale_of(result, Calibrator::Max).amax == Approx(8.430896).epsilon(1e-6));
  CHECK(*scale_of(result, Calibrator::Max).metrics.sqnr_db == Approx(34.420216).margin(1e-4));
  CHECK(scale_of(result, Calibrator::EntropyOnnxRuntime).amax == Approx(4.223681).epsilon(1e-6));
  REQUIRE(result.orders.size() == 4);
  CHECK(result.orders[0].amax == Approx(3.881999).epsilon(1e-6));
  CHECK(result.orders[1].amax == Approx(3.882476).epsilon(1e-6));
  CHECK(result.orders[1].empty_top_bins == 868);
  CHECK(result.orders[2].amax == Approx(3.885243).epsilon(1e-6));
  CHECK(result.orders[3].doublings == 0);
}

TEST_CASE("activations: odd samples", "[quantization][activations]") {
  CHECK(analyse_activation({}, 1).dead);
  CHECK(analyse_activation(std::vector<float>(10, 0.0f), 1).scales.empty());
  const ActivationResult constant = analyse_activation(std::vector<float>(10, -2.0f), 10);
  CHECK(constant.constant);
  CHECK(scale_of(constant, Calibrator::Entropy).amax == 2);
  CHECK(constant.orders.empty());
  std::vector<float> dirty = quantization::test::kHandPicked;
  dirty.push_back(NAN);
  const ActivationResult cleaned = analyse_activation(dirty, dirty.size());
  CHECK(cleaned.nonfinite == 1);
  CHECK(*scale_of(cleaned, Calibrator::Max).metrics.sqnr_db == Approx(44.632215).margin(1e-4));
}
