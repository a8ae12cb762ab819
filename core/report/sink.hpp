// Where a writer's text goes: a file, a compressor, memory, the browser. Documents are streamed
// through it, because one of 200,000 nodes takes a hundred megabytes.
#pragma once

#include <string>
#include <string_view>

namespace trtreport {

class Sink {
 public:
  virtual ~Sink() = default;
  // Takes all of `text`, or answers false; after the first false the writer stops.
  virtual bool write(std::string_view text) = 0;
};

class StringSink : public Sink {
 public:
  bool write(std::string_view text) override {
    text_.append(text);
    return true;
  }
  const std::string& text() const { return text_; }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace trtreport
