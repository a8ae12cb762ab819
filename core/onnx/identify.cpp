// Recognizes the usual wrong files by their first bytes. One row a magic; formats that need a look
// inside have a function.
#include "onnx/identify.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace trtreport::onnx {
namespace {

using std::string_view_literals::operator""sv;

constexpr size_t kHeadBytes = 4096;

struct Magic {
  size_t offset;
  std::string_view bytes;
  std::string_view kind;
};

constexpr std::string_view kEngine =
    "a TensorRT engine: it is already built for one GPU; give the ONNX model it was built from";
constexpr std::string_view kPickle =
    "a Python pickle (PyTorch .pt or .pth): export the model with torch.onnx.export first";

constexpr Magic kMagics[] = {
    {0, "version https://git-lfs"sv,
     "a Git-LFS pointer instead of the model itself: fetch it with git lfs pull"},
    {0, "ftrt"sv, kEngine},
    {0, "ptrt"sv, kEngine},
    {4, "ORTM"sv, "an ONNX Runtime .ort model: give the .onnx file it was converted from"},
    {4, "TFL3"sv, "a TensorFlow Lite model: convert it with tf2onnx first"},
    {0, "GGUF"sv, "a GGUF file of llama.cpp: export the original model to ONNX"},
    {0, "\x89HDF\r\n\x1a\n"sv, "an HDF5 file (Keras .h5): convert it with tf2onnx first"},
    {0, "\x93NUMPY"sv, "a NumPy array, without a model"},
    {0, "\x80\x02"sv, kPickle},
    {0, "\x80\x03"sv, kPickle},
    {0, "\x80\x04"sv, kPickle},
    {0, "\x80\x05"sv, kPickle},
    {0, "\x1f\x8b"sv, "compressed with gzip: unpack it first"},
    {0, "\x28\xb5\x2f\xfd"sv, "compressed with zstd: unpack it first"},
    {0,
     "\xfd"
     "7zXZ\0"sv,
     "compressed with xz: unpack it first"},
    {0, "BZh"sv, "compressed with bzip2: unpack it first"},
    {0, "7z\xbc\xaf\x27\x1c"sv, "a 7z archive: unpack it first"},
    {0, "Rar!\x1a\x07"sv, "a RAR archive: unpack it first"},
    {257, "ustar"sv, "a tar archive: unpack it first"},
    {0, "%PDF-"sv, "a PDF document"},
    {0, "\x89PNG\r\n\x1a\n"sv, "a PNG picture"},
    {0, "\xff\xd8\xff"sv, "a JPEG picture"},
    {0,
     "\x7f"
     "ELF"sv,
     "an executable or library (ELF)"},
};

bool has(std::string_view head, size_t offset, std::string_view bytes) {
  return head.size() >= offset + bytes.size() && head.substr(offset, bytes.size()) == bytes;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

uint64_t little_endian(std::string_view bytes) {
  uint64_t value = 0;
  for (size_t index = bytes.size(); index > 0; --index) {
    value = value << 8 | static_cast<unsigned char>(bytes[index - 1]);
  }
  return value;
}

std::string read_head(ByteSource& source) {
  std::string head(static_cast<size_t>(std::min<uint64_t>(source.size(), kHeadBytes)), '\0');
  size_t have = 0;
  while (have < head.size()) {
    const size_t got = source.read(
        have, std::as_writable_bytes(std::span(head.data() + have, head.size() - have)));
    if (got == 0) break;
    have += got;
  }
  head.resize(have);
  return head;
}

// Archives name their first member: PyTorch writes one folder with data.pkl, version or byteorder
// in it.
std::string_view identify_zip(std::string_view head) {
  constexpr size_t kNameLength = 26;
  constexpr size_t kName = 30;
  constexpr std::string_view kArchive = "a zip archive: unpack it first";
  if (!has(head, 0, "PK\x03\x04"sv)) return {};
  if (head.size() < kName) return kArchive;
  const std::string_view name =
      head.substr(kName, static_cast<size_t>(little_endian(head.substr(kNameLength, 2))));
  for (const std::string_view member :
       {"data.pkl"sv, "/version"sv, "/byteorder"sv, "constants.pkl"sv}) {
    if (contains(name, member)) {
      return "a PyTorch file (.pt or .pth): export the model with torch.onnx.export first";
    }
  }
  if (name.size() > 4 && name.substr(name.size() - 4) == ".npy")
    return "NumPy arrays (.npz), without a model";
  return kArchive;
}

// The first 8 bytes are the length of a JSON text that follows.
bool is_safetensors(std::string_view head, uint64_t size) {
  if (head.size() < 10 || head[8] != '{') return false;
  const uint64_t length = little_endian(head.substr(0, 8));
  return length >= 2 && length <= size - 8;
}

// Some exporters put a JSON text of its length in 4 bytes before the engine.
bool is_engine_with_metadata(std::string_view head) {
  if (head.size() < 8 || head[4] != '{') return false;
  const uint64_t length = little_endian(head.substr(0, 4));
  return length < kHeadBytes && has(head, static_cast<size_t>(4 + length), "ftrt"sv);
}

bool is_text(std::string_view head) {
  return std::none_of(head.begin(), head.end(), [](char character) {
    const unsigned char code = static_cast<unsigned char>(character);
    return code == 0x7f || (code < 0x20 && code != '\t' && code != '\n' && code != '\r');
  });
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& character : result) {
    if (character >= 'A' && character <= 'Z') character = static_cast<char>(character - 'A' + 'a');
  }
  return result;
}

std::string_view identify_text(std::string_view head) {
  if (has(head, 0, "\xef\xbb\xbf"sv)) head.remove_prefix(3);
  const size_t start = head.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return "a text file of blanks only";
  const std::string text = lower_case(head.substr(start));
  if (has(text, 0, "<!doctype html") || has(text, 0, "<html") || contains(text, "<head")) {
    return "an HTML page, likely the download page instead of the file: download the raw file";
  }
  if (has(text, 0, "<?xml") || text[0] == '<') return "an XML file";
  if (contains(text, "ir_version") || contains(text, "opset_import") ||
      contains(text, "irversion")) {
    return "an ONNX model written as text: only the binary form (.onnx) can be read";
  }
  if (text[0] == '{' || text[0] == '[') return "a JSON file";
  if (contains(text, "layer {") || contains(text, "layer{")) {
    return "a Caffe prototxt: convert the model to ONNX first";
  }
  return "a text file";
}

}  // namespace

std::string identify(ByteSource& source) {
  const std::string head = read_head(source);
  if (head.empty()) return {};
  for (const Magic& magic : kMagics) {
    if (has(head, magic.offset, magic.bytes)) return std::string(magic.kind);
  }
  if (const std::string_view zip = identify_zip(head); !zip.empty()) return std::string(zip);
  if (is_safetensors(head, source.size())) {
    return "a safetensors file: it holds weights without a model; export the model to ONNX";
  }
  if (is_engine_with_metadata(head)) return std::string(kEngine);
  if (has(head, 0, "\x08\x01\x12"sv) &&
      (contains(head, "serve") || contains(head, "Placeholder"))) {
    return "a TensorFlow SavedModel: convert it with tf2onnx first";
  }
  if (head.find_first_not_of('\0') == std::string::npos) {
    return "empty in its first " + std::to_string(head.size()) +
           " bytes (all zero): the download may be unfinished";
  }
  return is_text(head) ? std::string(identify_text(head)) : std::string();
}

}  // namespace trtreport::onnx
