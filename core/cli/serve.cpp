// Requests come from browsers and from trtprobe. A browser may be on any site, so what writes is
// answered only to the page's own origin, and names other than this machine's only where a token
// guards the uploads.
#include "cli/serve.hpp"

#include "base/sha256.hpp"
#include "cli/device_store.hpp"
#include "cli/page_files.hpp"
#include "report/escape.hpp"

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <memory>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <httplib.h>
#include <nlohmann/json.hpp>

namespace trtreport::cli {
namespace {

using httplib::Request;
using httplib::Response;
using Json = nlohmann::json;

// Each open page holds a thread for its events.
constexpr size_t kThreads = 64;
constexpr int kMostListeners = 48;

// What the open pages are told: devices in the order in which they came.
class Events {
 public:
  void add(std::string text) {
    const std::lock_guard lock(mutex_);
    texts_.push_back(std::move(text));
    changed_.notify_all();
  }

  void end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
  }

  size_t count() const {
    const std::lock_guard lock(mutex_);
    return texts_.size();
  }

  // Waits for the event of that number. Empty after a while without one; false at the end.
  bool next(size_t number, std::string& text) {
    constexpr std::chrono::seconds kPatience(10);
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kPatience, [&] { return ended_ || texts_.size() > number; });
    text = texts_.size() > number ? texts_[number] : std::string();
    return !ended_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> texts_;
  bool ended_ = false;
};

void answer(Response& response, int status, const Json& body) {
  response.status = status;
  response.set_content(body.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n",
                       "application/json");
}

// As it is: the library would pack it at brotli's highest effort, seconds for a script.
void answer_plain(Response& response, std::string_view content, const std::string& type,
                  std::shared_ptr<std::string> owner = nullptr) {
  if (content.empty()) return response.set_content("", type);
  response.set_content_provider(
      content.size(), type,
      [content, owner](size_t offset, size_t length, httplib::DataSink& sink) {
        return sink.write(content.data() + offset, length);
      });
}

void refuse(Response& response, int status, std::string_view code, std::string_view message) {
  answer(response, status, {{"error", {{"code", code}, {"message", message}}}});
}

int status_of(const Error& error) {
  if (error.code == "too_large") return 413;
  return error.code == "output_unwritable" || error.code == "store_full" ? 507 : 400;
}

// "host:port" without the port; "[::1]:80" without port and brackets.
std::string_view host_of(std::string_view authority) {
  if (authority.starts_with('[')) return authority.substr(1, authority.find(']') - 1);
  return authority.substr(0, authority.rfind(':'));
}

// The library lets five connections wait, and further ones are lost; pages and uploads at once
// are more.
class PatientServer : public httplib::Server {
 public:
  void widen() {
    constexpr int kWaiting = 128;
    ::listen(svr_sock_, kWaiting);
  }
};

class Service {
 public:
  Service(const ServeOptions& options, const PageFiles& page, DeviceStore& store)
      : options_(options), page_(page), store_(store) {
    server_.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    server_.set_payload_max_length(DeviceStore::kMostBytes);
    server_.set_default_headers({{"X-Content-Type-Options", "nosniff"},
                                 {"Cache-Control", "no-cache"},
                                 {"Referrer-Policy", "no-referrer"}});
    server_.set_pre_routing_handler(
        [this](const Request& request, Response& response) { return guard(request, response); });
    server_.Get("/devices", [this](const Request&, Response& response) { list(response); });
    server_.Get("/events", [this](const Request&, Response& response) { listen(response); });
    // The page's own address takes them too: it is what people hand to trtprobe.
    for (const char* path : {"/devices", "/"}) {
      server_.Post(path,
                   [this](const Request& request, Response& response,
                          const httplib::ContentReader& read) { take(request, response, read); });
    }
    server_.Get(".*", [this](const Request& request, Response& response) {
      const PageFile* file = page_.find(request.path);
      if (file == nullptr) return refuse(response, 404, "not_found", "there is no such file");
      answer_plain(response, file->content, file->type);
    });
    server_.set_error_handler([](const Request&, Response& response) {
      if (!response.body.empty()) return;
      if (response.status == 413)
        return refuse(response, 413, "too_large", "a device file has 256 KB at most");
      refuse(response, response.status, "bad_request", "this is not understood");
    });
  }

  // The port; 0 where the address cannot be had.
  int bind() {
    int port = options_.port;
    if (port == 0) {
      port = std::max(0, server_.bind_to_any_port(options_.bind));
    } else if (!server_.bind_to_port(options_.bind, port)) {
      port = 0;
    }
    if (port != 0) server_.widen();
    return port;
  }
  bool run() { return server_.listen_after_bind(); }
  void stop() {
    events_.end();
    server_.stop();
  }

 private:
  using Verdict = httplib::Server::HandlerResponse;

  // A name that leads here only by the attacker's own name server is none of ours, and neither is a
  // request that a page of another site makes.
  Verdict guard(const Request& request, Response& response) const {
    const std::string host = request.get_header_value("Host");
    const bool local = is_loopback(options_.bind);
    if (local && !is_loopback(host_of(host))) {
      refuse(response, 403, "other_host", "this server answers on this machine's own names only");
      return Verdict::Handled;
    }
    const std::string origin = request.get_header_value("Origin");
    if (!origin.empty() && origin != "http://" + host && origin != "https://" + host) {
      refuse(response, 403, "other_origin", "pages of other sites may not ask this server");
      return Verdict::Handled;
    }
    return Verdict::Unhandled;
  }

