// An .npz is a zip archive whose members are stored or deflated. Its directory at the end of the
// file is believed as far as the file reaches.
#include "cli/arrays.hpp"

#include "cli/file_source.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include <dirent.h>
#include <sys/stat.h>
#include <zlib.h>

namespace trtreport::cli {
namespace {

using Bytes = std::vector<std::byte>;
constexpr uint64_t kMostArrayBytes = uint64_t{16} << 30;

Error fault(const char* code, const std::string& path, const std::string& cause) {
  return Error{code, path + ": " + cause, UINT64_MAX};
}

bool read_exactly(ByteSource& source, uint64_t offset, std::span<std::byte> out) {
  while (!out.empty()) {
    const size_t got = source.read(offset, out);
    if (got == 0) return false;
    offset += got;
    out = out.subspan(got);
  }
  return true;
}

uint64_t number(const Bytes& bytes, size_t at, size_t width) {
  uint64_t value = 0;
  for (size_t i = width; i > 0; --i)
    value = value << 8 | std::to_integer<uint64_t>(bytes[at + i - 1]);
  return value;
}

struct Member {
  std::string name;
  uint32_t method = 0;
  uint64_t packed = 0, size = 0, offset = 0;
};

class Zip {
 public:
  Zip(ByteSource& source, std::string path) : source_(source), path_(std::move(path)) {}

  tl::expected<std::vector<Member>, Error> members() {
    uint64_t begin = 0, size = 0, count = 0;
    if (!find_directory(begin, size, count)) return tl::unexpected(no_directory());
    if (begin > source_.size() || size > source_.size() - begin)
      return tl::unexpected(fault("truncated", path_, "the archive is cut off"));
    Bytes directory(static_cast<size_t>(size));
    if (!read_exactly(source_, begin, directory))
      return tl::unexpected(fault("truncated", path_, "the archive is cut off"));
    std::vector<Member> found;
    for (size_t at = 0; at + 46 <= directory.size() && number(directory, at, 4) == 0x02014b50;) {
      const size_t name = static_cast<size_t>(number(directory, at + 28, 2));
      const size_t extra = static_cast<size_t>(number(directory, at + 30, 2));
      const size_t comment = static_cast<size_t>(number(directory, at + 32, 2));
      const size_t end = at + 46 + name + extra + comment;
      if (end > directory.size()) break;
      Member member;
      member.name.assign(reinterpret_cast<const char*>(directory.data()) + at + 46, name);
      member.method = static_cast<uint32_t>(number(directory, at + 10, 2));
      member.packed = number(directory, at + 20, 4);
      member.size = number(directory, at + 24, 4);
      member.offset = number(directory, at + 42, 4);
      widen(directory, at + 46 + name, extra, member);
      found.push_back(std::move(member));
      at = end;
    }
    if (found.size() < count)
      return tl::unexpected(fault("truncated", path_, "its directory is cut off"));
    return found;
  }

  tl::expected<Bytes, Error> unpack(const Member& member) {
    const std::string place = path_ + ", " + member.name;
    Bytes header(30);
    if (!read_exactly(source_, member.offset, header) || number(header, 0, 4) != 0x04034b50)
      return tl::unexpected(fault("truncated", place, "it is not where the directory says"));
    const uint64_t begin = member.offset + 30 + number(header, 26, 2) + number(header, 28, 2);
    if (begin > source_.size() || member.packed > source_.size() - begin)
      return tl::unexpected(fault("truncated", place, "it is cut off"));
    // Deflate packs a thousandfold at most: what claims more is hostile.
    if (member.size > kMostArrayBytes || member.size / 1100 > member.packed + 1)
      return tl::unexpected(fault("unsupported_npz", place, "it is too large"));
    if (member.method == 0 && member.packed != member.size)
      return tl::unexpected(fault("truncated", place, "its sizes disagree"));
    if (member.method != 0 && member.method != Z_DEFLATED)
      return tl::unexpected(fault("unsupported_npz", place, "it is packed in an unknown way"));
    Bytes content(static_cast<size_t>(member.size));
    const bool fine = member.method == 0 ? read_exactly(source_, begin, content)
                                         : inflate_into(begin, member.packed, content);
    if (!fine) return tl::unexpected(fault("truncated", place, "its data is damaged"));
    return content;
  }

 private:
  Error no_directory() {
    Bytes first(4);
    if (read_exactly(source_, 0, first) && number(first, 0, 4) == 0x04034b50)
      return fault("truncated", path_, "the archive is cut off: its directory is missing");
    return fault("not_npz", path_, "it is no zip archive; a .npz or a folder of .npy is wanted");
  }

  // The end record, and where sizes exceed its fields the one before it.
  bool find_directory(uint64_t& begin, uint64_t& size, uint64_t& count) {
    constexpr uint64_t kMostTail = 66000;
    const uint64_t length = std::min(source_.size(), kMostTail);
    const uint64_t start = source_.size() - length;
    Bytes tail(static_cast<size_t>(length));
    if (!read_exactly(source_, start, tail)) return false;
    for (size_t at = tail.size() < 22 ? 0 : tail.size() - 21; at-- > 0;) {
      if (number(tail, at, 4) != 0x06054b50) continue;
      count = number(tail, at + 10, 2);
      size = number(tail, at + 12, 4);
      begin = number(tail, at + 16, 4);
      const bool wide = count == 0xffff || size == 0xffffffff || begin == 0xffffffff;
      if (!wide || at < 20 || number(tail, at - 20, 4) != 0x07064b50) return true;
      Bytes record(56);
      if (!read_exactly(source_, number(tail, at - 12, 8), record) ||
          number(record, 0, 4) != 0x06064b50) {
        return false;
      }
      count = number(record, 32, 8);
      size = number(record, 40, 8);
      begin = number(record, 48, 8);
      return true;
    }
    return false;
  }

