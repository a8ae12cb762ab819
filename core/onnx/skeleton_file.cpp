// Writing and reading of skeleton files. What is read may come from a stranger: no length of it is
// believed before it is checked.
#include "onnx/skeleton_file.hpp"

#include "base/sorting.hpp"
#include "onnx/left_out.hpp"
#include "onnx/reader.hpp"

#include <algorithm>
#include <cstring>

namespace trtreport::onnx {
namespace {

constexpr size_t kChunk = 64 * 1024;

void put(uint64_t number, std::string& out) {
  for (; number > 127; number >>= 7) out += static_cast<char>(number | 128);
  out += static_cast<char>(number);
}

bool copy(ByteSource& source, Range range, std::string& out) {
  while (range.size() > 0) {
    const size_t want = static_cast<size_t>(std::min<uint64_t>(range.size(), kChunk));
    const size_t before = out.size();
    out.resize(before + want);
    const size_t got =
        source.read(range.begin, std::as_writable_bytes(std::span(out).subspan(before, want)));
    out.resize(before + got);
    if (got == 0) return false;
    range.begin += got;
  }
  return true;
}

// `left_out` by begin, apart from each other and within the source.
bool put_file(std::string_view name, ByteSource& source, const std::vector<Range>& left_out,
              std::string& out) {
  put(name.size(), out);
  out += name;
  put(source.size(), out);
  uint64_t position = 0;
  for (const Range& range : left_out) {
    put(range.begin - position, out);
    if (!copy(source, {position, range.begin}, out)) return false;
    put(range.size(), out);
    position = range.end;
  }
  if (position == source.size()) return true;
  put(source.size() - position, out);
  if (!copy(source, {position, source.size()}, out)) return false;
  put(0, out);
  return true;
}

// The parts of external files that stay.
class ExternalParts {
 public:
  explicit ExternalParts(const Model& model) : parts_(model.external_files.size()) {
    take(model.graph);
    for (const Graph& graph : model.subgraphs) take(graph);
    for (const Function& function : model.functions) {
      take(function.attribute_defaults);
      for (const Node& node : function.nodes) take(node.attributes);
    }
  }

  std::vector<Range> left_out(size_t file, uint64_t size) {
    std::vector<Range>& kept = parts_[file];
    sort_items(kept, [](const Range& a, const Range& b) { return a.begin < b.begin; });
    std::vector<Range> rest;
    uint64_t position = 0;
    for (const Range& part : kept) {
      if (part.begin > position) rest.push_back({position, std::min(part.begin, size)});
      position = std::max(position, part.end);
      if (position >= size) return rest;
    }
    rest.push_back({position, size});
    return rest;
  }

 private:
  void take(const TensorData& tensor) {
    if (tensor.storage != TensorData::Storage::External) return;
    const bool lies_in_it = tensor.offset <= UINT64_MAX - tensor.length;
    if (lies_in_it && tensor.length > 0 && keeps_elements(tensor.dtype, element_count(tensor.dims)))
      parts_[tensor.external].push_back({tensor.offset, tensor.offset + tensor.length});
  }
  void take(const SparseTensorData& tensor) {
    take(tensor.values);
    take(tensor.indices);
  }
  void take(std::span<const Attribute> attributes) {
    for (const Attribute& attribute : attributes) {
      if (attribute.tensor != nullptr) take(*attribute.tensor);
      if (attribute.sparse != nullptr) take(*attribute.sparse);
    }
  }
  void take(const Graph& graph) {
    for (const TensorData& tensor : graph.initializers) take(tensor);
    for (const SparseTensorData& tensor : graph.sparse_initializers) take(tensor);
    for (const Node& node : graph.nodes) take(node.attributes);
  }

  std::vector<std::vector<Range>> parts_;  // by file
};

// Reads the layout; the first fault sticks.
class Parser {
 public:
  explicit Parser(std::span<const std::byte> bytes)
      : next_(reinterpret_cast<const char*>(bytes.data())), end_(next_ + bytes.size()) {}

  bool failed() const { return failed_; }
  bool at_end() const { return next_ == end_; }

  uint64_t number() {
    uint64_t value = 0;
    for (int shift = 0; shift < 63 && next_ != end_; shift += 7) {
      const unsigned char byte = static_cast<unsigned char>(*next_++);
      value |= uint64_t{byte & 127u} << shift;
      if (byte < 128) return value;
    }
    failed_ = true;
    return 0;
  }

  std::string_view bytes(uint64_t count) {
    if (failed_ || count > static_cast<uint64_t>(end_ - next_)) {
      failed_ = true;
      return {};
    }
    const std::string_view found(next_, static_cast<size_t>(count));
    next_ += found.size();
    return found;
  }

