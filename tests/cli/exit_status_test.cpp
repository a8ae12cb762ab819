// Exit statuses, messages, and that no output is ever half there.
#include "catch.hpp"
#include "cli/program.hpp"
#include "models/architectures.hpp"

#include <csignal>
#include <filesystem>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace trtreport::program {
namespace {

using Names = std::vector<std::string>;

std::string model_bytes() { return models::chain(8).serialize(); }

void is_usage_fault(const Folder& folder, const std::vector<std::string>& arguments,
                    const std::string& words) {
  const Run result = run(folder, arguments);
  INFO(result.err);
  CHECK(result.status == 2);
  CHECK(result.out.empty());
  REQUIRE(result.lines().size() == 1);
  CHECK(result.lines()[0].rfind("trtreport: ", 0) == 0);
  CHECK(result.lines()[0].find(words) != std::string::npos);
}

}  // namespace

TEST_CASE("bad usage is one line and status 2", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", model_bytes());
  folder.write("device.json", "{\"schema\":\"something else\"}");
  is_usage_fault(folder, {}, "no model is named");
  is_usage_fault(folder, {"m.onnx", "--frobnicate"}, "--frobnicate");
  is_usage_fault(folder, {"m.onnx", "other.onnx"}, "other.onnx");
  is_usage_fault(folder, {"m.onnx", "--batch", "0"}, "--batch");
  is_usage_fault(folder, {"m.onnx", "--device", "t4", "--device", "NVIDIA T4"},
                 "--device: 'NVIDIA T4' is given twice");
  is_usage_fault(folder, {"m.onnx", "--shape", "x=1x4", "--shapes", "x:2x4"}, "input 'x'");
  is_usage_fault(folder, {"m.onnx", "--batch", "many"}, "--batch");
  is_usage_fault(folder, {"m.onnx", "--dim", "N"}, "--dim");
  is_usage_fault(folder, {"m.onnx", "--dim", "nobody=4"}, "nobody");
  is_usage_fault(folder, {"m.onnx", "--shape", "x=1x"}, "--shape");
  is_usage_fault(folder, {"m.onnx", "--shape", "nobody=1x3"}, "nobody");
  is_usage_fault(folder, {"m.onnx", "--shapes=x"}, "--shapes");
  is_usage_fault(folder, {"m.onnx", "--shapes=x:1x2", "--optShapes=x:1x2"}, "exclude");
  is_usage_fault(folder, {"m.onnx", "--precision", "fp12"}, "fp12");
  is_usage_fault(folder, {"m.onnx", "--convention", "own"}, "own");
  is_usage_fault(folder, {"m.onnx", "--device", "h100"}, "h100");
  is_usage_fault(folder, {"m.onnx", "--device", "./device.json"}, "device.json");
  is_usage_fault(folder, {"m.onnx", "--device", "./none.json"}, "none.json");
  is_usage_fault(folder, {"m.onnx", "--json", "-", "--csv", "-"}, "standard output");
  is_usage_fault(folder, {"device"}, "list");
  is_usage_fault(folder, {"device", "show"}, "NAME");
  is_usage_fault(folder, {"device", "validate", "device.json"}, "device.json");
  CHECK(folder.names() == Names{"device.json", "m.onnx"});
}

TEST_CASE("an empty value is refused, whatever the option", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", model_bytes());
  for (const char* option : {"-o",
                             "--json",
                             "--markdown",
                             "--csv",
                             "--device",
                             "--precision",
                             "--batch",
                             "--dim",
                             "--shape",
                             "--shapes",
                             "--minShapes",
                             "--optShapes",
                             "--maxShapes",
                             "--convention",
                             "--formats",
                             "--calibrator",
                             "--activations",
                             "--calibration",
                             "--plan",
                             "--emit-qdq",
                             "--prune",
                             "--prune-criterion",
                             "--prune-groups",
                             "--prune-protect",
                             "--round-to",
                             "--emit-mask"}) {
    is_usage_fault(folder, {"m.onnx", option, ""}, option[1] == '-' ? option : "--output");
  }
  is_usage_fault(folder, {"m.onnx", "--json=", "--csv=x.csv"}, "--json=");
  is_usage_fault(folder, {""}, "MODEL");
  is_usage_fault(folder, {"device", "show", ""}, "NAME");
  is_usage_fault(folder, {"serve", "--token", ""}, "--token");
  is_usage_fault(folder, {"serve", "--bind", "", "--token", "x"}, "--bind");
  CHECK(folder.names() == Names{"m.onnx"});
}

TEST_CASE("options that do nothing where they stand are refused", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", model_bytes());
  is_usage_fault(folder, {"-"}, "file on disk");
  for (const Names& words : {Names{"--prune-criterion", "l1"}, Names{"--prune-global"},
                             Names{"--prune-protect", "none"}, Names{"--round-to", "8"}}) {
    Names line = {"m.onnx"};
    line.insert(line.end(), words.begin(), words.end());
    is_usage_fault(folder, line, words[0] + ": there is no cut");
  }
  is_usage_fault(folder, {"m.onnx", "--calibration", "c", "--csv", "t.csv"},
                 "--calibration: name what");
  is_usage_fault(folder, {"m.onnx", "--prune-groups", "none.json"},
                 "trtreport: none.json: no such");
  is_usage_fault(folder, {"m.onnx", "--minShapes=x:4x3", "--maxShapes=x:2x3"}, "from 4 to 2");
  is_usage_fault(folder, {"m.onnx", "--minShapes=x:4x3", "--optShapes=x:4"}, "dimensions");
  is_usage_fault(folder, {"m.onnx", "device", "list"}, "MODEL");
  is_usage_fault(folder, {"--json", "a.json", "device", "list"}, "--json");
  is_usage_fault(folder, {"device", "list", "show", "h100-sxm"}, "show");
  std::filesystem::create_directory(folder.at("samples"));
  is_usage_fault(folder, {"m.onnx", "--json", "a.json", "--activations", "samples"}, "no .npy");
}

