// Writes a model of known architecture: the sample that `./dev report` shows, and what benchmarks
// measure.
#include "models/architectures.hpp"

#include <charconv>
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view kUsage =
    "usage: trtreport_sample OUT.onnx [resnet50 | resnet50-batch | resnet18-bn | bert | chain "
    "NODES]\n";

bool write(const std::string& path, const trtreport::models::ModelBuilder& builder) {
  std::ofstream file(path, std::ios::binary);
  file << builder.serialize();
  return static_cast<bool>(file.flush());
}

}  // namespace

int main(int argc, char** argv) {
  using namespace trtreport::models;
  const std::string kind = argc > 2 ? argv[2] : "resnet50";
  const std::string_view count = argc > 3 ? argv[3] : "1000";
  int64_t nodes = 0;
  std::from_chars(count.data(), count.data() + count.size(), nodes);
  if (argc < 2 || argv[1][0] == '-' || nodes <= 0) {
    std::fputs(kUsage.data(), stderr);
    return 2;
  }
  bool written = false;
  if (kind == "resnet50") {
    written = write(argv[1], resnet50());
  } else if (kind == "resnet50-batch") {
    written = write(argv[1], resnet50(std::string("batch")));
  } else if (kind == "resnet18-bn") {
    written = write(argv[1], resnet18_with_batch_norm());
  } else if (kind == "bert") {
    written = write(argv[1], bert_base(std::string("batch"), std::string("sequence")));
  } else if (kind == "chain") {
    written = write(argv[1], chain(nodes));
  } else {
    std::fputs(kUsage.data(), stderr);
    return 2;
  }
  if (!written) std::fprintf(stderr, "trtreport_sample: %s: cannot be written\n", argv[1]);
  return written ? 0 : 4;
}
