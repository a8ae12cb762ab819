// The server end to end on loopback: what it takes, what it refuses, and that nothing is ever half
// there. A server of its own runs in every test, as a process, so that it can be killed.
#include "cli/serve.hpp"

#include "catch.hpp"
#include "cli/device_store.hpp"
#include "cli/program.hpp"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace trtreport::program {
namespace {

namespace fs = std::filesystem;

std::string device(const std::string& name, double bandwidth = 1e12, size_t padding = 0) {
  return nlohmann::json({{"schema", "trtreport-device/1"},
                         {"name", name},
                         {"kind", "gpu"},
                         {"peaks", {{"fp32", {{"vector", 1e13}}}}},
                         {"bandwidth", {{"dram", bandwidth}}},
                         {"sources", {{"peaks", std::string(padding, 'x')}}}})
      .dump();
}

struct Answer {
  int status = 0;
  std::string text;
  nlohmann::json body() const {
    const size_t end = text.find("\r\n\r\n");
    return nlohmann::json::parse(text.substr(end + 4), nullptr, false);
  }
};

class Server {
 public:
  explicit Server(const std::vector<std::string>& options = {}) {
    folder_.write("index.html", "<!doctype html>\n<html lang=\"en\">page</html>\n");
    folder_.write("app.js", "1;\n");
    std::vector<std::string> words = {"trtreport", "serve",  "--port",
                                      "0",         "--page", folder_.path()};
    words.insert(words.end(), options.begin(), options.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    int pipes[2];
    REQUIRE(::pipe(pipes) == 0);
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(pipes[1], STDOUT_FILENO);
      ::dup2(::open("/dev/null", O_WRONLY), STDERR_FILENO);
      ::close(pipes[0]);
      if (::chdir(folder_.path().c_str()) == 0) ::execv(TRTREPORT_PROGRAM, arguments.data());
      ::_exit(127);
    }
    ::close(pipes[1]);
    std::string line;
    for (char c = 0; ::read(pipes[0], &c, 1) == 1 && c != '\n';) line += c;
    ::close(pipes[0]);
    const size_t slash = line.find("/ (");
    REQUIRE(slash != std::string::npos);
    port_ = std::stoi(line.substr(line.rfind(':', slash) + 1));
  }
  ~Server() { end(SIGKILL); }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // The exit status; -N where signal N ended it.
  int end(int signal) {
    if (child_ <= 0) return 0;
    ::kill(child_, signal);
    int status = 0;
    ::waitpid(child_, &status, 0);
    child_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

  int connect() const {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port_));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // No assertion here: Catch takes none from several threads.
    if (::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0)
      return descriptor;
    ::close(descriptor);
    return -1;
  }

  std::string head(const std::string& request, size_t length, const std::string& headers) const {
    return request + " HTTP/1.1\r\n" +
           (headers.find("Host:") == std::string::npos
                ? "Host: 127.0.0.1:" + std::to_string(port_) + "\r\n"
                : "") +
           headers + "Content-Length: " + std::to_string(length) +
           (headers.find("Content-Type:") == std::string::npos
                ? "\r\nContent-Type: application/json"
                : "") +
           "\r\nConnection: close\r\n\r\n";
  }

  Answer ask(const std::string& request, const std::string& body = {},
             const std::string& headers = {}) const {
    const int descriptor = connect();
    const std::string text = head(request, body.size(), headers) + body;
    for (size_t sent = 0; sent < text.size();) {
      const ssize_t count =
          ::send(descriptor, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) break;
      sent += static_cast<size_t>(count);
    }
    Answer answer;
    char buffer[4096];
    ssize_t count = 0;
    while ((count = ::read(descriptor, buffer, sizeof buffer)) > 0)
      answer.text.append(buffer, static_cast<size_t>(count));
    if (count < 0) answer.text += std::string("; ") + std::strerror(errno);
    ::close(descriptor);
    if (answer.text.rfind("HTTP/1.1 ", 0) == 0) answer.status = std::stoi(answer.text.substr(9, 3));
    return answer;
  }
  Answer post(const std::string& body, const std::string& headers = {},
              const std::string& path = "/devices") const {
    return ask("POST " + path, body, headers);
  }

  std::vector<std::string> kept() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_.at("devices")))
      names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }
  const Folder& folder() const { return folder_; }

 private:
  Folder folder_;
  pid_t child_ = -1;
  int port_ = 0;
};

std::string code(const Answer& answer) { return answer.body()["error"]["code"]; }

}  // namespace

TEST_CASE("serve: the page, marked, and nothing outside of it", "[serve]") {
  Server server;
  CHECK(server.ask("GET /").text.find("<html data-serve=\"trtreport\" lang=\"en\">") !=
        std::string::npos);
  CHECK(server.ask("GET /app.js").text.find("text/javascript") != std::string::npos);
  CHECK(server.ask("GET /none.js").status == 404);
  CHECK(server.ask("GET /../../../../etc/passwd").status == 404);
  CHECK(server.ask("GET /%2e%2e/%2e%2e/etc/passwd").status == 404);
  CHECK(server.end(SIGINT) == 0);
}

