// A shared library that may be missing.
#pragma once

#include <initializer_list>

#include <dlfcn.h>

namespace trtprobe {

class Library {
 public:
  Library(std::initializer_list<const char*> names) {
    for (const char* name : names) {
      if (handle_ == nullptr) handle_ = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    }
  }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  // Left loaded: some libraries keep threads that outlive any use of theirs.
  ~Library() = default;

  explicit operator bool() const { return handle_ != nullptr; }

  template <class Function>
  void find(Function*& function, const char* name) const {
    void* symbol = handle_ == nullptr ? nullptr : dlsym(handle_, name);
    function = reinterpret_cast<Function*>(symbol);
  }

 private:
  void* handle_ = nullptr;
};

}  // namespace trtprobe
