#include "client/cli/proxy_sign_in.hpp"

#include <unistd.h>

#include <algorithm>

#include "client/cli/messages.hpp"
#include "client/cli/secrets.hpp"
#include "client/cli/terminal_text.hpp"

namespace vistime::cli {

ProxySignIn::ProxySignIn(Ask ask, const std::vector<client::Proxy>& proxies) : ask_(std::move(ask)) {
  const auto has_user = [](const client::Proxy& proxy) { return !proxy.user.empty(); };
  if (std::ranges::any_of(proxies, has_user)) offered_ = 1;
}

void ProxySignIn::refused(const std::string& proxy) { proxy_ = proxy; }

void ProxySignIn::note(const client::RouteNews& news) {
  if (news.failed && news.failed->code == "proxy-auth") refused(news.proxy);
}

bool ProxySignIn::ask(std::vector<client::Proxy>& proxies) {
  if (!ask_ || proxy_.empty() || offered_ >= kMostTries) return false;
  const auto proxy = std::ranges::find(proxies, proxy_, &client::Proxy::print);
  if (proxy == proxies.end()) return false;
  const Catalogue words = Catalogue::of_environment();
  const auto user = ask_(words.get(Text::kProxyUser, neutralised(proxy_)), false);
  if (!user || user->empty()) return false;
  const auto password = ask_(std::string(words.get(Text::kProxyPassword)), true);
  if (!password) return false;
  proxy->user = *user;
  proxy->password = *password;
  ++offered_;
  proxy_.clear();
  return true;
}

ProxySignIn::Ask ask_at_terminal(bool json) {
  if (json || ::isatty(STDIN_FILENO) != 1 || ::isatty(STDERR_FILENO) != 1) return {};
  return [](const std::string& question, bool secret) { return prompt(question, secret); };
}

}  // namespace vistime::cli