TEST_CASE("serve: an upload is kept, told and given back", "[serve]") {
  Server server;
  CHECK(server.ask("GET /devices").body() == nlohmann::json::array());
  const int events = server.connect();
  const std::string request = server.head("GET /events", 0, "");
  REQUIRE(::send(events, request.data(), request.size(), MSG_NOSIGNAL) > 0);
  std::string heard;
  const auto hear = [&](const std::string& text) {
    char buffer[4096];
    while (heard.find(text) == std::string::npos) {
      const ssize_t count = ::read(events, buffer, sizeof buffer);
      if (count <= 0) break;
      heard.append(buffer, static_cast<size_t>(count));
    }
    return heard.find(text) != std::string::npos;
  };
  CHECK(hear(":\n\n"));
  const Answer answer = server.post(device("Test GPU"));
  CHECK(answer.status == 201);
  CHECK(answer.body() == nlohmann::json({{"file", "test-gpu.json"}, {"name", "Test GPU"}}));
  CHECK(server.folder().read("devices/test-gpu.json") == device("Test GPU"));
  CHECK(hear("event: device\ndata: {"));
  CHECK(hear("test-gpu.json"));
  ::close(events);
  const auto all = server.ask("GET /devices").body();
  REQUIRE(all.size() == 1);
  CHECK(all[0]["content"] == device("Test GPU"));
  // The same device again replaces its file.
  CHECK(server.post(device("Test GPU", 2e12)).status == 201);
  CHECK(server.kept() == std::vector<std::string>{"test-gpu.json"});
  CHECK(server.folder().read("devices/test-gpu.json") == device("Test GPU", 2e12));
}

TEST_CASE("serve: the page's own address takes uploads, as trtprobe sends them", "[serve]") {
  Server server({"--devices", "devices", "--token", "secret"});
  const std::string bearer = "Authorization: Bearer secret\r\n";
  CHECK(server.post(device("x"), {}, "/").status == 401);
  CHECK(server.post(device("x"), bearer, "/").status == 201);
  CHECK(server.kept() == std::vector<std::string>{"x.json"});
  CHECK(server.post(device("x"), bearer, "/index.html").status == 404);
}

TEST_CASE("serve: what curl sends by itself is taken, whatever it calls it", "[serve]") {
  Server server;
  const std::string form = "Content-Type: application/x-www-form-urlencoded\r\n";
  CHECK(server.post(device("Long", 1e12, 100 * 1024), form).status == 201);
  CHECK(server.post(device("Longer", 1e12, 300 * 1024), form).status == 413);
  CHECK(server.post("--b\r\n\r\n{}\r\n--b--", "Content-Type: multipart/form-data; boundary=b\r\n")
            .status == 400);
  CHECK(server.kept() == std::vector<std::string>{"long.json"});
}

TEST_CASE("serve: what is no device file is refused and leaves nothing", "[serve]") {
  Server server;
  CHECK(server.post("").status == 400);
  CHECK(server.post("not JSON").status == 400);
  CHECK(server.post("[]").status == 400);
  const Answer wrong = server.post(R"({"schema": "trtreport-device/1", "name": "x"})");
  CHECK(wrong.status == 400);
  CHECK(code(wrong) == "bad_device_file");
  CHECK(wrong.body()["error"]["message"].get<std::string>().find("kind") != std::string::npos);
  CHECK(server.post(device(std::string(101, 'n'))).status == 400);
  CHECK(server.post(std::string(200, '[') + std::string(200, ']')).status == 400);
  const Answer large = server.post(device("Large", 1e12, 300 * 1024));
  CHECK(large.status == 413);
  CHECK(code(large) == "too_large");
  CHECK(server.ask("PUT /devices", device("x")).status == 404);
  CHECK(server.ask("POST /elsewhere", device("x")).status == 404);
  CHECK(server.kept().empty());
  CHECK(server.post(device("Just fits", 1e12, 255 * 1024)).status == 201);
}

TEST_CASE("serve: no name leads out of the folder", "[serve]") {
  Server server;
  for (const char* name : {"../../evil", "/etc/passwd", "..", ".hidden", "a\\b", "CON:", "日本"})
    CHECK(server.post(device(name)).status == 201);
  CHECK(server.kept() == std::vector<std::string>{"a-b.json", "con.json", "device.json",
                                                  "etc-passwd.json", "evil.json", "hidden.json"});
  CHECK(cli::device_file_name("NVIDIA H200", "9f86d081") == "nvidia-h200-9f86d081.json");
  CHECK(cli::device_file_name(std::string(300, 'a'), "").size() == 105);
}

