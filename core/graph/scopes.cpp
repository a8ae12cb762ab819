// The stack of scopes: a definition remembers what it shadows, closing a scope brings that back.
#include "graph/scopes.hpp"

namespace trtreport {

void NameScopes::open(bool sealed) {
  const uint32_t level = static_cast<uint32_t>(scopes_.size());
  if (!sealed && level > 0) return open_within(level - 1);
  scopes_.push_back({.first = static_cast<uint32_t>(definitions_.size()),
                     .visible = level,
                     .sealed = sealed,
                     .parent = level});
}

void NameScopes::open_within(uint32_t outer) {
  const uint32_t level = static_cast<uint32_t>(scopes_.size());
  scopes_.push_back({.first = static_cast<uint32_t>(definitions_.size()),
                     .visible = scopes_[outer].visible,
                     .skips = scopes_[outer].skips || outer + 1 != level,
                     .parent = outer});
}

std::span<const NameScopes::Definition> NameScopes::innermost() const {
  return std::span<const Definition>(definitions_).subspan(scopes_.back().first);
}

void NameScopes::close() {
  for (size_t index = definitions_.size(); index-- > scopes_.back().first;) {
    current_[static_cast<uint32_t>(definitions_[index].name)] = definitions_[index].previous;
  }
  definitions_.resize(scopes_.back().first);
  scopes_.pop_back();
}

bool NameScopes::sees(uint32_t scope) const {
  uint32_t level = depth() - 1;
  while (level > scope && scopes_[level].parent != level) level = scopes_[level].parent;
  return level == scope;
}

const NameScopes::Definition* NameScopes::find(StringId name) const {
  uint32_t index = current_[static_cast<uint32_t>(name)];
  while (scopes_.back().skips && index != 0 && !sees(definitions_[index].scope)) {
    index = definitions_[index].previous;
  }
  if (index == 0 || definitions_[index].scope < scopes_.back().visible) return nullptr;
  return &definitions_[index];
}

NameScopes::Definition* NameScopes::find_local(StringId name) {
  const uint32_t index = current_[static_cast<uint32_t>(name)];
  if (index < scopes_.back().first) return nullptr;
  return &definitions_[index];
}

void NameScopes::define(StringId name, TensorId tensor, bool forward) {
  uint32_t& slot = current_[static_cast<uint32_t>(name)];
  const uint32_t scope = static_cast<uint32_t>(scopes_.size() - 1);
  definitions_.push_back({name, tensor, forward, scope, slot});
  slot = static_cast<uint32_t>(definitions_.size() - 1);
}

}  // namespace trtreport
