// Figures for people, and escapes.
#include "base/quantity.hpp"
#include "catch.hpp"
#include "report/escape.hpp"
#include "report/format.hpp"

namespace trtreport {

TEST_CASE("three significant digits with prefix and unit", "[report]") {
  CHECK(format_si(4089184256.0, "MAC") == "4.09 GMAC");
  CHECK(format_si(97.5e6, "B") == "97.5 MB");
  CHECK(format_si(0.000213, "s") == "213 µs");
  CHECK(format_si(0.0123, "s") == "12.3 ms");
  CHECK(format_seconds(0.000213) == duration(0.000213));
  CHECK(format_seconds(std::nullopt) == kDash);
  CHECK(format_si(999.0, "B") == "999 B");
  CHECK(format_si(999.6, "B") == "1.00 kB");
  CHECK(format_si(999999.0, "B") == "1.00 MB");
  CHECK(format_si(7.0, "") == "7");
  CHECK(format_si(0.0, "s") == "0 s");
  CHECK(format_si(0.99996, "s") == "1.00 s");
  CHECK(format_si(std::optional<double>(), "s") == "—");
  CHECK(format_count(ops::Count::overflow(), "MAC") == "—");
}

TEST_CASE("ratios and shares", "[report]") {
  CHECK(format_ratio(24.3357) == "24.3");
  CHECK(format_ratio(0.25) == "0.25");
  CHECK(format_ratio(std::nullopt) == "—");
  CHECK(format_percent(0.54) == "54 %");
  CHECK(format_percent(0.029) == "2.9 %");
  CHECK(format_percent(0.0001) == "<0.1 %");
}

TEST_CASE("HTML", "[report]") {
  CHECK(escape_html("</script><a b=\"c\" d='e'>&") ==
        "&lt;/script&gt;&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;");
  CHECK(escape_html("a\x01\xff"
                    "b") ==
        "a\xef\xbf\xbd\xef\xbf\xbd"
        "b");
}

TEST_CASE("Markdown", "[report]") {
  CHECK(escape_markdown("layer1_0/conv") == "<code>layer1_0/conv</code>");
  CHECK(escape_markdown("_a|b`c\n@d") == "<code>&#95;a&#124;b&#96;c &#64;d</code>");
  CHECK(escape_markdown_text("see #12, @me") == "see &#35;&#8203;12, &#64;&#8203;me");
  CHECK(escape_markdown_text("http://x") == "http://&#8203;x");
}

TEST_CASE("CSV", "[report]") {
  CHECK(escape_csv("plain") == "plain");
  CHECK(escape_csv("a,b") == "\"a,b\"");
  CHECK(escape_csv("a\"b\nc") == "\"a\"\"b\nc\"");
  CHECK(escape_csv("=1+2") == "'=1+2");
  CHECK(escape_csv("\tx") == "'\tx");
  CHECK(escape_csv("-") == "'-");
}

TEST_CASE("terminal", "[report]") {
  CHECK(escape_terminal("a\x1b[31mb\n") == "a\\x1b[31mb\\x0a");
  CHECK(escape_terminal("\xc2\x9b"
                        "31m") ==
        "\\x9b"
        "31m");
  CHECK(escape_terminal("\xe2\x80\xae"
                        "x") == "\\u202ex");
  CHECK(escape_terminal("größe") == "größe");
}

}  // namespace trtreport
