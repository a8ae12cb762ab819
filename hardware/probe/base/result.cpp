// Choosing the better of several methods.
#include "base/result.hpp"

namespace trtprobe {

const char* to_string(Status status) {
  switch (status) {
    case Status::kOk:
      return "ok";
    case Status::kUnsupported:
      return "unsupported";
    case Status::kSkipped:
      return "skipped";
    case Status::kSuspect:
      return "suspect";
    case Status::kError:
      break;
  }
  return "error";
}

namespace {

bool better(const Row& row, const Row& other) {
  return row.unit == "s" ? *row.median < *other.median : *row.median > *other.median;
}

}  // namespace

void mark_best(std::vector<Row>& rows) {
  for (Row& row : rows) {
    row.best = row.status == Status::kOk && row.median.has_value();
    for (const Row& other : rows) {
      const bool rival = other.name == row.name && other.regime == row.regime &&
                         other.status == Status::kOk && other.median.has_value();
      if (row.best && rival && better(other, row)) row.best = false;
    }
  }
}

}  // namespace trtprobe
