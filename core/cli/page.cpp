// One pass over the shell: the pieces are megabytes and the shell is ours, so no template engine
// looks at them. The document is gzip in base64, which no HTML parser can take for markup.
#include "cli/page.hpp"

#include "report/escape.hpp"

#include <array>

#include <zlib.h>

namespace trtreport::cli {
namespace {

class Base64Sink : public Sink {
 public:
  explicit Base64Sink(Sink& target) : target_(target) {}

  bool write(std::string_view bytes) override {
    std::string text;
    text.reserve(bytes.size() / 3 * 4 + 8);
    for (const char c : bytes) {
      pending_[count_++] = static_cast<unsigned char>(c);
      if (count_ == 3) take(text);
    }
    return target_.write(text);
  }

  bool finish() {
    if (count_ == 0) return true;
    std::string text;
    const size_t held = count_;
    while (count_ < 3) pending_[count_++] = 0;
    take(text);
    text.replace(held + 1, 3 - held, 3 - held, '=');
    return target_.write(text);
  }

 private:
  void take(std::string& text) {
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint32_t word =
        uint32_t{pending_[0]} << 16 | uint32_t{pending_[1]} << 8 | uint32_t{pending_[2]};
    for (int shift = 18; shift >= 0; shift -= 6) text += kDigits[word >> shift & 63];
    count_ = 0;
  }

  Sink& target_;
  std::array<unsigned char, 3> pending_ = {};
  size_t count_ = 0;
};

// No time and no system in the header: the same document gives the same bytes.
class GzipSink : public Sink {
 public:
  explicit GzipSink(Sink& target) : target_(target) {
    constexpr int kGzip = 16, kMostWindow = 15, kMemory = 9;
    ready_ = deflateInit2(&stream_, Z_BEST_COMPRESSION, Z_DEFLATED, kMostWindow + kGzip, kMemory,
                          Z_DEFAULT_STRATEGY) == Z_OK;
    header_.os = 255;
    if (ready_) deflateSetHeader(&stream_, &header_);
  }
  ~GzipSink() override { deflateEnd(&stream_); }
  GzipSink(const GzipSink&) = delete;
  GzipSink& operator=(const GzipSink&) = delete;

  bool write(std::string_view text) override { return compress(text, Z_NO_FLUSH); }
  bool finish() { return compress({}, Z_FINISH); }

 private:
  bool compress(std::string_view text, int flush) {
    std::array<char, 16 * 1024> packed;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream_.avail_in = static_cast<uInt>(text.size());  // writers hand on at most a buffer
    while (ready_) {
      stream_.next_out = reinterpret_cast<Bytef*>(packed.data());
      stream_.avail_out = static_cast<uInt>(packed.size());
      if (deflate(&stream_, flush) == Z_STREAM_ERROR) return false;
      if (!target_.write({packed.data(), packed.size() - stream_.avail_out})) return false;
      if (stream_.avail_out != 0) return true;
    }
    return false;
  }

  Sink& target_;
  z_stream stream_ = {};
  gz_header header_ = {};
  bool ready_ = false;
};

using Write = std::function<bool(Sink&)>;

bool write_packed(const Write& write_json, Sink& page) {
  Base64Sink base64(page);
  GzipSink gzip(base64);
  return write_json(gzip) && gzip.finish() && base64.finish();
}

// JSON inside a script element: no tag can begin in it.
std::string without_tags(std::string_view json) {
  std::string text;
  for (const char c : json) c == '<' ? text += "\\u003c" : text += c;
  return text;
}

bool write_live(const PageParts& parts, Sink& page) {
  if (parts.live.empty()) return true;
  const auto write_skeleton = [&](Sink& packed) {
    constexpr size_t kStep = size_t{1} << 20;
    for (size_t at = 0; at < parts.skeleton.size(); at += kStep) {
      if (!packed.write(std::string_view(parts.skeleton).substr(at, kStep))) return false;
    }
    return true;
  };
  return page.write("<script type=\"application/octet-stream\" id=\"skeleton\">") &&
         write_packed(write_skeleton, page) &&
         page.write("</script>\n<script type=\"application/json\" id=\"device-files\">" +
                    without_tags(parts.device_files) + "</script>\n") &&
         page.write(parts.live);
}

}  // namespace

bool write_page(const PageParts& parts, const std::function<bool(Sink&)>& write_json, Sink& page) {
  const std::string title = escape_html(parts.title), notices = escape_html(parts.notices);
  const std::array<std::pair<std::string_view, std::string_view>, 5> texts = {
      {{"{{title}}", title},
       {"{{{style}}}", parts.style},
       {"{{{summary}}}", parts.summary},
       {"{{{script}}}", parts.script},
       {"{{{notices}}}", notices}}};
  constexpr std::string_view kDocument = "{{{document}}}", kLive = "{{{live}}}";
  std::string_view rest = parts.shell;
  while (true) {
    const size_t marker = rest.find("{{");
    if (!page.write(rest.substr(0, marker))) return false;
    if (marker == std::string_view::npos) return true;
    rest.remove_prefix(marker);
    if (rest.substr(0, kDocument.size()) == kDocument) {
      if (!write_packed(write_json, page)) return false;
      rest.remove_prefix(kDocument.size());
      continue;
    }
    if (rest.substr(0, kLive.size()) == kLive) {
      if (!write_live(parts, page)) return false;
      rest.remove_prefix(kLive.size());
      continue;
    }
    size_t length = 2;
    std::string_view text = rest.substr(0, length);  // braces that are no marker stay
    for (const auto& [name, content] : texts) {
      if (rest.substr(0, name.size()) == name) text = content, length = name.size();
    }
    if (!page.write(text)) return false;
    rest.remove_prefix(length);
  }
}

}  // namespace trtreport::cli
