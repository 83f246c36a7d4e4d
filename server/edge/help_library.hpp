// The help's articles in both languages, read once and kept in memory, and the search in them.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/edge/help_article.hpp"
#include "server/edge/pages.hpp"

namespace vistime::server::edge {

struct HelpHit {
  const HelpArticle* article = nullptr;
  std::string anchor;  // of the heading that is the query itself; empty: the article's beginning
  int score = 0;
};

class HelpLibrary {
 public:
  // `folder` holds en/ and de/. An article that is wrong, or that lacks a language, is an error that names it.
  static base::Result<std::shared_ptr<const HelpLibrary>> load(const std::filesystem::path& folder);

  bool empty() const { return articles_[0].empty(); }
  // Null when there is none.
  const HelpArticle* find(Language language, int number) const;
  std::vector<const HelpArticle*> all(Language language) const;
  // The best first. Articles that have every word; when none has, those that have one.
  std::vector<HelpHit> search(Language language, std::string_view query) const;

 private:
  using Articles = std::map<int, HelpArticle>;
  const Articles& of(Language language) const { return articles_[language == Language::kGerman ? 1 : 0]; }

  std::array<Articles, 2> articles_;
};

// Of a query or a text: small letters, cut at everything that is neither letter, digit nor '-'.
std::vector<std::string> search_words(std::string_view text, std::size_t most);

// Where a packaged or built vistimed finds its articles: beside the program. Empty when there are none.
std::filesystem::path help_beside_program();

}  // namespace vistime::server::edge
