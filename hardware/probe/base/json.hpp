// A writer of JSON text: members in the order given, numbers to six significant digits, hostile
// strings escaped. Enough for a device file; reading is not the probe's business.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trtprobe {

class JsonWriter {
 public:
  // Objects and arrays that hold other objects or arrays are broken over lines, `flat` ones are
  // not.
  void open_object(bool flat = false) { open('{', flat); }
  void open_array(bool flat = false) { open('[', flat); }
  void close();

  void key(std::string_view name);
  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(double number);  // null where not finite
  void value(int number) { value(static_cast<double>(number)); }
  void value(bool truth);
  void null();

  template <class T>
  void value(const std::optional<T>& maybe) {
    if (maybe) {
      value(*maybe);
    } else {
      null();
    }
  }

  template <class T>
  void member(std::string_view name, const T& content) {
    key(name);
    value(content);
  }

  // The member is left out where it is unknown.
  template <class T>
  void known_member(std::string_view name, const std::optional<T>& maybe) {
    if (maybe) member(name, *maybe);
  }

  const std::string& text() const { return text_; }

 private:
  struct Level {
    char closing;
    bool flat;
    bool empty;
  };

  void open(char bracket, bool flat);
  void separate();  // whatever stands between two elements
  void line();

  std::string text_;
  std::vector<Level> levels_;
  bool after_key_ = false;
};

// `text` in quotes, with control characters and quotes escaped; invalid UTF-8 becomes U+FFFD.
std::string quoted(std::string_view text);

}  // namespace trtprobe
