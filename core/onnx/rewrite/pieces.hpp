// A file to be written as a list of pieces: bytes of an original file, bytes held here, and bytes
// that are made while writing. Its size is known before its contents are, which is what messages
// within messages need; memory is that of the held bytes.
#pragma once

#include "base/byte_source.hpp"
#include "onnx/scanner.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace trtreport::onnx {

// Where a rewritten model goes.
class ModelSink {
 public:
  virtual ~ModelSink() = default;
  // Takes all of `bytes`, or answers false; after the first false nothing more is written.
  virtual bool write(std::string_view bytes) = 0;
};

// Bytes made while they are written.
class Content {
 public:
  virtual ~Content() = default;
  virtual uint64_t size() const = 0;
  // Writes exactly size() bytes. A sink that took not all of them is no error of the content.
  virtual tl::expected<void, Error> write(ModelSink& sink) const = 0;
};

class Pieces {
 public:
  uint64_t size() const { return size_; }
  void text(std::string_view bytes);
  void copy(Range range);  // of the original file
  void content(std::shared_ptr<const Content> content);
  void append(Pieces&& other);

  // Error codes: unreadable, where `source` fails; those of the contents. What the sink refuses is
  // known to whoever made it.
  tl::expected<void, Error> write(ByteSource& source, ModelSink& sink) const;

 private:
  enum class Kind : uint8_t { Text, Copy, Made };
  struct Piece {
    Kind kind;
    Range range;  // in texts_, in the file, or [index, index + 1) of made_
  };

  std::vector<Piece> pieces_;
  std::string texts_;
  std::vector<std::shared_ptr<const Content>> made_;
  uint64_t size_ = 0;
};

}  // namespace trtreport::onnx
