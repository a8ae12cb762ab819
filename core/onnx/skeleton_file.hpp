// A model without its weights as one small file, which a live report carries: the bytes of the ONNX
// file and of its external data at their places, with the elements of tensors left out. Whoever
// reads it reads the original: sizes, offsets and names are the same, and so is the analysis.
#pragma once

#include "base/byte_source.hpp"
#include "onnx/model.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace trtreport::onnx {

// Elements that stay, since shapes may depend on them: those of tensors with at most this many, and
// of int64 tensors (ONNX's type of shapes, axes and indices) as long as inference looks at them.
inline constexpr uint64_t kMostKeptElements = 16;
inline constexpr uint64_t kMostKeptIntegers = 16384;

// The skeleton file of a model that was read from `source`. Left out as well are texts that the
// reader ignores (doc strings, stack traces of exporters, training information). Attributes that
// are not tensors stay. Layout, numbers as varints: kSkeletonMagic, the count of files, then each
// file, the model first: length and bytes of its name (the model's, or the external location), its
// size, and runs until that size is reached: a count of kept bytes, those bytes, a count of bytes
// left out. Error code: unreadable, where the source fails now.
tl::expected<std::string, Error> make_skeleton_file(const Model& model, ByteSource& source);

inline constexpr std::string_view kSkeletonMagic = "TRTSKEL1";

// One file of a skeleton file. What was left out reads as a filler that keeps the wire format
// valid, and holds() tells it from what is there.
class SkeletonSource : public ByteSource {
 public:
  struct Run {
    uint64_t offset = 0;  // in the original file
    std::span<const std::byte> bytes;
  };
  SkeletonSource(std::string name, uint64_t size, std::vector<Run> runs)
      : name_(std::move(name)), size_(size), runs_(std::move(runs)) {}
  uint64_t size() const override { return size_; }
  std::string_view name() const override { return name_; }
  size_t read(uint64_t offset, std::span<std::byte> out) override;
  bool holds(uint64_t offset, uint64_t length) const override;

 private:
  size_t run_from(uint64_t offset) const;

  std::string name_;
  uint64_t size_;
  std::vector<Run> runs_;  // by offset, apart from each other
};

// An opened skeleton file: the model's source, and its external data by location.
class SkeletonFiles : public ExternalFiles {
 public:
  // Whether a file begins like one.
  static bool recognizes(ByteSource& source);
  // Keeps all of `file` in memory. Error code: bad_skeleton.
  static tl::expected<std::unique_ptr<SkeletonFiles>, Error> open(ByteSource& file);

  ByteSource& model() { return *files_.front(); }
  tl::expected<std::shared_ptr<ByteSource>, Error> open(std::string_view location) override;

 private:
  std::vector<std::byte> bytes_;
  std::vector<std::shared_ptr<SkeletonSource>> files_;  // the model first
};

}  // namespace trtreport::onnx
