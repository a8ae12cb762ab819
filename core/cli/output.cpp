// POSIX files. The table of temporary names is plain memory, since a signal handler may touch
// nothing else.
#include "cli/output.hpp"

#include "cli/options.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace trtreport::cli {
namespace {

constexpr size_t kBufferSize = 64 * 1024;

struct Slot {
  std::atomic<bool> used = false;
  char path[PATH_MAX] = {};
};
std::array<Slot, 8> g_temporaries;

void remember(const std::string& path) {
  for (Slot& slot : g_temporaries) {
    if (slot.used || path.size() >= sizeof slot.path) continue;
    std::memcpy(slot.path, path.c_str(), path.size() + 1);
    slot.used = true;
    return;
  }
}

void forget(const std::string& path) {
  for (Slot& slot : g_temporaries) {
    if (slot.used && path == slot.path) slot.used = false;
  }
}

extern "C" void remove_temporaries(int signal) {
  for (const Slot& slot : g_temporaries) {
    if (slot.used) ::unlink(slot.path);
  }
  ::raise(signal);  // the handler is reset: this ends the process as the signal would have
}

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return "";
  return path.substr(0, slash + 1);
}

// Where writing to `path` leads, whether or not a file is there; empty where links go in a circle.
std::string without_links(std::string path) {
  constexpr int kMostLinks = 40;  // as many as the kernel follows
  for (int count = 0; count < kMostLinks; ++count) {
    char text[PATH_MAX];
    const ssize_t length = ::readlink(path.c_str(), text, sizeof text);
    if (length <= 0) return path;
    const std::string next(text, static_cast<size_t>(length));
    path = next.front() == '/' ? next : folder_of(path) + next;
  }
  return {};
}

std::string or_here(const std::string& folder) { return folder.empty() ? "." : folder; }

}  // namespace

void handle_signals() {
  struct sigaction action = {};
  action.sa_handler = remove_temporaries;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    struct sigaction before = {};
    if (::sigaction(signal, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) {
      ::sigaction(signal, &action, nullptr);
    }
  }
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

void hold_standard_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) >= 0) continue;
    // The lowest free number is taken: this one. The wrong direction makes every use of it fail.
    if (::open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0) return;
  }
}

int check_printed(int status) {
  const bool fine = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  if (fine || errno == EPIPE) return status;
  std::fprintf(stderr, "trtreport: standard output: cannot be written: %s\n", std::strerror(errno));
  return kUnwritableOutput;
}

bool same_file(const std::string& first, const std::string& second) {
  struct stat a = {}, b = {};
  return ::stat(first.c_str(), &a) == 0 && ::stat(second.c_str(), &b) == 0 &&
         a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

Error Output::fault(int cause) const {
  const std::string place = path_ == "-" ? "standard output" : path_;
  return {"output_unwritable", place + ": cannot be written: " + std::strerror(cause), UINT64_MAX};
}

tl::expected<std::unique_ptr<Output>, Error> Output::open(const std::string& path) {
  if (path == "-") return std::unique_ptr<Output>(new Output(path, ::dup(STDOUT_FILENO)));
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode)) return open_beside(path);
  std::unique_ptr<Output> output(new Output(path, ::open(path.c_str(), O_WRONLY | O_CLOEXEC)));
  if (output->descriptor_ < 0) return tl::unexpected(output->fault(errno));
  return output;
}

tl::expected<std::unique_ptr<Output>, Error> Output::open_beside(const std::string& path) {
  static int count = 0;
  std::unique_ptr<Output> output(new Output(path, -1));
  struct stat status = {};
  const bool exists = ::stat(path.c_str(), &status) == 0;
  if (exists && ::access(path.c_str(), W_OK) != 0) return tl::unexpected(output->fault(errno));
  if (path.empty() || path.back() == '/') return tl::unexpected(output->fault(EISDIR));
  output->target_ = without_links(path);
  if (output->target_.empty()) return tl::unexpected(output->fault(ELOOP));
  const std::string temporary = folder_of(output->target_) + ".trtreport-" +
                                std::to_string(::getpid()) + "-" + std::to_string(++count) + ".tmp";
  remember(temporary);
  output->descriptor_ = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (output->descriptor_ < 0) {
    const Error error = output->fault(errno);
    forget(temporary);
    return tl::unexpected(error);
  }
  output->temporary_ = temporary;
  if (exists) ::fchmod(output->descriptor_, status.st_mode & 07777);
  return output;
}

Output::~Output() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (temporary_.empty()) return;
  ::unlink(temporary_.c_str());
  forget(temporary_);
}

bool Output::same_target(const Output& other) const {
  if (target_.empty() || other.target_.empty()) return false;
  const std::string folder = folder_of(target_), other_folder = folder_of(other.target_);
  return target_.substr(folder.size()) == other.target_.substr(other_folder.size()) &&
         same_file(or_here(folder), or_here(other_folder));
}

bool Output::write(std::string_view text) {
  if (cause_ != 0) return false;
  if (buffer_.size() + text.size() > kBufferSize && !flush()) return false;
  buffer_.append(text);
  return buffer_.size() < kBufferSize || flush();
}

bool Output::flush() {
  size_t done = 0;
  while (done < buffer_.size() && cause_ == 0) {
    const ssize_t count = ::write(descriptor_, buffer_.data() + done, buffer_.size() - done);
    if (count >= 0) {
      done += static_cast<size_t>(count);
    } else if (errno != EINTR) {
      cause_ = errno;
    }
  }
  buffer_.clear();
  return cause_ == 0;
}

std::optional<Error> Output::close() {
  flush();
  if (::close(std::exchange(descriptor_, -1)) != 0 && cause_ == 0) cause_ = errno;
  if (cause_ != 0) return fault(cause_);
  return std::nullopt;
}

std::optional<Error> Output::commit() {
  if (temporary_.empty()) return std::nullopt;
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) return fault(errno);
  forget(std::exchange(temporary_, {}));
  return std::nullopt;
}

}  // namespace trtreport::cli
