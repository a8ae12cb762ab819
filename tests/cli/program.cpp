// fork, exec and wait4: the processor time of a run is part of what the tests hold it to.
#include "cli/program.hpp"

#include "catch.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace trtreport::program {
namespace {

namespace fs = std::filesystem;

std::string temporary(const char* pattern) {
  std::string path = (fs::temp_directory_path() / pattern).string();
  REQUIRE(::mkdtemp(path.data()) != nullptr);
  return path;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void redirect(const std::string& path, int descriptor) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::dup2(file, descriptor);
}

}  // namespace

Folder::Folder() : path_(temporary("trtreport-test-XXXXXX")) {}
Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void Folder::write(const std::string& name, std::string_view bytes) const {
  std::ofstream file(at(name), std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::string Folder::read(const std::string& name) const { return read_file(at(name)); }
bool Folder::has(const std::string& name) const { return fs::exists(at(name)); }

std::vector<std::string> Folder::names() const {
  std::vector<std::string> result;
  for (const fs::directory_entry& entry : fs::directory_iterator(path_)) {
    result.push_back(entry.path().filename().string());
  }
  std::sort(result.begin(), result.end());
  return result;
}

std::vector<std::string> Run::lines() const {
  std::vector<std::string> result;
  std::istringstream text(err);
  for (std::string line; std::getline(text, line);) result.push_back(line);
  return result;
}

Run run(const Folder& folder, const std::vector<std::string>& arguments) {
  const std::string streams = temporary("trtreport-streams-XXXXXX");
  std::vector<char*> words = {const_cast<char*>(TRTREPORT_PROGRAM)};
  for (const std::string& argument : arguments)
    words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    redirect(streams + "/out", STDOUT_FILENO);
    redirect(streams + "/err", STDERR_FILENO);
    if (::chdir(folder.path().c_str()) == 0) ::execv(words[0], words.data());
    ::_exit(127);
  }
  REQUIRE(child > 0);
  int status = 0;
  rusage usage = {};
  REQUIRE(::wait4(child, &status, 0, &usage) == child);
  Run result;
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  result.out = read_file(streams + "/out");
  result.err = read_file(streams + "/err");
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  result.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  fs::remove_all(streams);
  return result;
}

nlohmann::json document(const Folder& folder, const std::string& model,
                        const std::vector<std::string>& options) {
  std::vector<std::string> arguments = {model, "--json", "document.json"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  const Run result = run(folder, arguments);
  INFO(result.err);
  REQUIRE(result.status == 0);
  return nlohmann::json::parse(folder.read("document.json"));
}

}  // namespace trtreport::program
