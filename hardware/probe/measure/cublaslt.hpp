// Matrix products of cuBLASLt as a second method: what a good library reaches, and on chips that
// this probe has no kernels of its own for the only one.
#pragma once

#include "measure/measure.hpp"

#include <string>
#include <vector>

namespace trtprobe {

class Products {
 public:
  Products();
  ~Products();
  Products(const Products&) = delete;
  Products& operator=(const Products&) = delete;

  // Why there are none; empty where there are.
  const std::string& missing() const { return missing_; }

  // The row of a name by this method; no row where the library has no such product.
  std::vector<Row> measure(Bench& bench, const std::string& name);

 private:
  struct Library;
  struct Plan;
  Library* library_ = nullptr;
  void* handle_ = nullptr;
  void* workspace_ = nullptr;
  std::string missing_;
};

}  // namespace trtprobe
