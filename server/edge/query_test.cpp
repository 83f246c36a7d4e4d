#include "server/edge/query.hpp"

#include <gtest/gtest.h>

namespace vistime::server::edge {
namespace {

TEST(Query, values_are_found_and_decoded) {
  EXPECT_EQ(query_value("q=a+b%21&lang=de", "q"), "a b!");
  EXPECT_EQ(query_value("q=a&q=b", "q"), "a");
  EXPECT_EQ(query_value("q", "q"), "");
  EXPECT_EQ(query_value("q=%C3%BC", "q"), "ü");
  EXPECT_FALSE(query_value("lang=de", "q"));
  EXPECT_FALSE(query_value("", "q"));
}

TEST(Query, what_is_broken_stands_as_it_is_and_controls_are_blanks) {
  EXPECT_EQ(query_value("q=%", "q"), "%");
  EXPECT_EQ(query_value("q=%2", "q"), "%2");
  EXPECT_EQ(query_value("q=%zz%-1", "q"), "%zz%-1");
  EXPECT_EQ(query_value("q=a%00%0ab", "q"), "a  b");
}

TEST(Query, long_values_are_cut) {
  EXPECT_EQ(query_value("q=" + std::string(5000, 'x'), "q")->size(), kMaxQueryValue);
}

TEST(Query, what_is_encoded_comes_back) {
  const std::string text = "a b&c=%<ü>\"";
  EXPECT_EQ(query_encoded("a b"), "a%20b");
  EXPECT_EQ(query_value("q=" + query_encoded(text), "q"), text);
}

TEST(Query, only_our_languages_can_be_asked_for) {
  EXPECT_EQ(asked_language("lang=de"), Language::kGerman);
  EXPECT_EQ(asked_language("x=1&lang=en"), Language::kEnglish);
  EXPECT_FALSE(asked_language("lang=fr"));
  EXPECT_FALSE(asked_language(""));
}

}  // namespace
}  // namespace vistime::server::edge
