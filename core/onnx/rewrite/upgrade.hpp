// Nodes of an older operator set as nodes of a newer one.
#pragma once

#include "onnx/rewrite/draft.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace trtreport::onnx {

// The newest operator set of ai.onnx that nodes are converted to.
inline constexpr int64_t kNewestUpgrade = 22;

// What a conversion has to ask about the graph around its node, and where constants go.
class UpgradeHost {
 public:
  virtual ~UpgradeHost() = default;
  virtual DType dtype(std::string_view tensor) = 0;                  // Undefined where unknown
  virtual int rank(std::string_view tensor) = 0;                     // -1 where unknown
  virtual bool is_read(std::string_view tensor) = 0;                 // true where unknown
  virtual std::vector<double> numbers(std::string_view tensor) = 0;  // of a constant; else empty
  virtual std::string fresh(std::string_view wish) = 0;              // a name that nothing has yet
  virtual std::string constant(TensorDraft tensor) = 0;  // an initializer; its name, made fresh
};

// A node with what now stands before and after it.
struct UpgradedNode {
  NodeDraft node;
  std::vector<NodeDraft> before, after;
};

// Whether any operator of ai.onnx by this name changed its meaning between two operator sets.
bool changes_between(std::string_view op, int64_t from, int64_t to);

// Converts a node of ai.onnx from one operator set to a newer one, at most kNewestUpgrade, by the
// table of operators whose definition changed: new types and new optional parts change nothing.
// False where nothing had to be. The error says what of the node has no counterpart.
// Source: ONNX's operator changelog, versions 1 to 22.
tl::expected<bool, std::string> upgrade_node(Scanner& scanner, int64_t from, int64_t to,
                                             UpgradeHost& host, UpgradedNode& upgraded);

}  // namespace trtreport::onnx
