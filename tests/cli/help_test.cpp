// The help text as it is printed: a golden file, so that a change of the interface shows in the
// review.
#include "catch.hpp"
#include "cli/program.hpp"

#include <fstream>
#include <sstream>

namespace trtreport::program {

TEST_CASE("option --help is what the golden file says", "[cli]") {
  std::ifstream file(TRTREPORT_SOURCE_DIR "/tests/cli/help.txt");
  std::stringstream expected;
  expected << file.rdbuf();
  const Folder folder;
  const Run result = run(folder, {"--help"});
  CHECK(result.status == 0);
  CHECK(result.out == expected.str());
  const Run device = run(folder, {"device", "--help"}), serve = run(folder, {"serve", "--help"});
  CHECK(device.status == 0);
  CHECK(device.out.find("trtreport device derive gpu --sms") != std::string::npos);
  CHECK(run(folder, {"device", "derive", "cpu", "--help"}).out == device.out);
  CHECK(serve.out.find("--token TEXT") != std::string::npos);
  CHECK(run(folder, {"--version"}).out == "trtreport 0.1.0\n");
}

TEST_CASE("the examples of the device help run", "[cli]") {
  const Folder folder;
  std::istringstream lines(run(folder, {"device", "--help"}).out);
  int examples = 0;
  bool after = false;
  for (std::string line; std::getline(lines, line);) {
    after = after || line == "Examples:";
    if (!after || line.rfind("  trtreport ", 0) != 0) continue;
    std::istringstream words(line.substr(12));
    std::vector<std::string> arguments;
    for (std::string word; words >> word;) {
      // Paths of the examples are those of the source tree.
      const bool path = word.find(".json") != std::string::npos;
      arguments.push_back(path ? TRTREPORT_SOURCE_DIR "/" + word : word);
    }
    INFO(line);
    CHECK(run(folder, arguments).status == 0);
    ++examples;
  }
  CHECK(examples >= 6);
}

TEST_CASE("every option that the help names exists", "[cli]") {
  const Folder folder;
  std::istringstream words(run(folder, {"--help"}).out);
  for (std::string word; words >> word;) {
    while (!word.empty() && std::string(",.;)").find(word.back()) != std::string::npos)
      word.pop_back();
    const std::string option = word.substr(0, word.find('='));
    if (option.rfind("--", 0) != 0 || option == "--help" || option == "--version") continue;
    INFO(option);
    const std::string message = run(folder, {"none.onnx", option}).err;
    CHECK(message.find("not expected") == std::string::npos);
  }
}

}  // namespace trtreport::program
