#include "server/master/passwords.hpp"

#include <sodium.h>

#include <array>
#include <memory>

namespace vistime::server::master {

using base::ErrorKind;
using base::fail;
using base::fail_as;
using base::Result;

namespace {

Result<std::string> hash_now(std::string& password) {
  std::array<char, crypto_pwhash_STRBYTES> text{};
  const int failed =
      crypto_pwhash_str(text.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                        crypto_pwhash_MEMLIMIT_INTERACTIVE);
  sodium_memzero(password.data(), password.size());
  if (failed != 0)
    return fail(ErrorKind::kOverloaded, "not enough memory to protect a password: try again later");
  return std::string(text.data());
}

}  // namespace

Passwords::~Passwords() { pool_.join(); }

Task<Result<std::string>> Passwords::away(std::function<Result<std::string>()> work) {
  if (waiting_.fetch_add(1) >= limits_.waiting) {
    waiting_.fetch_sub(1);
    co_return fail_as(ErrorKind::kOverloaded, "overloaded",
                      "too many passwords wait to be checked: try again");
  }
  const transport::Executor executor = co_await asio::this_coro::executor;
  auto start = [this, &work](Completion<Result<std::string>> done) {
    auto shared = std::make_shared<Completion<Result<std::string>>>(std::move(done));
    asio::post(pool_, [this, work = std::move(work), shared]() mutable {
      Result<std::string> result = work();
      waiting_.fetch_sub(1);
      (*shared)(std::move(result));
    });
  };
  co_return co_await awaited<Result<std::string>>(executor, start);
}

Task<Result<std::string>> Passwords::hash(std::string password) {
  std::function<Result<std::string>()> work = [password = std::move(password)]() mutable {
    return hash_now(password);
  };
  co_return co_await away(std::move(work));
}

Task<Result<bool>> Passwords::matches(std::string hash, std::string password) {
  std::function<Result<std::string>()> work = [hash = std::move(hash),
                                               password = std::move(password)]() mutable {
    const bool same = crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
    sodium_memzero(password.data(), password.size());
    return Result<std::string>(same ? "same" : "");
  };
  auto answer = co_await away(std::move(work));
  if (!answer) co_return std::unexpected(std::move(answer).error());
  co_return !answer->empty();
}

}  // namespace vistime::server::master
