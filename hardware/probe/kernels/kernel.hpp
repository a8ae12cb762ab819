// What a kernel file hands to the measuring loop: a list of ways to run one instruction, each a
// plain kernel with how much work one turn of its loop does. The loop tries all and keeps the best.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace trtprobe {

// Every kernel of arithmetic has this signature: turns of the loop, random operands, results.
using LoopKernel = void (*)(std::uint32_t turns, const std::uint32_t* operands,
                            std::uint32_t* results);

// `operands` holds kOperandWords random words of the row's type; a kernel indexes it modulo that.
constexpr std::uint32_t kOperandWords = 16384;

struct Variant {
  std::string configuration;    // "8 chains, 256 threads": kept in the row
  LoopKernel kernel = nullptr;  // not launched where the image for this chip lacks it
  int threads = 256;            // of a block
  int blocks_per_sm = 0;        // 0: as many as fit
  double work_per_turn = 0;     // operations (a multiply-accumulate is two) of one block and turn
};

// How operands are drawn: numbers of the standard normal distribution rounded to the type, whole
// range for integers.
enum class Operands { kFp64, kFp32, kTf32, kFp16, kBf16, kE4m3, kE5m2, kFp4, kInt8, kInt4, kInt32 };

}  // namespace trtprobe
