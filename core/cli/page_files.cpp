// The one change to the page: its root element says that this server stands behind it, so that it
// listens for devices here and asks no other host for something it does not have.
#include "cli/page_files.hpp"

#include "cli/file_source.hpp"

#include <filesystem>
#include <span>

namespace trtreport::cli {
namespace {

namespace fs = std::filesystem;

std::string_view type_of(std::string_view name) {
  constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".svg", "image/svg+xml"},
      {".wasm", "application/wasm"},
      {".webmanifest", "application/manifest+json"},
  };
  for (const auto& [ending, type] : kTypes) {
    if (name.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

std::string folder_to_read(const std::string& folder) {
  if (!folder.empty()) return folder;
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (const fs::path& place : {program / "page", program / "../share/trtreport/page"}) {
    if (fs::exists(place / "index.html", ignored)) return place.string();
  }
  return TRTREPORT_PAGE;
}

std::string read_whole(const std::string& path) {
  auto source = FileSource::open(path);
  if (!source) return {};
  std::string text(static_cast<size_t>((*source)->size()), '\0');
  text.resize((*source)->read(0, std::as_writable_bytes(std::span(text))));
  return text;
}

void mark(std::string& page) {
  constexpr std::string_view kRoot = "<html ";
  if (const size_t at = page.find(kRoot); at != std::string::npos)
    page.insert(at + kRoot.size(), "data-serve=\"trtreport\" ");
}

}  // namespace

tl::expected<PageFiles, std::string> PageFiles::open(const std::string& folder) {
  const std::string place = folder_to_read(folder);
  PageFiles page;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(place, error)) {
    if (!entry.is_regular_file()) continue;
    const std::string name = entry.path().filename().string();
    page.files_[name] = {read_whole(entry.path().string()), std::string(type_of(name))};
  }
  const auto index = page.files_.find("index.html");
  if (index == page.files_.end()) {
    return tl::unexpected(place + ": holds no built page; ./dev web --build makes one, and " +
                          "--page FOLDER names another place");
  }
  mark(index->second.content);
  return page;
}

const PageFile* PageFiles::find(std::string_view path) const {
  if (path.empty() || path.front() != '/') return nullptr;
  path.remove_prefix(1);
  const auto found = files_.find(path.empty() ? std::string_view("index.html") : path);
  return found == files_.end() ? nullptr : &found->second;
}

}  // namespace trtreport::cli
