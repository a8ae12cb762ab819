// Sorting against the standard library's, and the list whose items stay in place.
#include "base/sorting.hpp"

#include "base/stable_list.hpp"
#include "catch.hpp"

#include <algorithm>
#include <memory>
#include <random>
#include <string>

using namespace trtreport;

TEST_CASE("sorting: as std::stable_sort, whatever the length", "[sorting]") {
  std::mt19937 random(3);
  for (size_t length = 0; length < 300; ++length) {
    std::vector<std::pair<uint32_t, size_t>> items;
    for (size_t index = 0; index < length; ++index) items.emplace_back(random() % 20, index);
    auto expected = items;
    const auto less = [](const auto& a, const auto& b) { return a.first < b.first; };
    std::stable_sort(expected.begin(), expected.end(), less);
    sort_items(items, less);
    REQUIRE(items == expected);
  }
  std::vector<std::string> texts = {"c", "a", "b"};
  sort_items(texts);
  CHECK(texts == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("stable list: items stay in place while it grows and moves", "[stable_list]") {
  auto alive = std::make_shared<int>(0);
  {
    StableList<std::pair<size_t, std::shared_ptr<int>>> list;
    CHECK(list.empty());
    CHECK(list.begin() == list.end());
    list.push_back({0, alive});
    const auto* first = &list.front();
    for (size_t index = 1; index < 1000; ++index) list.emplace_back(index, alive);
    CHECK(&list[0] == first);
    CHECK(list.size() == 1000);
    CHECK(list.back().first == 999);
    auto moved = std::move(list);
    CHECK(&moved.front() == first);
    size_t next = 0;
    for (const auto& item : moved) CHECK(item.first == next++);
    CHECK(next == 1000);
    CHECK(alive.use_count() == 1001);
  }
  CHECK(alive.use_count() == 1);
}
