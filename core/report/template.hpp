// Fills a text template of the mustache kind, as far as ours go: {{name}} and {{{name}}} (both as
// they are: who sets a field escapes it for the format), {{#name}}…{{/name}} once for each item or
// once for a text that is not empty, {{.}} for the item itself. A section's tag alone on its line
// leaves no line. The library that the command line once used for this brought 400 kB of iostreams
// into the WebAssembly build.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trtreport {

class Fields {
 public:
  Fields() = default;
  // An item that is a text: {{.}}.
  explicit Fields(std::string_view text) { set(".", text); }

  void set(std::string_view name, std::string_view text);
  void set(std::string_view name, std::vector<Fields> items);

  struct Field {
    std::string name;
    std::string text;
    std::vector<Fields> items;
  };
  // Null where there is none.
  const Field* find(std::string_view name) const;

 private:
  std::vector<Field> fields_;
};

// Names that nothing sets are empty; what is no tag of the above stays as it is.
std::string fill_template(std::string_view text, const Fields& fields);

}  // namespace trtreport
