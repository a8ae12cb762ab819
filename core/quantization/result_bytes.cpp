// One list of fields serves both ways, so that none is written and not read.
#include "quantization/result_bytes.hpp"

#include <cstring>
#include <type_traits>

namespace trtreport::quantization {
namespace {

class Writer {
 public:
  static constexpr bool kReads = false;
  std::string bytes;

  void raw(const void* from, size_t count) { bytes.append(static_cast<const char*>(from), count); }
};

class Reader {
 public:
  static constexpr bool kReads = true;
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  void raw(void* to, size_t count) {
    if (count > rest_.size()) return fail();
    std::memcpy(to, rest_.data(), count);
    rest_.remove_prefix(count);
  }
  // Whether `count` elements of `size` bytes can follow.
  bool room_for(uint64_t count, size_t size) {
    if (count > rest_.size() / size) fail();
    return !failed_;
  }
  // Nothing more is read: what follows would be taken for something else.
  void fail() {
    failed_ = true;
    rest_ = {};
  }
  bool whole() const { return !failed_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

// The greatest value of what does not take every byte.
constexpr uint8_t most(bool) { return 1; }
constexpr uint8_t most(Format) { return kFormatCount - 1; }
constexpr uint8_t most(Granularity) { return static_cast<uint8_t>(Granularity::Block); }
constexpr uint8_t most(Calibrator) { return static_cast<uint8_t>(Calibrator::Nvidia); }

template <class T>
constexpr bool kTakesAnyBytes = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>;

template <class Archive, class T>
requires std::is_arithmetic_v<std::remove_const_t<T>> || std::is_enum_v<std::remove_const_t<T>>
void field(Archive& archive, T& value) {
  if constexpr (kTakesAnyBytes<std::remove_const_t<T>> || !Archive::kReads) {
    archive.raw(&value, sizeof(value));
  } else {
    static_assert(sizeof(T) == 1);
    uint8_t byte = 0;
    archive.raw(&byte, 1);
    if (byte > most(value)) return archive.fail();
    value = static_cast<T>(byte);
  }
}

template <class Archive, class... Each>
void fields(Archive& archive, Each&... each) {
  (field(archive, each), ...);
}

template <class Archive, class Maybe>
void optional_field(Archive& archive, Maybe& maybe) {
  bool there = maybe.has_value();
  field(archive, there);
  if constexpr (Archive::kReads) {
    if (!there) return maybe.reset();
    maybe.emplace();
  }
  if (there) field(archive, *maybe);
}

// `least` bytes at least of each element; `each` archives one.
template <class Archive, class List, class Each>
void list_field(Archive& archive, List& list, size_t least, Each each) {
  uint64_t count = list.size();
  field(archive, count);
  if constexpr (Archive::kReads) {
    if (!archive.room_for(count, least)) return;
    list.resize(static_cast<size_t>(count));
  }
  for (auto& element : list) each(element);
}

template <class Archive, class List>
void plain_list(Archive& archive, List& list) {
  list_field(archive, list, sizeof(list[0]), [&](auto& element) { field(archive, element); });
}

template <class Archive, class Result>
void scheme_fields(Archive& archive, Result& result) {
  auto& scheme = result.scheme;
  fields(archive, scheme.format, scheme.granularity, scheme.block, scheme.symmetric,
         scheme.calibrator, scheme.percent);
  optional_field(archive, result.scale);
  optional_field(archive, result.zero_point);
  auto& metrics = result.metrics;
  fields(archive, metrics.exact, metrics.mse);
  optional_field(archive, metrics.sqnr_db);
  field(archive, metrics.nsr);
  optional_field(archive, metrics.cosine);
  fields(archive, metrics.max_abs_error, metrics.clipped_share, metrics.overflows,
         metrics.underflows, result.fell_back);
  plain_list(archive, result.channel_scales);
}

template <class Archive, class Result>
void result_fields(Archive& archive, Result& result) {
  fields(archive, result.elements, result.nonfinite, result.zeros, result.low, result.high,
         result.power, result.dead, result.constant);
  plain_list(archive, result.channel_largest);
  plain_list(archive, result.channel_largest_before);
  fields(archive, result.dead_channels, result.kept24.all, result.kept24.kept);
  plain_list(archive, result.histogram.counts);
  field(archive, result.histogram.range);
  list_field(archive, result.schemes, sizeof(Scheme::percent),
             [&](auto& scheme) { scheme_fields(archive, scheme); });
  bool failed = result.error.has_value();
  field(archive, failed);
  if constexpr (Archive::kReads) {
    if (failed) result.error.emplace();
  }
  if (!failed) return;
  plain_list(archive, result.error->code);
  plain_list(archive, result.error->message);
  field(archive, result.error->offset);
}

}  // namespace

std::string result_to_bytes(const WeightResult& result) {
  Writer writer;
  result_fields(writer, result);
  return std::move(writer.bytes);
}

std::optional<WeightResult> result_from_bytes(std::string_view bytes) {
  Reader reader(bytes);
  WeightResult result;
  result_fields(reader, result);
  if (!reader.whole()) return std::nullopt;
  return result;
}

}  // namespace trtreport::quantization
