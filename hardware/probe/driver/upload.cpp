// libcurl's easy interface, its numbers from curl/curl.h, which never change.
#include "driver/upload.hpp"

#include "driver/library.hpp"

#include <chrono>
#include <thread>

namespace trtprobe {
namespace {

constexpr int kUrl = 10002;
constexpr int kPostFields = 10015;
constexpr int kPostFieldSize = 60;
constexpr int kHttpHeader = 10023;
constexpr int kTimeout = 13;
constexpr int kConnectTimeout = 78;
constexpr int kNoSignal = 99;
constexpr int kProtocols = 181;
constexpr long kHttpAndHttps = 3;
constexpr int kWriteFunction = 20011;
constexpr int kWriteData = 10001;
constexpr int kUserAgent = 10018;
constexpr int kResponseCode = 0x200002;
constexpr std::size_t kAnswerBytes = 4096;

struct Curl {
  Library library{"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl-nss.so.4", "libcurl.so"};
  void* (*init)() = nullptr;
  int (*set)(void*, int, ...) = nullptr;
  int (*perform)(void*) = nullptr;
  int (*info)(void*, int, ...) = nullptr;
  void (*cleanup)(void*) = nullptr;
  const char* (*error)(int) = nullptr;
  void* (*append)(void*, const char*) = nullptr;
  void (*free_list)(void*) = nullptr;

  Curl() {
    library.find(init, "curl_easy_init");
    library.find(set, "curl_easy_setopt");
    library.find(perform, "curl_easy_perform");
    library.find(info, "curl_easy_getinfo");
    library.find(cleanup, "curl_easy_cleanup");
    library.find(error, "curl_easy_strerror");
    library.find(append, "curl_slist_append");
    library.find(free_list, "curl_slist_free_all");
  }

  bool usable() const {
    return init != nullptr && set != nullptr && perform != nullptr && info != nullptr &&
           cleanup != nullptr && error != nullptr && append != nullptr && free_list != nullptr;
  }
};

std::size_t keep(char* data, std::size_t size, std::size_t count, void* answer) {
  std::string& text = *static_cast<std::string*>(answer);
  const std::size_t room = kAnswerBytes - text.size();
  text.append(data, size * count < room ? size * count : room);
  return size * count;
}

struct Answer {
  long status = 0;
  std::string text;  // the body, or why there is none
};

Answer post(const Curl& curl, const std::string& url, const std::string& token,
            const std::string& json) {
  Answer answer;
  void* request = curl.init();
  if (request == nullptr) {
    answer.text = "libcurl does not start";
    return answer;
  }
  void* headers = curl.append(nullptr, "Content-Type: application/json");
  headers = curl.append(headers, "Expect:");
  if (!token.empty()) headers = curl.append(headers, ("Authorization: Bearer " + token).c_str());
  curl.set(request, kUrl, url.c_str());
  curl.set(request, kPostFields, json.data());
  curl.set(request, kPostFieldSize, static_cast<long>(json.size()));
  curl.set(request, kHttpHeader, headers);
  curl.set(request, kConnectTimeout, 10L);
  curl.set(request, kTimeout, 30L);
  curl.set(request, kNoSignal, 1L);
  curl.set(request, kProtocols, kHttpAndHttps);
  curl.set(request, kUserAgent, "trtprobe");
  curl.set(request, kWriteFunction, keep);
  curl.set(request, kWriteData, &answer.text);
  const int result = curl.perform(request);
  if (result == 0) {
    curl.info(request, kResponseCode, &answer.status);
  } else {
    answer.text = curl.error(result);
  }
  curl.free_list(headers);
  curl.cleanup(request);
  return answer;
}

std::string shell_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

// One line that is safe on a terminal, whatever a server sent.
std::string printable(const std::string& text) {
  std::string out;
  for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  return out.substr(0, 200);
}

}  // namespace

bool readable_on_the_way(const std::string& url) {
  const auto begins = [&url](const std::string& text) {
    return url.compare(0, text.size(), text) == 0;
  };
  if (!begins("http://")) return false;
  for (const char* host : {"127.0.0.1", "localhost", "[::1]"}) {
    const std::string here = std::string("http://") + host;
    if (url == here || begins(here + ":") || begins(here + "/")) return false;
  }
  return true;
}

bool worth_another_try(long status) { return status == 0 || status == 429 || status >= 500; }

std::string curl_command(const std::string& url, bool token, const std::string& file) {
  std::string command = "curl --fail-with-body -H 'Content-Type: application/json'";
  if (token) command += " -H \"Authorization: Bearer $TRTREPORT_TOKEN\"";
  return command + " --data-binary @" + shell_quoted(file) + " " + shell_quoted(url);
}

Upload upload(const std::string& url, const std::string& token, const std::string& json,
              const std::string& file, double backoff_seconds) {
  const Curl curl;
  if (!curl.usable()) {
    return {false, "libcurl is not there; run: " + curl_command(url, !token.empty(), file)};
  }
  Answer answer;
  for (int wait = 1;; wait *= 2) {
    answer = post(curl, url, token, json);
    if (answer.status >= 200 && answer.status < 300) return {true, printable(answer.text)};
    if (wait > 4 || !worth_another_try(answer.status)) break;
    std::this_thread::sleep_for(std::chrono::duration<double>(wait * backoff_seconds));
  }
  const std::string status =
      answer.status == 0 ? "" : "status " + std::to_string(answer.status) + ": ";
  return {false, status + printable(answer.text)};
}

}  // namespace trtprobe
