// report.html: the shell with the summary, the compressed document, the script that draws it and
// the notices put in.
#pragma once

#include "report/sink.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace trtreport::cli {

struct PageParts {
  std::string_view shell;  // templates/report.html
  std::string_view style, script, notices;
  std::string title;    // not escaped yet
  std::string summary;  // HTML
  // Of a live report, else empty: web/dist/live.html or live-weights.html, the model's skeleton
  // file, and the device files that were given, as JSON: [{"name":…,"file":…,"content":…}].
  std::string_view live;
  std::string skeleton, device_files;
};

// Writes the page. `write_json` is called once, with the sink that wants the document's JSON. False
// where a sink refused.
bool write_page(const PageParts& parts, const std::function<bool(Sink&)>& write_json, Sink& page);

// Everything goes to both.
class TwoSinks : public Sink {
 public:
  TwoSinks(Sink& first, Sink& second) : first_(first), second_(second) {}
  bool write(std::string_view text) override { return first_.write(text) && second_.write(text); }

 private:
  Sink& first_;
  Sink& second_;
};

}  // namespace trtreport::cli
