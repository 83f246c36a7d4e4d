#include "server/edge/pages.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

#include <array>

namespace vistime::server::edge {
namespace {

struct Preference {
  const char* header;
  Language language;
};

TEST(PreferredLanguage, the_weights_decide) {
  for (const Preference& preference :
       {Preference{"", Language::kEnglish}, Preference{"de", Language::kGerman},
        Preference{"de-AT,en;q=0.5", Language::kGerman}, Preference{"de;q=0.4, en;q=0.9", Language::kEnglish},
        Preference{"fr, DE;q=0.1", Language::kGerman}, Preference{"den", Language::kEnglish},
        Preference{"de;q=0", Language::kEnglish}, Preference{"de;q=x", Language::kEnglish},
        Preference{",,;;q=,", Language::kEnglish}, Preference{"en,de", Language::kEnglish}}) {
    EXPECT_EQ(preferred_language(preference.header), preference.language) << preference.header;
  }
}

std::string between(const std::string& text, const std::string& from, const std::string& to) {
  const auto start = text.find(from) + from.size();
  return text.substr(start, text.find(to, start) - start);
}

std::string hash_of(const std::string& text) {
  std::array<unsigned char, 32> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  std::array<char, 64> encoded{};
  sodium_bin2base64(encoded.data(), encoded.size(), hash.data(), hash.size(), sodium_base64_VARIANT_ORIGINAL);
  return std::string("'sha256-") + encoded.data() + "'";
}

TEST(Pages, the_policy_allows_exactly_what_the_pages_hold) {
  const std::string policy = content_security_policy();
  for (const Language language : {Language::kEnglish, Language::kGerman}) {
    for (const std::string& page : {home_page(language), room_page(language), not_found_page(language)}) {
      EXPECT_NE(policy.find("style-src " + hash_of(between(page, "<style>", "</style>"))), std::string::npos);
      EXPECT_NE(policy.find("script-src " + hash_of(between(page, "<script>", "</script>"))),
                std::string::npos);
    }
  }
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
}

TEST(Pages, a_page_says_which_language_it_is_in) {
  EXPECT_NE(room_page(Language::kGerman).find("<html lang=\"de\">"), std::string::npos);
  EXPECT_NE(room_page(Language::kEnglish).find("vistime join"), std::string::npos);
  EXPECT_NE(room_page(Language::kGerman), room_page(Language::kEnglish));
}

}  // namespace
}  // namespace vistime::server::edge
