// The program's operators new and delete, which keep a count.
#include "heap.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

#include <malloc.h>

namespace {

std::atomic<int64_t> g_now{0}, g_most{0};

void* counted(std::size_t size) {
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  const int64_t now = g_now += static_cast<int64_t>(::malloc_usable_size(memory));
  int64_t most = g_most;
  while (now > most && !g_most.compare_exchange_weak(most, now)) {
  }
  return memory;
}

void uncounted(void* memory) noexcept {
  if (memory == nullptr) return;
  g_now -= static_cast<int64_t>(::malloc_usable_size(memory));
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void operator delete(void* memory) noexcept { uncounted(memory); }
void operator delete[](void* memory) noexcept { uncounted(memory); }
void operator delete(void* memory, std::size_t) noexcept { uncounted(memory); }
void operator delete[](void* memory, std::size_t) noexcept { uncounted(memory); }

namespace trtreport::test {

HeapPeak::HeapPeak() : before_(g_now) { g_most = before_; }

uint64_t HeapPeak::bytes() const { return static_cast<uint64_t>(g_most - before_); }

}  // namespace trtreport::test
