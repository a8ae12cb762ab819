// Longest-common-subsequence difference after common ends are cut; see line_diff.hpp.
#include "golden/line_diff.hpp"

#include <algorithm>
#include <sstream>
#include <vector>

namespace trtreport::golden {
namespace {

using Lines = std::vector<std::string>;
constexpr size_t kContext = 2;
constexpr size_t kMostCells = 16'000'000;  // beyond, the two middles are printed whole

Lines lines_of(const std::string& text) {
  Lines lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// length[i][j]: longest common subsequence of a[i..] and b[j..].
std::vector<std::vector<uint32_t>> subsequences(const Lines& a, const Lines& b) {
  std::vector<std::vector<uint32_t>> length(a.size() + 1, std::vector<uint32_t>(b.size() + 1, 0));
  for (size_t i = a.size(); i-- > 0;) {
    for (size_t j = b.size(); j-- > 0;) {
      length[i][j] =
          a[i] == b[j] ? length[i + 1][j + 1] + 1 : std::max(length[i + 1][j], length[i][j + 1]);
    }
  }
  return length;
}

void append(std::string& out, char mark, const Lines& lines, size_t from, size_t to) {
  for (size_t index = from; index < to; ++index) out += mark + lines[index] + '\n';
}

std::string middle(const Lines& a, const Lines& b) {
  std::string out;
  if (a.size() * b.size() > kMostCells) {
    append(out, '-', a, 0, a.size());
    append(out, '+', b, 0, b.size());
    return out;
  }
  const auto length = subsequences(a, b);
  size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      out += ' ' + a[i] + '\n';
      ++i, ++j;
    } else if (j == b.size() || (i < a.size() && length[i + 1][j] >= length[i][j + 1])) {
      out += '-' + a[i++] + '\n';
    } else {
      out += '+' + b[j++] + '\n';
    }
  }
  return out;
}

}  // namespace

std::string line_diff(const std::string& expected, const std::string& found) {
  const Lines a = lines_of(expected), b = lines_of(found);
  size_t front = 0, back = 0;
  while (front < a.size() && front < b.size() && a[front] == b[front]) ++front;
  while (back < a.size() - front && back < b.size() - front &&
         a[a.size() - 1 - back] == b[b.size() - 1 - back]) {
    ++back;
  }
  const auto at = [](size_t value) { return static_cast<std::ptrdiff_t>(value); };
  std::string out = "@@ line " + std::to_string(front + 1) + " @@\n";
  append(out, ' ', a, front > kContext ? front - kContext : 0, front);
  out += middle(Lines(a.begin() + at(front), a.end() - at(back)),
                Lines(b.begin() + at(front), b.end() - at(back)));
  append(out, ' ', a, a.size() - back, std::min(a.size(), a.size() - back + kContext));
  return out;
}

}  // namespace trtreport::golden
