// See template.hpp.
#include "report/template.hpp"

namespace trtreport {
namespace {

struct Tag {
  char kind = 0;  // '#', '/', or 0 for a value
  std::string_view name;
  size_t begin = 0, end = 0;  // with its braces
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// The next tag from `from` on; its begin is npos where there is none.
Tag next_tag(std::string_view text, size_t from) {
  Tag tag;
  tag.begin = text.find("{{", from);
  if (tag.begin == std::string_view::npos) return tag;
  const bool triple = text.substr(tag.begin, 3) == "{{{";
  const std::string_view close = triple ? "}}}" : "}}";
  const size_t inside = tag.begin + close.size();
  const size_t end = text.find(close, inside);
  if (end == std::string_view::npos) {
    tag.begin = end;
    return tag;
  }
  std::string_view name = text.substr(inside, end - inside);
  if (!triple && !name.empty() && (name.front() == '#' || name.front() == '/')) {
    tag.kind = name.front();
    name.remove_prefix(1);
  }
  tag.name = trimmed(name);
  tag.end = end + close.size();
  return tag;
}

// Takes the whole line of a section's tag that stands alone on it.
void widen(std::string_view text, Tag& tag) {
  const bool starts = tag.begin == 0 || text[tag.begin - 1] == '\n';
  const bool ends = tag.end == text.size() || text[tag.end] == '\n';
  if (starts && ends && tag.end < text.size()) ++tag.end;
}

class Filler {
 public:
  void fill(std::string_view text, const Fields& fields) {
    scopes_.push_back(&fields);
    size_t at = 0;
    for (Tag tag = next_tag(text, 0); tag.begin != std::string_view::npos;
         tag = next_tag(text, at)) {
      if (tag.kind != 0) widen(text, tag);
      out_.append(text.substr(at, tag.begin - at));
      at = tag.kind == '#' ? section(text, tag) : tag.end;
      if (tag.kind == 0) {
        if (const Fields::Field* field = find(tag.name)) out_.append(field->text);
      }
    }
    out_.append(text.substr(at));
    scopes_.pop_back();
  }
  std::string take() { return std::move(out_); }

 private:
  const Fields::Field* find(std::string_view name) const {
    for (size_t scope = scopes_.size(); scope-- > 0;) {
      if (const Fields::Field* field = scopes_[scope]->find(name)) return field;
    }
    return nullptr;
  }

  // Where the text goes on behind the section.
  size_t section(std::string_view text, const Tag& open) {
    size_t depth = 1;
    Tag close = next_tag(text, open.end);
    for (; close.begin != std::string_view::npos; close = next_tag(text, close.end)) {
      if (close.kind == '#') ++depth;
      if (close.kind == '/' && --depth == 0) break;
    }
    if (close.begin == std::string_view::npos) return text.size();
    widen(text, close);
    const std::string_view body = text.substr(open.end, close.begin - open.end);
    const Fields::Field* field = find(open.name);
    if (field != nullptr && !field->text.empty()) fill(body, Fields(field->text));
    if (field != nullptr) {
      for (const Fields& item : field->items) fill(body, item);
    }
    return close.end;
  }

  std::vector<const Fields*> scopes_;
  std::string out_;
};

}  // namespace

void Fields::set(std::string_view name, std::string_view text) {
  fields_.push_back({std::string(name), std::string(text), {}});
}

void Fields::set(std::string_view name, std::vector<Fields> items) {
  fields_.push_back({std::string(name), {}, std::move(items)});
}

const Fields::Field* Fields::find(std::string_view name) const {
  for (const Field& field : fields_) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

std::string fill_template(std::string_view text, const Fields& fields) {
  Filler filler;
  filler.fill(text, fields);
  return filler.take();
}

}  // namespace trtreport
