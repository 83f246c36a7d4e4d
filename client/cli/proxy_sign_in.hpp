// Asks at the terminal for a name and a password when a proxy wants them. An account is locked after few failures: no more than
// two passwords are offered in all, one that was given and one typed, or two typed.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/core/proxy_choice.hpp"
#include "client/core/route_news.hpp"

namespace vistime::cli {

class ProxySignIn {
 public:
  // Answers a question; nothing: there is nobody to ask. Secret answers are not shown.
  using Ask = std::function<std::optional<std::string>(const std::string& question, bool secret)>;

  // Without `ask` nobody is asked. `proxies` as they are before the first attempt.
  ProxySignIn(Ask ask, const std::vector<client::Proxy>& proxies);

  // A proxy, without credentials, that did not let us in.
  void refused(const std::string& proxy);
  // Of a route's failure: notes the proxy where it wants a sign-in.
  void note(const client::RouteNews& news);
  // After a failure: asks, and puts the answers into the proxy that wanted them. False: nothing more to try.
  bool ask(std::vector<client::Proxy>& proxies);

 private:
  static constexpr int kMostTries = 2;
  Ask ask_;
  std::string proxy_;
  int offered_ = 0;
};

// The terminal, if standard input and error are one and nobody wants JSON.
ProxySignIn::Ask ask_at_terminal(bool json);

}  // namespace vistime::cli