TEST_CASE("serve: with a token none but its bearer uploads", "[serve]") {
  Server server({"--token", "secret"});
  CHECK(server.post(device("x")).status == 401);
  CHECK(server.post(device("x"), "Authorization: Bearer wrong\r\n").status == 401);
  CHECK(server.post(device("x"), "Authorization: Bearer secret2\r\n").status == 401);
  CHECK(server.post(device("x"), "Authorization: Basic secret\r\n").status == 401);
  CHECK(server.kept().empty());
  CHECK(server.post(device("x"), "Authorization: Bearer secret\r\n").status == 201);
  CHECK(cli::same_token("a", "a"));
  CHECK_FALSE(cli::same_token("a", "b"));
  CHECK_FALSE(cli::same_token("", "a"));
}

TEST_CASE("serve: other sites' pages are turned away", "[serve]") {
  Server server;
  CHECK(server.post(device("x"), "Origin: http://evil.example\r\n").status == 403);
  CHECK(server.post(device("x"), "Origin: null\r\n").status == 403);
  CHECK(server.post(device("x"), "Host: evil.example:8765\r\n").status == 403);
  CHECK(server.post(device("x"), "Host: 127.evil.example\r\n").status == 403);
  CHECK(server.kept().empty());
  CHECK(server.post(device("x"), "Host: localhost:1\r\nOrigin: http://localhost:1\r\n").status ==
        201);
  CHECK(cli::is_loopback("127.0.0.1"));
  CHECK(cli::is_loopback("::1"));
  CHECK_FALSE(cli::is_loopback("127.evil.example"));
  CHECK_FALSE(cli::is_loopback("0.0.0.0"));
}

TEST_CASE("serve: uploads at once are each whole", "[serve]") {
  Server server;
  constexpr int kMany = 24;
  std::vector<std::thread> threads;
  std::atomic<int> taken = 0;
  std::mutex mutex;
  std::string others;
  for (int index = 0; index < kMany; ++index) {
    threads.emplace_back([&, index] {
      // Three writers to each name, with contents of their own.
      const std::string name = "Device " + std::to_string(index % 8);
      const Answer answer = server.post(device(name, 1e12 + index, 100 * 1024));
      if (answer.status == 201) {
        ++taken;
      } else {
        const std::lock_guard lock(mutex);
        others += answer.text + "\n";
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  INFO(others);
  CHECK(taken == kMany);
  CHECK(server.kept().size() == 8);
  CHECK(server.ask("GET /devices").body().size() == 8);
}

TEST_CASE("serve: killed at any time, each file is the old or the new one", "[serve]") {
  Folder folder;
  const std::string old = device("Test GPU", 1e12, 200 * 1024);
  const std::string fresh = device("Test GPU", 2e12, 200 * 1024);
  int replaced = 0;
  for (int delay = 0; delay < 8; ++delay) {
    Server server({"--devices", folder.path()});
    REQUIRE(server.post(old).status == 201);
    std::thread writer([&] { server.post(fresh); });
    std::this_thread::sleep_for(std::chrono::microseconds(300 * delay));
    server.end(SIGKILL);
    writer.join();
    const std::string kept = folder.read("test-gpu.json");
    CHECK((kept == old || kept == fresh));
    replaced += kept == fresh;
  }
  // What a killed writer left is gone once another server has started.
  folder.write(".upload-left.json", "{");
  Server server({"--devices", folder.path()});
  CHECK(folder.names() == std::vector<std::string>{"test-gpu.json"});
  // An upload that breaks off midway leaves nothing either.
  const int half = server.connect();
  const std::string part = server.head("POST /devices", old.size(), "") + old.substr(0, 1000);
  REQUIRE(::send(half, part.data(), part.size(), MSG_NOSIGNAL) > 0);
  ::close(half);
  CHECK(server.ask("GET /devices").body().size() == 1);
  CHECK(folder.names().size() == 1);
}

TEST_CASE("serve: what cannot be is said at once", "[serve]") {
  const Folder folder;
  const Run open = run(folder, {"serve", "--bind", "0.0.0.0"});
  CHECK(open.status == 2);
  CHECK(open.err.find("--token") != std::string::npos);
  const Run bare = run(folder, {"serve", "--page", folder.path()});
  CHECK(bare.status == 4);
  CHECK(bare.err.find("no built page") != std::string::npos);
  folder.write("index.html", "<html lang=\"en\">");
  folder.write("file", "");
  const Run blocked = run(folder, {"serve", "--page", folder.path(), "--devices", "file/devices"});
  CHECK(blocked.status == 4);
  CHECK(blocked.lines().size() == 1);
  CHECK(run(folder, {"serve", "--port", "70000"}).status == 2);
}

}  // namespace trtreport::program
