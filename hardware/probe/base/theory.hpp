// What a chip could do at a given clock, from how many multiply-accumulates an SM finishes a clock.
#pragma once

#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace trtprobe {

// Dense multiply-accumulates a clock and SM of what a row measures ("tensor_fp16_f32"), twice that
// of a name ending in "_sparse". Empty where the chip is not in the table or its rate is not known;
// 0 where it has no such unit. Chips are looked up by their exact compute capability, never by the
// nearest. `consumer`: a GeForce or TITAN, where sums in FP32 run at half rate on some chips.
//
// Sources: CUDA C++ Programming Guide 12.6, arithmetic instructions; NVIDIA's architecture
// whitepapers of V100, TU102, GA100, GA102, AD102, H100 and RTX Blackwell.
std::optional<double> fma_per_clock_per_sm(std::string_view row, int compute_capability,
                                           bool consumer);

// Whether the product's name is one of the consumer line.
bool is_consumer(std::string_view device_name);

// Rate of a row at an SM clock, in its unit: SMs x clock x FMA x 2; shared memory: SMs x clock x
// 128 B. DRAM and PCIe rows: what the device's memory clock and link give. Empty where unknown.
std::optional<double> theory(std::string_view row, const DeviceInfo& device, double clock_mhz);

// Does the chip have the unit that a row measures? Empty: not known.
std::optional<bool> has_unit(std::string_view row, const DeviceInfo& device);

}  // namespace trtprobe
