// Measures whole runs of the command line: wall time and peak memory of `trtreport MODEL --json
// FILE`, as ratios to the figures of onnx-tool, the Python profiler that users know. Medians of
// repeated runs with a warm page cache.
//   trtreport_process_bench TRTREPORT SAMPLE_WRITER FOLDER [MODEL...]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

struct Case {
  std::string label;
  std::string model;
  std::vector<std::string> options;
  double python_seconds = 0;  // onnx-tool 1.0 on a machine of two cores: whole process, warm cache
  double python_megabytes = 0;
};

struct Run {
  double seconds = 0;
  double megabytes = 0;
  bool ok = false;
};

Run run_once(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) {
    const int null = open("/dev/null", O_WRONLY);
    dup2(null, STDERR_FILENO);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  return {elapsed.count(), static_cast<double>(usage.ru_maxrss) * 1024 / 1e6,
          WIFEXITED(status) && WEXITSTATUS(status) == 0};
}

Run measure(const std::vector<std::string>& command) {
  constexpr int kRuns = 11;
  std::vector<Run> runs;
  run_once(command);  // warms the cache
  for (int index = 0; index < kRuns; ++index) runs.push_back(run_once(command));
  const bool ok = std::all_of(runs.begin(), runs.end(), [](const Run& run) { return run.ok; });
  const auto median = [&](double Run::*field) {
    std::sort(runs.begin(), runs.end(),
              [&](const Run& a, const Run& b) { return a.*field < b.*field; });
    return runs[kRuns / 2].*field;
  };
  return {median(&Run::seconds), median(&Run::megabytes), ok};
}

void print(const Case& item, const Run& run) {
  std::printf("%-28s %9.1f ms %9.1f MB", item.label.c_str(), run.seconds * 1e3, run.megabytes);
  if (item.python_seconds > 0) {
    std::printf("   %6.1f x faster, %5.1f x smaller than onnx-tool (%.2f s, %.0f MB)",
                item.python_seconds / run.seconds, item.python_megabytes / run.megabytes,
                item.python_seconds, item.python_megabytes);
  }
  std::printf("%s\n", run.ok ? "" : "   FAILED");
}

// onnx-tool's figure for a model file of that name, where there is one.
void know(Case& item) {
  const std::string name = std::filesystem::path(item.model).stem().string();
  const auto has = [&](const char* part) { return name.find(part) != std::string::npos; };
  if (has("swin_t")) item.python_seconds = 1.00, item.python_megabytes = 292;
  if (has("bert-base")) item.python_seconds = 0.90, item.python_megabytes = 899;
  if (has("resnet50") && !has("wide")) item.python_seconds = 0.29, item.python_megabytes = 244;
}

std::vector<Case> built_cases(const std::string& writer, const std::string& folder) {
  const auto write = [&](const char* file, std::vector<std::string> kind) {
    const std::string path = folder + "/" + file;
    kind.insert(kind.begin(), {writer, path});
    if (!std::filesystem::exists(path) && !run_once(kind).ok)
      std::printf("could not write %s\n", path.c_str());
    return path;
  };
  return {{"ResNet-50", write("resnet50.onnx", {"resnet50"}), {}, 0.29, 244},
          {"BERT-base, sequence 128",
           write("bert.onnx", {"bert"}),
           {"--dim", "sequence=128"},
           0.90,
           899},
          {"chain of 200,000 nodes", write("chain200k.onnx", {"chain", "200000"}), {}},
          {"chain of 20,000 nodes", write("chain20k.onnx", {"chain", "20000"}), {}}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fputs("usage: trtreport_process_bench TRTREPORT SAMPLE_WRITER FOLDER [MODEL...]\n",
               stderr);
    return 2;
  }
  std::vector<Case> cases = built_cases(argv[2], argv[3]);
  for (int index = 4; index < argc; ++index) {
    Case given{std::filesystem::path(argv[index]).stem().string(), argv[index], {}};
    know(given);
    cases.push_back(given);
  }
  bool ok = true;
  for (const Case& item : cases) {
    std::vector<std::string> command = {argv[1], item.model, "--json",
                                        std::string(argv[3]) + "/bench.json"};
    command.insert(command.end(), item.options.begin(), item.options.end());
    const Run run = measure(command);
    print(item, run);
    ok = ok && run.ok;
  }
  return ok ? 0 : 1;
}