  std::shared_ptr<SkeletonSource> file() {
    std::string name(bytes(number()));
    const uint64_t size = number();
    std::vector<SkeletonSource::Run> runs;
    for (uint64_t position = 0; position < size && !failed_;) {
      const std::string_view kept = bytes(number());
      const uint64_t skipped = number();
      const uint64_t room = size - position;
      if (kept.size() > room || skipped > room - kept.size() || kept.size() + skipped == 0)
        failed_ = true;
      if (!kept.empty())
        runs.push_back({position, std::as_bytes(std::span(kept.data(), kept.size()))});
      position += kept.size() + skipped;
    }
    return std::make_shared<SkeletonSource>(std::move(name), size, std::move(runs));
  }

 private:
  const char* next_;
  const char* end_;
  bool failed_ = false;
};

}  // namespace

tl::expected<std::string, Error> make_skeleton_file(const Model& model, ByteSource& source) {
  Scanner scanner(source);
  const std::vector<Range> left_out = left_out_of(scanner);
  std::string out(kSkeletonMagic);
  uint64_t present = 1;
  for (const ExternalFile& file : model.external_files) present += file.source != nullptr ? 1 : 0;
  put(present, out);
  bool fine = !scanner.failed() && put_file(model.file, source, left_out, out);
  ExternalParts parts(model);
  for (size_t index = 0; index < model.external_files.size() && fine; ++index) {
    const ExternalFile& file = model.external_files[index];
    if (file.source == nullptr) continue;
    fine = put_file(model.text(file.location), *file.source,
                    parts.left_out(index, file.source->size()), out);
  }
  if (fine) return out;
  return tl::unexpected(
      Error{"unreadable", model.file + ": cannot be read a second time", UINT64_MAX});
}

size_t SkeletonSource::run_from(uint64_t offset) const {
  const auto later = std::upper_bound(runs_.begin(), runs_.end(), offset,
                                      [](uint64_t at, const Run& run) { return at < run.offset; });
  size_t index = static_cast<size_t>(later - runs_.begin());
  if (index > 0 && runs_[index - 1].offset + runs_[index - 1].bytes.size() > offset) --index;
  return index;
}

// A number of the wire format ends where a byte is below 128: the last byte left out is.
size_t SkeletonSource::read(uint64_t offset, std::span<std::byte> out) {
  if (offset >= size_) return 0;
  const size_t count = static_cast<size_t>(std::min<uint64_t>(out.size(), size_ - offset));
  size_t done = 0;
  for (size_t index = run_from(offset); done < count; ++index) {
    const uint64_t next = index < runs_.size() ? runs_[index].offset : size_;
    for (; done < count && offset + done < next; ++done)
      out[done] = offset + done + 1 == next ? std::byte{0} : std::byte{0x80};
    if (index == runs_.size() || done == count) break;
    const size_t skip = static_cast<size_t>(offset + done - next);
    const size_t part = std::min(runs_[index].bytes.size() - skip, count - done);
    std::memcpy(out.data() + done, runs_[index].bytes.data() + skip, part);
    done += part;
  }
  return done;
}

bool SkeletonSource::holds(uint64_t offset, uint64_t length) const {
  if (length == 0 || offset >= size_) return true;
  uint64_t position = offset;
  const uint64_t end = length > size_ - offset ? size_ : offset + length;
  for (size_t index = run_from(offset); index < runs_.size() && position < end; ++index) {
    if (runs_[index].offset > position) return false;
    position = runs_[index].offset + runs_[index].bytes.size();
  }
  return position >= end;
}

bool SkeletonFiles::recognizes(ByteSource& source) {
  char begin[kSkeletonMagic.size()];
  const size_t got = source.read(0, std::as_writable_bytes(std::span(begin)));
  return std::string_view(begin, got) == kSkeletonMagic;
}

tl::expected<std::unique_ptr<SkeletonFiles>, Error> SkeletonFiles::open(ByteSource& file) {
  auto opened = std::make_unique<SkeletonFiles>();
  opened->bytes_.resize(static_cast<size_t>(file.size()));
  size_t have = 0;
  while (have < opened->bytes_.size()) {
    const size_t got = file.read(have, std::span(opened->bytes_).subspan(have));
    if (got == 0) break;
    have += got;
  }
  Parser parser(std::span(opened->bytes_).first(have));
  bool fine = parser.bytes(kSkeletonMagic.size()) == kSkeletonMagic;
  for (uint64_t count = parser.number(); count > 0 && fine; --count) {
    opened->files_.push_back(parser.file());
    fine = !parser.failed();
  }
  if (fine && parser.at_end() && !opened->files_.empty()) return opened;
  return tl::unexpected(Error{"bad_skeleton",
                              std::string(file.name()) + ": this skeleton of a model is damaged",
                              UINT64_MAX});
}

tl::expected<std::shared_ptr<ByteSource>, Error> SkeletonFiles::open(std::string_view location) {
  if (const std::string_view cause = refusal_of(location); !cause.empty())
    return tl::unexpected(Error{"external_data_refused", std::string(cause), UINT64_MAX});
  for (size_t index = 1; index < files_.size(); ++index) {
    if (files_[index]->name() == location) return files_[index];
  }
  return tl::unexpected(
      Error{"external_data_missing", std::string(kNoSuchExternalFile), UINT64_MAX});
}

}  // namespace trtreport::onnx
