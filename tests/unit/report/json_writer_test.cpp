// The stream against nlohmann's parser and printf.
#include "report/json_writer.hpp"

#include "catch.hpp"

#include <cstdio>
#include <limits>
#include <random>

#include <nlohmann/json.hpp>

namespace trtreport {
namespace {

template <class Write>
std::string written(Write write) {
  StringSink sink;
  JsonWriter json(sink);
  write(json);
  CHECK(json.finish());
  return sink.take();
}

double random_double(std::mt19937_64& random) {
  const int exponent = static_cast<int>(random() % 600) - 300;
  return std::ldexp(static_cast<double>(random() >> 11) + 1, exponent);
}

}  // namespace

// Means something under sanitizers.
TEST_CASE("a text without data is an empty one", "[report]") {
  CHECK(written([](JsonWriter& json) { json.value(std::string_view()); }) == "\"\"");
}

TEST_CASE("objects, arrays and separators", "[report]") {
  const std::string text = written([](JsonWriter& json) {
    json.begin_object();
    json.member("a", 1);
    json.key("b");
    json.begin_array();
    json.value(true);
    json.null();
    json.begin_object();
    json.end_object();
    json.begin_array();
    json.end_array();
    json.end_array();
    json.member("c", std::optional<uint64_t>());
    json.member("d", ops::Count::unknown());
    json.member("e", uint64_t{18446744073709551615ull});
    json.member("f", int64_t{-5});
    json.end_object();
  });
  CHECK(text ==
        R"({"a":1,"b":[true,null,{},[]],"c":null,"d":null,"e":18446744073709551615,"f":-5})");
}

TEST_CASE("every byte string becomes a JSON string", "[report]") {
  std::mt19937_64 random(3);
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (uint64_t length = random() % 12; length > 0; --length) text += static_cast<char>(random());
    const std::string json = written([&](JsonWriter& writer) { writer.value(text); });
    CHECK_NOTHROW(nlohmann::json::parse(json));
  }
  const std::string odd("quote\" back\\ \n\t\x01\x7f \xc3\xa9 \xff", 22);
  CHECK(nlohmann::json::parse(written([&](JsonWriter& json) {
          json.value(odd);
        })).get<std::string>() == odd.substr(0, odd.size() - 1) + "\xef\xbf\xbd");
}

TEST_CASE("doubles read back as they were", "[report]") {
  std::mt19937_64 random(5);
  for (int round = 0; round < 2000; ++round) {
    const double number = random_double(random);
    const std::string text = written([&](JsonWriter& json) { json.value(number); });
    CHECK(nlohmann::json::parse(text).get<double>() == number);
  }
  const auto text = [](auto number) {
    return written([&](JsonWriter& json) { json.value(number); });
  };
  CHECK(text(0.1f) == "0.1");
  CHECK(text(9.89e14) == "989000000000000");
  CHECK(text(std::numeric_limits<double>::quiet_NaN()) == "null");
  CHECK(text(std::numeric_limits<float>::infinity()) == "\"inf\"");
}

TEST_CASE("six digits are within half a unit of the last", "[report]") {
  std::mt19937_64 random(11);
  for (int round = 0; round < 20000; ++round) {
    const double number = random_double(random);
    char buffer[32];
    const std::string text(format_six_digits(number, buffer));
    const double back = std::strtod(text.c_str(), nullptr);
    INFO(number << " " << text);
    CHECK(std::abs(back - number) <= 5.000001e-6 * number);
    CHECK_NOTHROW(nlohmann::json::parse(text));
  }
}

TEST_CASE("six digits are as short as they go", "[report]") {
  const auto text = [](double number) {
    return written([&](JsonWriter& json) { json.six_digits(number); });
  };
  CHECK(text(0) == "0");
  CHECK(text(1) == "1");
  CHECK(text(147456) == "147456");
  CHECK(text(16056320) == "16056300");
  CHECK(text(0.5) == "0.5");
  CHECK(text(24.33565) == "24.3357");
  CHECK(text(1.23456789e-7) == "1.23457e-7");
  CHECK(text(0.000123456) == "0.000123456");
  CHECK(text(9.999996) == "10");
  CHECK(text(999999.6) == "1000000");
  CHECK(text(1e300) == "1e300");
  CHECK(text(5e-324) == "4.94066e-324");
  CHECK(text(-2.5) == "-2.5");
  CHECK(text(std::numeric_limits<double>::infinity()) == "null");
}

TEST_CASE("texts longer than the buffer keep their place", "[report]") {
  const std::string longer(200000, 'x');
  std::string expected = "[";
  const std::string text = written([&](JsonWriter& json) {
    json.begin_array();
    for (int index = 0; index < 5; ++index) {
      for (int small = 0; small < 9000; ++small) json.value(small);
      json.value(longer);
    }
    json.end_array();
  });
  for (int index = 0; index < 5; ++index) {
    for (int small = 0; small < 9000; ++small) expected += std::to_string(small) + ",";
    expected += '"' + longer + (index < 4 ? "\"," : "\"]");
  }
  CHECK((text == expected));
}

TEST_CASE("a sink that refuses ends the stream", "[report]") {
  class Full : public Sink {
   public:
    bool write(std::string_view) override { return ++calls > 1 ? false : true; }
    int calls = 0;
  };
  Full sink;
  JsonWriter json(sink);
  json.begin_array();
  for (int index = 0; index < 100000; ++index) json.value("some text");
  json.end_array();
  CHECK_FALSE(json.finish());
  CHECK(sink.calls == 2);
}

}  // namespace trtreport