  // Sizes of 64 bits stand in an extra field, those alone that did not fit.
  static void widen(const Bytes& directory, size_t at, size_t length, Member& member) {
    const size_t end = at + length;
    while (at + 4 <= end) {
      const uint64_t kind = number(directory, at, 2), size = number(directory, at + 2, 2);
      at += 4;
      if (size > end - at) return;
      if (kind == 1) {
        size_t field = at;
        for (uint64_t* value : {&member.size, &member.packed, &member.offset}) {
          if (*value != 0xffffffff || field + 8 > at + size) continue;
          *value = number(directory, field, 8);
          field += 8;
        }
      }
      at += static_cast<size_t>(size);
    }
  }

  bool inflate_into(uint64_t begin, uint64_t packed, Bytes& content) {
    z_stream stream = {};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return false;
    Bytes block(1u << 16);
    uint64_t done = 0, written = 0;
    int status = Z_OK;
    while (status == Z_OK) {
      if (stream.avail_in == 0 && done < packed) {
        const size_t want = static_cast<size_t>(std::min<uint64_t>(block.size(), packed - done));
        if (!read_exactly(source_, begin + done, std::span(block).first(want))) break;
        stream.next_in = reinterpret_cast<Bytef*>(block.data());
        stream.avail_in = static_cast<uInt>(want);
        done += want;
      }
      const uint64_t room = std::min<uint64_t>(content.size() - written, 1u << 30);
      Bytef spare = 0;  // zlib wants a place to write even where nothing more comes
      stream.next_out = room == 0 ? &spare : reinterpret_cast<Bytef*>(content.data() + written);
      stream.avail_out = room == 0 ? 1 : static_cast<uInt>(room);
      const uInt before = stream.avail_out;
      status = inflate(&stream, Z_NO_FLUSH);
      const uInt got = before - stream.avail_out;
      if (room == 0 && got > 0) status = Z_DATA_ERROR;
      written += room == 0 ? 0 : got;
      if (status == Z_BUF_ERROR && done < packed) status = Z_OK;
    }
    inflateEnd(&stream);
    return status == Z_STREAM_END && written == content.size();
  }

  ByteSource& source_;
  std::string path_;
};

bool is_npy(const std::string& name) {
  return name.size() > 4 && name.compare(name.size() - 4, 4, ".npy") == 0;
}

std::string stem(const std::string& name) { return name.substr(0, name.size() - 4); }

tl::expected<void, Error> hand_on(const std::string& path, const std::string& name,
                                  const Bytes& content, const TakeArray& take) {
  auto array = quantization::parse_npy(content);
  if (!array) {
    return tl::unexpected(
        fault(array.error().code.c_str(), path + ", " + name, array.error().message));
  }
  take(name, *array);
  return {};
}

tl::expected<void, Error> read_archive(const std::string& path, const WantArray& wanted,
                                       const TakeArray& take) {
  auto file = FileSource::open(path);
  if (!file) return tl::unexpected(std::move(file.error()));
  Zip zip(**file, path);
  auto members = zip.members();
  if (!members) return tl::unexpected(std::move(members.error()));
  if (std::none_of(members->begin(), members->end(),
                   [](const Member& member) { return is_npy(member.name); }))
    return tl::unexpected(fault("no_arrays", path, "holds no .npy"));
  for (const Member& member : *members) {
    if (!is_npy(member.name) || !wanted(stem(member.name))) continue;
    auto content = zip.unpack(member);
    if (!content) return tl::unexpected(std::move(content.error()));
    if (auto read = hand_on(path, stem(member.name), *content, take); !read) return read;
  }
  return {};
}

tl::expected<void, Error> read_folder(const std::string& path, const WantArray& wanted,
                                      const TakeArray& take) {
  std::vector<std::string> names;
  DIR* folder = ::opendir(path.c_str());
  if (folder == nullptr) return tl::unexpected(fault("file_unreadable", path, "cannot be listed"));
  while (const dirent* entry = ::readdir(folder)) {
    if (is_npy(entry->d_name)) names.emplace_back(entry->d_name);
  }
  ::closedir(folder);
  if (names.empty()) return tl::unexpected(fault("no_arrays", path, "holds no .npy"));
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    if (!wanted(stem(name))) continue;
    auto file = FileSource::open(path + "/" + name);
    if (!file) return tl::unexpected(std::move(file.error()));
    Bytes content(static_cast<size_t>((*file)->size()));
    if (!read_exactly(**file, 0, content))
      return tl::unexpected(fault("truncated", path + "/" + name, "cannot be read whole"));
    if (auto read = hand_on(path, stem(name), content, take); !read) return read;
  }
  return {};
}

}  // namespace

tl::expected<void, Error> read_arrays(const std::string& path, const WantArray& wanted,
                                      const TakeArray& take) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0)
    return tl::unexpected(fault("file_missing", path, "no such file or folder"));
  return S_ISDIR(status.st_mode) ? read_folder(path, wanted, take)
                                 : read_archive(path, wanted, take);
}

}  // namespace trtreport::cli
