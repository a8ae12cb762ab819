// What a 2:4 mask by magnitude would keep of a weight: of every four values along the reduction the
// two largest (NVIDIA's structured sparsity; the accuracy that training brings back is another
// matter). pruning/sparsity.hpp looks at more kinds of masks, on weights as they are stored.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace trtreport::quantization {

struct Kept24 {
  double all = 0, kept = 0;  // sums of magnitudes

  void add(const Kept24& part);
  // From 0.5 to 1; none where nothing was added, or nothing is known.
  std::optional<double> share() const;
  // Of values that cannot be told into fours.
  void forget();
};

// Adds a channel's run, or a part of one that begins at a four: values along the reduction are
// `apart` from each other, as many as a kernel has positions. What no four holds stays. Values must
// be finite.
void add_run(std::span<const float> run, size_t apart, Kept24& sums);

}  // namespace trtreport::quantization
