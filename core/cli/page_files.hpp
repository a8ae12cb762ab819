// The built page (web/dist) as `trtreport serve` hands it out: read once, so that no request leads
// to the disk.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace trtreport::cli {

struct PageFile {
  std::string content, type;
};

class PageFiles {
 public:
  // Every file of the folder, or of the first place where a built page lies if none is named:
  // "page" beside the program, "../share/trtreport/page", the source tree's web/dist. The error is
  // a line.
  static tl::expected<PageFiles, std::string> open(const std::string& folder);

  // By the path of a request; null where there is none.
  const PageFile* find(std::string_view path) const;

 private:
  std::map<std::string, PageFile, std::less<>> files_;
};

}  // namespace trtreport::cli
