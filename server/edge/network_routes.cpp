#include "server/edge/network_routes.hpp"

#include <fmt/format.h>

#include <charconv>

#include "server/common/url.hpp"
#include "server/edge/network_page.hpp"
#include "server/edge/query.hpp"
#include "site/network_rules.hpp"

namespace vistime::server::edge {
namespace {

constexpr std::string_view kText = "text/plain; charset=utf-8";
// Firewalls ask often; a change must reach them soon all the same.
constexpr std::string_view kCache = "public, max-age=60";

// What is the same for all readers, with a tag: whoever has this version gets 304.
Response data_response(const Request& request, std::string_view type, std::string body,
                       const std::string& tag) {
  const bool known = request[http::field::if_none_match] == tag;
  Response response = json_response(request, known ? http::status::not_modified : http::status::ok,
                                    known ? std::string() : std::move(body));
  response.set(http::field::content_type, type);
  response.set(http::field::cache_control, kCache);
  response.set(http::field::etag, tag);
  response.set(http::field::access_control_allow_origin, "*");
  return response;
}

// Whatever may differ at the same version is in `part`. The time tells histories that began anew apart.
std::string tag_of(const site::NetworkRecord& record, std::string_view part) {
  return fmt::format("\"{}-{}-{}\"", record.version, record.changed.time_since_epoch().count() / 1000, part);
}

std::string lines_of(const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& value : values) out += value + "\n";
  return out;
}

Task<Response> answer_json(Request request, Target target, std::shared_ptr<NetworkWatch> watch) {
  std::uint64_t since = 0;
  if (const auto asked = query_value(target.query, "since")) {
    const char* end = asked->data() + asked->size();
    const auto [stop, error] = std::from_chars(asked->data(), end, since);
    if (error != std::errc{} || stop != end) {
      co_return problem(request, http::status::bad_request, "bad-since",
                        "since is the number of a version, as an earlier answer named it");
    }
  }
  const RecordPtr record = co_await watch->current();
  co_return data_response(request, "application/json", site::to_json(*record, since),
                          tag_of(*record, std::to_string(since)));
}

Task<Response> answer_page(Request request, Target target, std::shared_ptr<NetworkWatch> watch) {
  const RecordPtr record = co_await watch->current();
  const PageView view = view_of(request, target, "/network");
  const auto host = request[http::field::host];
  co_return page_response(request, http::status::ok, network_page(view, *record),
                          check_origins(record->content, host_of({host.data(), host.size()})));
}

// An address list of firewalls: whoever has none gets an empty list, not an error.
Task<Response> answer_list(Request request, Target target, std::shared_ptr<NetworkWatch> watch) {
  const std::string& name = target.segments.back();
  const RecordPtr record = co_await watch->current();
  const std::vector<std::string>* list = nullptr;
  if (name == "ipv4.txt") list = &record->content.ipv4;
  if (name == "ipv6.txt") list = &record->content.ipv6;
  if (name == "domains.txt") list = &record->content.names;
  if (list == nullptr)
    co_return problem(request, http::status::not_found, "not-found",
                      "the lists are ipv4.txt, ipv6.txt and domains.txt");
  // A firewall that got an empty list would close what is open: an unknown site is an error instead.
  if (record->version == 0)
    co_return problem(request, http::status::service_unavailable, "addresses-unknown",
                      "this site's addresses are still being looked up; ask again in a few seconds");
  co_return data_response(request, kText, lines_of(*list), tag_of(*record, name));
}

Task<Response> answer_rules(Request request, Target target, std::shared_ptr<NetworkWatch> watch) {
  const site::RuleSet* set = site::find_rule_set(target.segments.back());
  if (set == nullptr)
    co_return problem(request, http::status::not_found, "not-found",
                      "rules: nftables, iptables, windows, squid, pac, paloalto, fortinet");
  const RecordPtr record = co_await watch->current();
  co_return data_response(request, kText, set->write(*record), tag_of(*record, set->token));
}

using Answer = Task<Response> (*)(Request, Target, std::shared_ptr<NetworkWatch>);

}  // namespace

std::string check_origins(const site::NetworkContent& content, const std::string& host) {
  // A policy has no spelling for an IPv6 address (CSP level 3, host-source).
  const std::string_view written = host.empty() || host.starts_with('[') ? std::string_view("*") : host;
  std::string out;
  for (const site::SitePort& port : content.ports) {
    if (!port.offered || port.udp || port.required || port.purpose == site::PortPurpose::kRedirect) continue;
    out += fmt::format("{}https://{}:{}", out.empty() ? "" : " ", written, port.port);
  }
  return out;
}

void register_network(Router& router, const std::shared_ptr<NetworkWatch>& watch) {
  const auto add = [&](std::string pattern, Answer answer) {
    router.on(http::verb::get, std::move(pattern),
              [watch, answer](Request request, Target target, Peer) -> Task<Response> {
                return answer(std::move(request), std::move(target), watch);
              });
  };
  add("/network", answer_page);
  add("/network.json", answer_json);
  add("/network/rules/*", answer_rules);
  add("/network/*", answer_list);
}

}  // namespace vistime::server::edge
