// Neighbouring pieces of a kind become one, so that a model that is barely changed is a few ranges.
#include "onnx/rewrite/pieces.hpp"

#include <algorithm>

namespace trtreport::onnx {
namespace {

class CountingSink : public ModelSink {
 public:
  explicit CountingSink(ModelSink& sink) : sink_(sink) {}
  bool write(std::string_view bytes) override {
    fine = fine && sink_.write(bytes);
    count += bytes.size();
    return fine;
  }
  bool fine = true;
  uint64_t count = 0;

 private:
  ModelSink& sink_;
};

tl::expected<void, Error> copy_range(ByteSource& source, Range range, CountingSink& sink) {
  constexpr uint64_t kStep = uint64_t{1} << 20;
  std::string buffer;
  while (range.size() > 0 && sink.fine) {
    buffer.resize(static_cast<size_t>(std::min(range.size(), kStep)));
    const size_t count = source.read(
        range.begin, std::as_writable_bytes(std::span<char>(buffer.data(), buffer.size())));
    if (count == 0) {
      return tl::unexpected(Error{
          "unreadable",
          std::string(source.name()) + ": cannot be read at byte " + std::to_string(range.begin),
          range.begin});
    }
    sink.write({buffer.data(), count});
    range.begin += count;
  }
  return {};
}

}  // namespace

void Pieces::text(std::string_view bytes) {
  if (bytes.empty()) return;
  const uint64_t begin = texts_.size();
  texts_ += bytes;
  size_ += bytes.size();
  if (!pieces_.empty() && pieces_.back().kind == Kind::Text) {
    pieces_.back().range.end = texts_.size();
  } else {
    pieces_.push_back({Kind::Text, {begin, texts_.size()}});
  }
}

void Pieces::copy(Range range) {
  if (range.size() == 0) return;
  size_ += range.size();
  if (!pieces_.empty() && pieces_.back().kind == Kind::Copy &&
      pieces_.back().range.end == range.begin) {
    pieces_.back().range.end = range.end;
  } else {
    pieces_.push_back({Kind::Copy, range});
  }
}

void Pieces::content(std::shared_ptr<const Content> content) {
  size_ += content->size();
  pieces_.push_back({Kind::Made, {made_.size(), made_.size() + 1}});
  made_.push_back(std::move(content));
}

void Pieces::append(Pieces&& other) {
  for (const Piece& piece : other.pieces_) {
    switch (piece.kind) {
      case Kind::Text:
        text(std::string_view(other.texts_)
                 .substr(static_cast<size_t>(piece.range.begin),
                         static_cast<size_t>(piece.range.size())));
        break;
      case Kind::Copy:
        copy(piece.range);
        break;
      case Kind::Made:
        content(std::move(other.made_[static_cast<size_t>(piece.range.begin)]));
    }
  }
}

tl::expected<void, Error> Pieces::write(ByteSource& source, ModelSink& sink) const {
  CountingSink counting(sink);
  for (const Piece& piece : pieces_) {
    if (!counting.fine) break;
    if (piece.kind == Kind::Text) {
      counting.write(std::string_view(texts_).substr(static_cast<size_t>(piece.range.begin),
                                                     static_cast<size_t>(piece.range.size())));
    } else if (piece.kind == Kind::Copy) {
      if (auto copied = copy_range(source, piece.range, counting); !copied) return copied;
    } else {
      const Content& made = *made_[static_cast<size_t>(piece.range.begin)];
      const uint64_t before = counting.count;
      if (auto written = made.write(counting); !written) return written;
      if (counting.fine && counting.count - before != made.size())
        return tl::unexpected(Error{"unreadable", "made contents have another size than planned"});
    }
  }
  return {};
}

}  // namespace trtreport::onnx
