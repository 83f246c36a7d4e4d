#include "client/cli/proxy_sign_in.hpp"

#include <gtest/gtest.h>

namespace vistime::cli {
namespace {

using Proxies = std::vector<client::Proxy>;
using Answers = std::vector<std::string>;

constexpr const char* kOffice = "http://office.example.org:3128";

struct Asked {
  std::vector<std::pair<std::string, bool>> questions;
  std::size_t next = 0;
  ProxySignIn::Ask with(Answers answers) {
    return [this, answers](const std::string& question, bool secret) -> std::optional<std::string> {
      questions.emplace_back(question, secret);
      if (next >= answers.size()) return std::nullopt;
      return answers[next++];
    };
  }
};

Proxies office(const char* user = "") {
  return {client::Proxy::parse("http://other.example.org:8080").value(),
          client::Proxy::parse(std::string("http://") + user + "office.example.org:3128").value()};
}

TEST(ProxySignIn, the_proxy_that_wants_it_gets_name_and_password_and_no_other) {
  Asked asked;
  Proxies proxies = office();
  ProxySignIn sign_in(asked.with({"anna", "secret"}), proxies);
  sign_in.note({.proxy = kOffice, .failed = base::Error{base::ErrorKind::kRefused, "proxy-auth", ""}});
  EXPECT_TRUE(sign_in.ask(proxies));
  EXPECT_EQ(proxies[1].user, "anna");
  EXPECT_EQ(proxies[1].password, "secret");
  EXPECT_EQ(proxies[0].user, "");
  ASSERT_EQ(asked.questions.size(), 2U);
  EXPECT_NE(asked.questions[0].first.find(kOffice), std::string::npos);
  EXPECT_FALSE(asked.questions[0].second);
  EXPECT_TRUE(asked.questions[1].second);
}

TEST(ProxySignIn, no_more_than_two_passwords_are_offered) {
  Asked asked;
  Proxies proxies = office();
  ProxySignIn sign_in(asked.with({"anna", "one", "anna", "two", "anna", "three"}), proxies);
  for (const bool again : {true, true, false}) {
    sign_in.refused(kOffice);
    EXPECT_EQ(sign_in.ask(proxies), again);
  }
  EXPECT_EQ(proxies[1].password, "two");
  Asked once;
  Proxies given = office("anna:wrong@");
  ProxySignIn after_given(once.with({"anna", "one", "anna", "two"}), given);
  for (const bool again : {true, false}) {
    after_given.refused(kOffice);
    EXPECT_EQ(after_given.ask(given), again);
  }
}

TEST(ProxySignIn, nobody_is_asked_where_nobody_wants_it_or_nobody_is_there) {
  Asked asked;
  Proxies proxies = office();
  ProxySignIn not_wanted(asked.with({"anna", "secret"}), proxies);
  not_wanted.note(
      {.proxy = kOffice, .failed = base::Error{base::ErrorKind::kUnreachable, "proxy-timeout", ""}});
  EXPECT_FALSE(not_wanted.ask(proxies));
  not_wanted.refused("http://unknown:1");
  EXPECT_FALSE(not_wanted.ask(proxies));
  EXPECT_TRUE(asked.questions.empty());
  ProxySignIn alone({}, proxies);
  alone.refused(kOffice);
  EXPECT_FALSE(alone.ask(proxies));
  ProxySignIn leaves(asked.with({}), proxies);
  leaves.refused(kOffice);
  EXPECT_FALSE(leaves.ask(proxies));
  EXPECT_EQ(proxies[1].user, "");
}

}  // namespace
}  // namespace vistime::cli
