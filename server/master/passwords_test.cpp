#include "server/master/passwords.hpp"

#include "server/master/master_testing.hpp"

namespace vistime::server::master {
namespace {

TEST(Passwords, what_was_hashed_matches_and_nothing_else_does) {
  Passwords passwords;
  const auto hash = run(passwords.hash("secret"));
  ASSERT_TRUE(hash);
  EXPECT_TRUE(hash->starts_with("$argon2id$")) << *hash;
  EXPECT_TRUE(run(passwords.matches(*hash, "secret")).value());
  EXPECT_FALSE(run(passwords.matches(*hash, "Secret")).value());
  EXPECT_FALSE(run(passwords.matches(*hash, "")).value());
  EXPECT_FALSE(run(passwords.matches("no hash at all", "secret")).value());
}

TEST(Passwords, the_same_password_is_hashed_differently_each_time) {
  Passwords passwords;
  EXPECT_NE(run(passwords.hash("secret")).value(), run(passwords.hash("secret")).value());
}

TEST(Passwords, when_no_more_may_wait_it_is_overloaded) {
  Passwords full({.threads = 1, .waiting = 0});
  EXPECT_EQ(run(full.hash("secret")).error().kind, base::ErrorKind::kOverloaded);
  EXPECT_EQ(run(full.matches("hash", "secret")).error().code, "overloaded");
}

TEST(Passwords, those_that_are_done_make_room) {
  Passwords passwords({.threads = 1, .waiting = 1});
  for (int at = 0; at < 3; ++at) EXPECT_TRUE(run(passwords.hash("secret")));
}

TEST(Passwords, many_at_once_are_all_answered) {
  Passwords passwords({.threads = 2, .waiting = 6});
  asio::io_context context{1};
  std::vector<std::string> hashes;
  for (int at = 0; at < 6; ++at) {
    asio::co_spawn(
        context.get_executor(), passwords.hash("secret"),
        [&](const std::exception_ptr&, base::Result<std::string> hash) { hashes.push_back(hash.value()); });
  }
  context.run();
  EXPECT_EQ(hashes.size(), 6U);
}

}  // namespace
}  // namespace vistime::server::master
