// Runs the built command line as a user would, in a folder of its own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace trtreport::program {

// A folder that is gone when the test ends.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::string& path() const { return path_; }
  std::string at(const std::string& name) const { return path_ + "/" + name; }
  void write(const std::string& name, std::string_view bytes) const;
  std::string read(const std::string& name) const;
  bool has(const std::string& name) const;
  std::vector<std::string> names() const;  // sorted, hidden ones too

 private:
  std::string path_;
};

struct Run {
  int status = -1;  // exit status; -N where signal N ended it
  std::string out, err;
  double cpu_seconds = 0;

  // Lines of standard error.
  std::vector<std::string> lines() const;
};

// In the folder, with "out" and "err" kept outside of it.
Run run(const Folder& folder, const std::vector<std::string>& arguments);

// The document that --json wrote; also checks that the run was fine.
nlohmann::json document(const Folder& folder, const std::string& model,
                        const std::vector<std::string>& options = {});

}  // namespace trtreport::program
