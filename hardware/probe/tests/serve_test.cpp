// The probe and `trtreport serve` together, where both are built: the address that the server
// prints is what --upload takes, the file that the probe writes is what the server keeps, and open
// pages hear of it.
#include "base/document.hpp"
#include "catch.hpp"
#include "driver/upload.hpp"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef TRTREPORT_PROGRAM
using namespace trtprobe;
namespace fs = std::filesystem;

namespace {

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Server {
 public:
  Server() {
    char name[] = "/tmp/trtprobe-serve-XXXXXX";
    folder_ = mkdtemp(name);
    std::ofstream(folder_ / "index.html") << "<!doctype html>\n<html lang=\"en\">page</html>\n";
    int pipes[2];
    REQUIRE(pipe(pipes) == 0);
    child_ = fork();
    if (child_ == 0) {
      dup2(pipes[1], STDOUT_FILENO);
      close(pipes[0]);
      execl(TRTREPORT_PROGRAM, "trtreport", "serve", "--port", "0", "--page", folder_.c_str(),
            "--devices", devices().c_str(), "--token", "secret", nullptr);
      _exit(127);
    }
    close(pipes[1]);
    std::string line;
    for (char c = 0; read(pipes[0], &c, 1) == 1 && c != '\n';) line += c;
    close(pipes[0]);
    const std::size_t begin = line.find("http://");
    REQUIRE(begin != std::string::npos);
    address_ = line.substr(begin, line.find(' ', begin) - begin);
  }
  ~Server() {
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
    fs::remove_all(folder_);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  const std::string& address() const { return address_; }
  fs::path devices() const { return folder_ / "devices"; }
  std::vector<fs::path> kept() const {
    std::vector<fs::path> paths;
    if (!fs::exists(devices())) return paths;
    for (const auto& entry : fs::directory_iterator(devices())) paths.push_back(entry.path());
    return paths;
  }

  // The stream of events that an open page listens to.
  int listen() const {
    const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port =
        htons(static_cast<std::uint16_t>(std::stoi(address_.substr(address_.rfind(':') + 1))));
    REQUIRE(connect(descriptor, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
    const std::string request = "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n";
    REQUIRE(send(descriptor, request.data(), request.size(), 0) ==
            static_cast<ssize_t>(request.size()));
    timeval limit{30, 0};
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    return descriptor;
  }

 private:
  fs::path folder_;
  std::string address_;
  pid_t child_ = -1;
};

Findings findings() {
  Findings found;
  found.device.name = "NVIDIA H200";
  found.device.major = 9;
  found.device.sms = 132;
  found.device.clock_mhz = 1980;
  found.device.memory_bytes = 150754820096.0;
  found.surroundings.date = "2026-11-21";
  found.mode = "quick";
  for (const char* name : {"tensor_bf16", "vector_fp32", "dram_copy"}) {
    Row row;
    row.name = name;
    row.unit = row.name == "dram_copy" ? "B/s" : "FLOP/s";
    row.method = "test";
    row.status = Status::kOk;
    row.median = row.name == "dram_copy" ? 4.2e12 : 6e13;
    row.samples = 8;
    row.best = true;
    found.rows.push_back(row);
  }
  return found;
}

}  // namespace

TEST_CASE("what the probe sends, trtreport serve keeps and tells its pages", "[upload][serve]") {
  Server server;
  const std::string json = device_document(findings());
  const Upload refused = upload(server.address(), "wrong", json, "file.json", 0.001);
  if (refused.message.find("libcurl is not there") != std::string::npos) {
    WARN("skipped: libcurl is not here");
    return;
  }
  CHECK_FALSE(refused.sent);
  CHECK(refused.message.find("status 401") != std::string::npos);
  CHECK(server.kept().empty());
  const int events = server.listen();
  const Upload sent = upload(server.address(), "secret", json, "file.json", 0.001);
  CHECK(sent.sent);
  INFO(sent.message);
  REQUIRE(server.kept().size() == 1);
  CHECK(content(server.kept().front()) == json);
  std::string heard;
  char part[4096];
  for (ssize_t got = 0; heard.find("event: device\ndata: ") == std::string::npos;) {
    got = recv(events, part, sizeof part, 0);
    if (got <= 0) break;
    heard.append(part, static_cast<std::size_t>(got));
  }
  close(events);
  CHECK(heard.find("event: device\ndata: ") != std::string::npos);
}
#endif
