// trtprobe: options, one session a GPU, the table, the file, the upload.
#include "base/document.hpp"
#include "base/encode.hpp"
#include "base/options.hpp"
#include "base/table.hpp"
#include "driver/upload.hpp"
#include "measure/device.hpp"
#include "measure/measure.hpp"
#include "measure/session.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace trtprobe;

enum ExitStatus { kFine = 0, kUsage = 2, kNoGpu = 3, kOutput = 4, kBusy = 5, kInterrupted = 130 };

extern "C" void on_interrupt(int) {
  // The second Ctrl-C does not wait for the sample in hand.
  if (interrupted.exchange(true)) _exit(kInterrupted);
}

void complain(const std::string& line) { std::fprintf(stderr, "trtprobe: %s\n", line.c_str()); }

bool is_folder(const std::string& path) {
  struct stat found {};
  return stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
}

// Where the file of a device goes: the path given, into the folder given, or a name of its own
// here.
std::string file_for(const Options& options, const Findings& findings, int index, bool several) {
  const std::string number = several ? "-" + std::to_string(index) : "";
  const std::string name = slug(findings.device.name) + number + ".json";
  if (options.output.empty()) return name;
  const bool folder = options.output.back() == '/' || is_folder(options.output);
  if (!folder) return options.output;
  return options.output + (options.output.back() == '/' ? "" : "/") + name;
}

// Written beside its place and then moved there: never half a file.
bool write_file(const std::string& path, const std::string& text) {
  if (path == "-") return std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  const std::string partial = path + ".partial";
  std::FILE* file = std::fopen(partial.c_str(), "wb");
  if (file == nullptr) return false;
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const bool closed = std::fclose(file) == 0;
  if (written && closed && std::rename(partial.c_str(), path.c_str()) == 0) return true;
  std::remove(partial.c_str());
  return false;
}

int deliver(const Options& options, const Findings& findings, int index, bool several) {
  const std::string json = device_document(findings);
  const std::string path = file_for(options, findings, index, several);
  // The document alone goes to standard output when it is asked for there.
  std::FILE* talk = path == "-" ? stderr : stdout;
  std::fprintf(talk, "%s\n%s", findings.device.name.c_str(), result_table(findings).c_str());
  int status = kFine;
  if (write_file(path, json)) {
    if (path != "-") std::fprintf(talk, "\nDevice file: %s\n", path.c_str());
  } else {
    complain("cannot write " + path);
    status = kOutput;
  }
  const std::string page = options.page.empty() ? "http://127.0.0.1:8765/" : options.page;
  std::fprintf(talk, "Open in the page%s:\n%s%s\n",
               options.page.empty() ? " (where it is served; --page names another place)" : "",
               page.c_str(), device_fragment(json).c_str());
  if (options.upload.empty()) return status;
  if (readable_on_the_way(options.upload) && !options.token.empty()) {
    complain("the token travels unencrypted: " + options.upload);
  }
  const Upload sent = upload(options.upload, options.token, json, path);
  if (sent.sent) {
    std::fprintf(talk, "Uploaded to %s. %s\n", options.upload.c_str(), sent.message.c_str());
    return status;
  }
  complain("not uploaded: " + sent.message);
  return kOutput;
}

int list_devices(int count) {
  for (int index = 0; index < count; ++index) {
    const DeviceInfo device = device_info(index);
    std::printf("%d  %s, compute capability %d.%d, %d SMs\n", index, device.name.c_str(),
                device.major, device.minor, device.sms);
  }
  return kFine;
}

// The worse of two exit statuses: the first one that is not fine.
int first_failure(int earlier, int later) { return earlier != kFine ? earlier : later; }

int run(const Options& options) {
  std::string reason;
  const int count = device_count(reason);
  if (count == 0) {
    complain("no NVIDIA GPU: " + reason);
    return kNoGpu;
  }
  if (options.list) return list_devices(count);
  std::vector<int> devices = options.devices;
  for (int index = 0; options.all && index < count; ++index) devices.push_back(index);
  if (devices.empty()) devices.push_back(0);
  const bool several = devices.size() > 1;
  if (several && !options.output.empty() && options.output != "-" && !is_folder(options.output)) {
    complain("-o must name an existing folder when several GPUs are measured");
    return kUsage;
  }
  int status = kFine;
  for (const int index : devices) {
    const std::string which = "GPU " + std::to_string(index) + ": ";
    if (index >= count) {
      complain(which + "there are only " + std::to_string(count) + "; --list names them");
      return kUsage;
    }
    const Session session = run_session(index, options);
    if (session.end == Session::End::kMeasured) {
      status = first_failure(status, deliver(options, session.findings, index, several));
    } else if (session.end == Session::End::kBusy) {
      complain(which + session.reason + "; figures would be low. --force measures all the same");
      status = first_failure(status, kBusy);
    } else {
      complain(which + session.reason);
      status = first_failure(status, kNoGpu);
    }
    if (interrupted) return kInterrupted;
  }
  return status;
}

}  // namespace

int main(int count, char** arguments) {
  const Options options = parse_options(std::vector<std::string>(arguments + 1, arguments + count));
  if (!options.error.empty()) {
    complain(options.error);
    return kUsage;
  }
  if (options.help) {
    std::fputs(kHelp, stdout);
    return kFine;
  }
  if (options.version) {
    std::printf("trtprobe %s\n", kVersion);
    return kFine;
  }
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
  return run(options);
}
