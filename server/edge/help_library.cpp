#include "server/edge/help_library.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace vistime::server::edge {

using base::ErrorKind;
using base::fail;
using base::Result;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxArticles = 500;
constexpr std::size_t kMaxQueryWords = 8;
constexpr std::size_t kMaxHits = 50;
constexpr std::size_t kWordLetters = 64;

// How much a word weighs by where it stands.
constexpr int kInCode = 20, kInTitle = 12, kInHeading = 5, kInSummary = 4, kInText = 1;
// A word that is whole counts twice; one that only begins a longer word counts once.
constexpr int kMostTextHits = 5;
// What is shorter must be a whole word: "1" would begin every port.
constexpr std::size_t kShortestPrefix = 3;

Result<std::string> content_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) return fail(ErrorKind::kInvalid, "{} cannot be read", file.string());
  return std::move(text).str();
}

Result<std::map<int, HelpArticle>> load_language(const fs::path& folder) {
  std::map<int, HelpArticle> articles;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (!entry.is_regular_file() || entry.path().extension() != ".md") continue;
    if (entry.file_size() > kMaxArticleBytes || articles.size() == kMaxArticles)
      return fail(ErrorKind::kInvalid, "{} is too large for an article, or one too many",
                  entry.path().string());
    const auto text = content_of(entry.path());
    if (!text) return std::unexpected(text.error());
    auto article = parse_article(entry.path().filename().string(), *text);
    if (!article) return base::within(folder.string(), std::move(article).error());
    const int number = article->number;
    if (!articles.emplace(number, std::move(*article)).second)
      return fail(ErrorKind::kInvalid, "{}: two articles have the number {}", folder.string(), number);
  }
  if (error) return fail(ErrorKind::kInvalid, "{}: {}", folder.string(), error.message());
  return articles;
}

int times(std::string_view text, std::string_view word, int weight) {
  int score = 0, hits = 0;
  for (const std::string& each : search_words(text, text.size())) {
    if (word.size() < kShortestPrefix ? each != word : !each.starts_with(word)) continue;
    score += each.size() == word.size() ? 2 * weight : weight;
    if (++hits == kMostTextHits) break;
  }
  return score;
}

int score_of(const HelpArticle& article, const std::string& word) {
  int score = times(article.title, word, kInTitle) + times(article.summary, word, kInSummary) +
              times(article.text, word, kInText);
  for (const HelpHeading& heading : article.headings) score += times(heading.text, word, kInHeading);
  if (std::ranges::find(article.codes, word) != article.codes.end()) score += 2 * kInCode;
  if (std::to_string(article.number) == word) score += 100;
  return score;
}

}  // namespace

std::vector<std::string> search_words(std::string_view text, std::size_t most) {
  std::vector<std::string> words;
  std::string word;
  const auto take = [&] {
    while (word.starts_with('-')) word.erase(0, 1);
    if (!word.empty() && words.size() < most) words.push_back(word);
    word.clear();
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte == 0xC3 && at + 1 < text.size()) {
      // Latin letters with marks, U+00C0 to U+00DE: the small ones are 0x20 further, but for the sign of multiplying.
      auto second = static_cast<unsigned char>(text[++at]);
      if (second >= 0x80 && second <= 0x9E && second != 0x97) second |= 0x20;
      word += {'\xC3', static_cast<char>(second)};
    } else if (byte == 0xE2) {
      take();  // dashes, quotes, dots
      at += std::min<std::size_t>(2, text.size() - at - 1);
    } else if (byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || byte == '-') {
      word.push_back(static_cast<char>(byte));
    } else if (byte >= 'A' && byte <= 'Z') {
      word.push_back(static_cast<char>(byte | 0x20));
    } else {
      take();
    }
    if (word.size() >= kWordLetters) take();
  }
  take();
  return words;
}

Result<std::shared_ptr<const HelpLibrary>> HelpLibrary::load(const fs::path& folder) {
  auto library = std::make_shared<HelpLibrary>();
  for (const auto& [at, code] : {std::pair{0U, "en"}, {1U, "de"}}) {
    auto articles = load_language(folder / code);
    if (!articles) return std::unexpected(std::move(articles).error());
    library->articles_[at] = std::move(*articles);
  }
  const auto same_number = [](const auto& a, const auto& b) { return a.first == b.first; };
  if (!std::ranges::equal(library->articles_[0], library->articles_[1], same_number))
    return fail(ErrorKind::kInvalid, "{}: en/ and de/ do not hold the same articles", folder.string());
  if (library->empty()) return fail(ErrorKind::kInvalid, "{} holds no articles", folder.string());
  return library;
}

const HelpArticle* HelpLibrary::find(Language language, int number) const {
  const auto found = of(language).find(number);
  return found == of(language).end() ? nullptr : &found->second;
}

std::vector<const HelpArticle*> HelpLibrary::all(Language language) const {
  std::vector<const HelpArticle*> out;
  for (const auto& [number, article] : of(language)) out.push_back(&article);
  return out;
}

std::vector<HelpHit> HelpLibrary::search(Language language, std::string_view query) const {
  const auto words = search_words(query, kMaxQueryWords);
  std::vector<HelpHit> every, some;
  for (const auto& [number, article] : of(language)) {
    HelpHit hit{&article, "", 0};
    std::size_t matched = 0;
    for (const std::string& word : words) {
      const int score = score_of(article, word);
      hit.score += score;
      if (score > 0) ++matched;
    }
    if (matched == 0) continue;
    for (const HelpHeading& heading : article.headings) {
      if (words.size() == 1 && heading.anchor == words.front()) hit.anchor = heading.anchor;
    }
    (matched == words.size() ? every : some).push_back(std::move(hit));
  }
  std::vector<HelpHit>& hits = every.empty() ? some : every;
  std::ranges::sort(hits, {}, [](const HelpHit& hit) { return std::pair(-hit.score, hit.article->number); });
  if (hits.size() > kMaxHits) hits.resize(kMaxHits);
  return std::move(hits);
}

fs::path help_beside_program() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) return {};
  const fs::path folder = program.parent_path().parent_path() / "share" / "vistime" / "help";
  return fs::is_directory(folder / "en") ? folder : fs::path();
}

}  // namespace vistime::server::edge