TEST_CASE("a model that is not there is status 3", "[cli]") {
  const Folder folder;
  for (const char* name : {"none.onnx", "/", "/dev/null"}) {
    const Run result = run(folder, {name, "-o", "report.html"});
    INFO(result.err);
    CHECK(result.status == 3);
    CHECK(result.lines().size() == 1);
  }
  CHECK(folder.names().empty());
}

TEST_CASE("an output never replaces the model or its data", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", model_bytes());
  std::filesystem::create_symlink("m.onnx", folder.at("alias"));
  is_usage_fault(folder, {"m.onnx", "-o", "m.onnx"}, "m.onnx");
  is_usage_fault(folder, {"m.onnx", "--csv", "./alias"}, "alias");
  is_usage_fault(folder, {"alias", "--json", "m.onnx"}, "m.onnx");
  CHECK(folder.read("m.onnx") == model_bytes());
  folder.write("g.json", "{\"groups\":{}}");
  is_usage_fault(folder, {"m.onnx", "--prune-groups", "g.json", "--emit-mask", "g.json"}, "input");
  CHECK(folder.read("g.json") == "{\"groups\":{}}");
}

TEST_CASE("two names of one place take one output", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", model_bytes());
  std::filesystem::create_directory(folder.at("sub"));
  std::filesystem::create_symlink("../a.json", folder.at("sub/link"));
  for (const char* other : {"./a.json", "sub/../a.json", "sub/link"})
    is_usage_fault(folder, {"m.onnx", "--json", "a.json", "--csv", other}, "same file as a.json");
  CHECK(folder.names() == Names{"m.onnx", "sub"});
}

TEST_CASE("standard streams that are closed or full fail what needs them, nothing else", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", model_bytes());
  const auto status_of = [&](const std::string& words) {
    const std::string shell = "cd " + folder.path() + " && exec " TRTREPORT_PROGRAM " " + words;
    return WEXITSTATUS(std::system(shell.c_str()));
  };
  CHECK(status_of("m.onnx --csv layers.csv --verbose <&- >&- 2>&-") == 0);
  CHECK(folder.read("layers.csv").find("trtreport:") == std::string::npos);
  CHECK(status_of("m.onnx --csv - >&- 2>/dev/null") == 4);
  CHECK(status_of("device list >/dev/full 2>/dev/null") == 4);
  CHECK(status_of("--help >/dev/full 2>/dev/null") == 4);
}

TEST_CASE("an output that cannot be written is status 4 and leaves nothing", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", model_bytes());
  ::mkdir(folder.at("folder").c_str(), 0700);
  for (const std::string path : {"none/report.html", "folder", "folder/", "/dev/full"}) {
    const Run result = run(folder, {"m.onnx", "--json", "kept-out.json", "-o", path});
    INFO(result.err);
    CHECK(result.status == 4);
    REQUIRE(result.lines().size() == 1);
    CHECK(result.lines()[0].find(path) != std::string::npos);
    CHECK(folder.names() == Names{"folder", "m.onnx"});
  }
}

TEST_CASE("a full disk leaves what was there before", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", models::chain(2000).serialize());
  folder.write("analysis.json", "before");
  const std::string shell = "cd " + folder.path() +
                            " && ulimit -f 16 && " TRTREPORT_PROGRAM
                            " m.onnx --json analysis.json 2>/dev/null";
  CHECK(WEXITSTATUS(std::system(("bash -c '" + shell + "'").c_str())) == 4);
  CHECK(folder.read("analysis.json") == "before");
  CHECK(folder.names() == Names{"analysis.json", "m.onnx"});
}

TEST_CASE("an interrupted run leaves nothing", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", models::chain(60000).serialize());
  const pid_t child = ::fork();
  if (child == 0) {
    if (::chdir(folder.path().c_str()) == 0) {
      ::execl(TRTREPORT_PROGRAM, TRTREPORT_PROGRAM, "m.onnx", "-o", "report.html", nullptr);
    }
    ::_exit(127);
  }
  for (int wait = 0; wait < 2000 && folder.names().size() == 1; ++wait) ::usleep(5000);
  CHECK(folder.names().size() == 2);  // the temporary file
  ::kill(child, SIGINT);
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGINT);
  CHECK(folder.names() == Names{"m.onnx"});
}

TEST_CASE("an output keeps its mode and follows a link", "[cli]") {
  const Folder folder;
  folder.write("m.onnx", model_bytes());
  folder.write("real.json", "old");
  ::chmod(folder.at("real.json").c_str(), 0640);
  std::filesystem::create_symlink("real.json", folder.at("link.json"));
  CHECK(run(folder, {"m.onnx", "--json", "link.json"}).status == 0);
  CHECK(std::filesystem::is_symlink(folder.at("link.json")));
  CHECK(folder.read("real.json").front() == '{');
  struct stat status = {};
  ::stat(folder.at("real.json").c_str(), &status);
  CHECK((status.st_mode & 0777) == 0640);

  std::filesystem::create_symlink("made.json", folder.at("to-nothing.json"));
  CHECK(run(folder, {"m.onnx", "--json", "to-nothing.json"}).status == 0);
  CHECK(std::filesystem::is_symlink(folder.at("to-nothing.json")));
  CHECK(folder.read("made.json").front() == '{');
  std::filesystem::create_symlink("circle", folder.at("circle"));
  CHECK(run(folder, {"m.onnx", "--json", "circle"}).status == 4);
  CHECK(std::filesystem::is_symlink(folder.at("circle")));
}

}  // namespace trtreport::program
