// Uploads to a server of a few lines on the loopback, which answers as each case wants: what
// arrives, when another try is made, and what is said at the end.
#include "driver/upload.hpp"

#include "catch.hpp"

#include <string>
#include <thread>
#include <vector>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace trtprobe;

namespace {

class Server {
 public:
  explicit Server(std::vector<int> statuses) : statuses_(std::move(statuses)) {
    socket_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(bind(socket_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(listen(socket_, 8) == 0);
    REQUIRE(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    shutdown(socket_, SHUT_RDWR);  // ends accept()
    thread_.join();
    close(socket_);
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/devices"; }

  // Once all answers are given, or the server ends.
  const std::vector<std::string>& requests() const { return requests_; }

 private:
  static bool complete(const std::string& request) {
    const std::size_t head = request.find("\r\n\r\n");
    if (head == std::string::npos) return false;
    const std::size_t field = request.find("Content-Length: ");
    if (field == std::string::npos) return true;
    return request.size() >= head + 4 + std::stoul(request.substr(field + 16));
  }

  void serve() {
    for (const int status : statuses_) {
      const int connection = accept(socket_, nullptr, nullptr);
      if (connection < 0) return;
      std::string request;
      char part[4096];
      while (!complete(request)) {
        const ssize_t got = recv(connection, part, sizeof part, 0);
        if (got <= 0) break;
        request.append(part, static_cast<std::size_t>(got));
      }
      requests_.push_back(request);
      const std::string answer = "HTTP/1.1 " + std::to_string(status) +
                                 " X\r\nContent-Length: 6\r\nConnection: close\r\n\r\nwhy\x1B!\n";
      static_cast<void>(send(connection, answer.data(), answer.size(), MSG_NOSIGNAL));
      close(connection);
    }
  }

  std::vector<int> statuses_;
  int socket_ = -1;
  unsigned port_ = 0;
  std::vector<std::string> requests_;
  std::thread thread_;
};

bool no_libcurl() {
  const Upload sent = upload("http://127.0.0.1:1/", "", "{}", "f", 0.001);
  return sent.message.find("libcurl is not there") != std::string::npos;
}

}  // namespace

TEST_CASE("an upload arrives whole, with its token", "[upload]") {
  if (no_libcurl()) {
    WARN("skipped: libcurl is not here");
    return;
  }
  const std::string json = "{\"x\": \"" + std::string(100000, 'y') + "\"}";
  Upload sent;
  std::vector<std::string> requests;
  {
    Server server({201});
    sent = upload(server.url(), "secret", json, "file.json", 0.001);
    requests = server.requests();
  }
  CHECK(sent.sent);
  CHECK(sent.message == "why ! ");  // fit for a terminal
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].substr(0, 14) == "POST /devices ");
  CHECK(requests[0].find("Authorization: Bearer secret\r\n") != std::string::npos);
  CHECK(requests[0].find("Content-Type: application/json\r\n") != std::string::npos);
  CHECK(requests[0].substr(requests[0].find("\r\n\r\n") + 4) == json);
}

TEST_CASE("another try is made where it may help", "[upload]") {
  if (no_libcurl()) return;
  const auto tries = [](const std::vector<int>& statuses, bool& sent) {
    Server server(statuses);
    sent = upload(server.url(), "", "{}", "file.json", 0.001).sent;
    return server.requests().size();
  };
  bool sent = false;
  CHECK(tries({503, 429, 200}, sent) == 3);
  CHECK(sent);
  CHECK(tries({500, 500, 500, 500, 200}, sent) == 4);
  CHECK_FALSE(sent);
  CHECK(tries({401, 200}, sent) == 1);
  CHECK_FALSE(sent);
  CHECK(tries({413, 200}, sent) == 1);
  CHECK_FALSE(sent);
}

TEST_CASE("no server, one line", "[upload]") {
  const Upload sent = upload("http://127.0.0.1:1/", "", "{}", "file.json", 0.001);
  CHECK_FALSE(sent.sent);
  CHECK(sent.message.find('\n') == std::string::npos);
  CHECK_FALSE(sent.message.empty());
}

TEST_CASE("what leaves the machine unencrypted", "[upload]") {
  CHECK(readable_on_the_way("http://lab.example/"));
  CHECK(readable_on_the_way("http://127.0.0.1.example/"));
  CHECK(readable_on_the_way("http://localhost.example:8765"));
  CHECK_FALSE(readable_on_the_way("https://lab.example/"));
  CHECK_FALSE(readable_on_the_way("http://127.0.0.1"));
  CHECK_FALSE(readable_on_the_way("http://localhost:8765/devices"));
  CHECK_FALSE(readable_on_the_way("http://[::1]:8765/"));
}
