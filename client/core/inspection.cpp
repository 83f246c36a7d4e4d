#include "client/core/inspection.hpp"

#include <ranges>

namespace vistime::client {

std::optional<std::string> inspected_by(const std::optional<transport::PeerCertificate>& shown,
                                        std::string_view said) {
  constexpr std::string_view kPrefix = "sha256=";
  if (!shown || shown->sha256.empty()) return std::nullopt;
  bool named_any = false;
  for (const auto part : std::views::split(said, ',')) {
    std::string_view each(part.begin(), part.end());
    each.remove_prefix(std::min(each.find_first_not_of(' '), each.size()));
    if (!each.starts_with(kPrefix)) continue;
    named_any = true;
    if (each.substr(kPrefix.size()) == shown->sha256) return std::nullopt;
  }
  if (!named_any) return std::nullopt;
  return shown->issuer.empty() ? "?" : shown->issuer;
}

}  // namespace vistime::client