  bool is_allowed(const Request& request) const {
    if (options_.token.empty()) return true;
    constexpr std::string_view kBearer = "Bearer ";
    const std::string given = request.get_header_value("Authorization");
    return given.starts_with(kBearer) &&
           same_token(std::string_view(given).substr(kBearer.size()), options_.token);
  }

  // Read here and not by the library, which would take 8 kB at most of what curl sends as a form
  // unless told otherwise.
  void take(const Request& request, Response& response, const httplib::ContentReader& read) {
    if (request.is_multipart_form_data())
      return refuse(response, 400, "bad_request", "send the file alone, as the request's body");
    std::string body;
    const bool whole = read([&body](const char* part, size_t size) {
      body.append(part, size);
      return true;
    });
    if (!whole) return;
    if (!is_allowed(request)) {
      response.set_header("WWW-Authenticate", "Bearer");
      return refuse(response, 401, "unauthorized", "the token is missing or another one");
    }
    const auto stored = store_.put(body);
    if (!stored) {
      const Error& error = stored.error();
      return refuse(response, status_of(error), error.code, error.message);
    }
    const Json file = {{"file", stored->file}, {"content", body}};
    events_.add("event: device\ndata: " + file.dump() + "\n\n");
    std::fprintf(stderr, "trtreport: took %s (%s): %s/%s\n", escape_terminal(stored->name).c_str(),
                 stored->measured ? "measured" : "datasheet", options_.devices.c_str(),
                 stored->file.c_str());
    answer(response, 201, {{"file", stored->file}, {"name", stored->name}});
  }

  void list(Response& response) const {
    Json files = Json::array();
    for (const DeviceStore::File& file : store_.all())
      files.push_back({{"file", file.name}, {"content", file.content}});
    const auto text = std::make_shared<std::string>(files.dump());
    answer_plain(response, *text, "application/json", text);
  }

  void listen(Response& response) {
    if (listeners_.fetch_add(1) >= kMostListeners) {
      --listeners_;
      return refuse(response, 503, "busy", "too many pages are open");
    }
    response.set_chunked_content_provider(
        "text/event-stream",
        [this, number = events_.count(), first = true](size_t, httplib::DataSink& sink) mutable {
          std::string text = ":\n\n";  // a comment, by which a closed page is noticed
          if (first) {
            first = false;
            return sink.write(text.data(), text.size());
          }
          std::string event;
          if (!events_.next(number, event)) {
            sink.done();
            return true;
          }
          if (!event.empty()) {
            ++number;
            text = std::move(event);
          }
          return sink.write(text.data(), text.size());
        },
        [this](bool) { --listeners_; });
  }

  const ServeOptions& options_;
  const PageFiles& page_;
  DeviceStore& store_;
  Events events_;
  std::atomic<int> listeners_ = 0;
  PatientServer server_;
};

int complain(int status, const std::string& line) {
  std::fputs(("trtreport: " + escape_terminal(line) + "\n").c_str(), stderr);
  return status;
}

sigset_t ending_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  return signals;
}

}  // namespace

bool is_loopback(std::string_view address) {
  // A name may begin with "127." as well, and lead anywhere.
  const bool digits = address.find_first_not_of("0123456789.") == std::string_view::npos;
  return address == "localhost" || address == "::1" || (address.starts_with("127.") && digits);
}

bool same_token(std::string_view given, std::string_view wanted) {
  // Digests have one length, and where they differ says nothing of where the tokens do.
  const auto digest = [](std::string_view token) {
    Sha256 hash;
    hash.update(token);
    return hash.finish();
  };
  const std::string first = digest(given), second = digest(wanted);
  unsigned difference = 0;
  for (size_t index = 0; index < first.size(); ++index)
    difference |= static_cast<unsigned char>(first[index] ^ second[index]);
  return difference == 0;
}

int run_server(const ServeOptions& options) {
  if (!is_loopback(options.bind) && options.token.empty()) {
    return complain(kBadUsage, "serve: --bind " + options.bind +
                                   " lets other machines upload: it needs a --token");
  }
  const auto page = PageFiles::open(options.page);
  if (!page) return complain(kUnwritableOutput, page.error());
  auto store = DeviceStore::open(options.devices);
  if (!store) return complain(kUnwritableOutput, store.error().message);
  Service service(options, *page, **store);
  const int port = service.bind();
  if (port == 0) {
    return complain(kUnwritableOutput,
                    fmt::format("{}:{}: the address is in use or not this machine's", options.bind,
                                options.port));
  }
  // Threads inherit the mask, so that the signal comes to the one that waits for it.
  const sigset_t signals = ending_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::thread waiting([&] {
    int signal = 0;
    ::sigwait(&signals, &signal);
    service.stop();
  });
  const bool colons = options.bind.find(':') != std::string::npos;
  std::printf("trtreport: the page is at http://%s%s%s:%d/ (Ctrl+C ends it)\n", colons ? "[" : "",
              options.bind.c_str(), colons ? "]" : "", port);
  std::fflush(stdout);
  const bool fine = service.run();
  if (!fine) ::pthread_kill(waiting.native_handle(), SIGTERM);
  waiting.join();
  return kFine;
}

}  // namespace trtreport::cli
