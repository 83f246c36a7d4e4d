// Rules for firewalls and proxies, written out for this site: outbound, for the computers that join meetings. Whoever
// opens a firewall copies them; nothing in them has to be filled in but what only they know.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "site/network_record.hpp"

namespace vistime::site {

struct RuleSet {
  std::string_view token;  // in the address: /network/rules/TOKEN
  std::string_view title;  // a product's name, the same in every language
  std::string (*write)(const NetworkRecord& record);
};

// nftables, iptables, windows, squid, pac, paloalto, fortinet.
std::span<const RuleSet> rule_sets();
const RuleSet* find_rule_set(std::string_view token);

}  // namespace vistime::site
