// Named arrays from disk: a .npz archive, or a folder of .npy files.
#pragma once

#include "base/diagnostics.hpp"
#include "quantization/npy.hpp"

#include <functional>
#include <string>

namespace trtreport::cli {

// Reads arrays one after the other, so that one of them is in memory at a time; names are those of
// the files without ".npy". Where `wanted` says no, an array is not unpacked. Error codes:
// file_missing, file_unreadable, not_npz, no_arrays, unsupported_npz, truncated, and those of
// parse_npy, with the path in the message.
using WantArray = std::function<bool(const std::string& name)>;
using TakeArray = std::function<void(const std::string& name, const quantization::NpyArray& array)>;
tl::expected<void, Error> read_arrays(const std::string& path, const WantArray& wanted,
                                      const TakeArray& take);

}  // namespace trtreport::cli
