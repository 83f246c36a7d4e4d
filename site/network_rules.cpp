#include "site/network_rules.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace vistime::site {
namespace {

using Strings = std::vector<std::string>;

// "# Vistime at meet.example.org, version 3 of 2026-…" and what it is, in the comment style of the product.
std::string heading(const NetworkRecord& record, std::string_view mark, std::string_view what) {
  const auto& names = record.content.names;
  return fmt::format("{0} Vistime{1}, version {2} of {3}\n{0} {4}\n", mark,
                     names.empty() ? "" : " at " + names.front(), record.version, rfc3339(record.changed),
                     what);
}

bool has_addresses(const NetworkRecord& record) {
  return !record.content.ipv4.empty() || !record.content.ipv6.empty();
}

std::string ports_with(const NetworkRecord& record, std::string_view separator) {
  return fmt::format("{}", fmt::join(record.content.open_tcp_ports(), separator));
}

Strings each(const Strings& texts, std::string_view format) {
  Strings out;
  for (const std::string& text : texts) out.push_back(fmt::format(fmt::runtime(format), text));
  return out;
}

Strings all_addresses(const NetworkContent& content) {
  Strings all = content.ipv4;
  all.insert(all.end(), content.ipv6.begin(), content.ipv6.end());
  return all;
}

// ".example.org" of "*.example.org"; nothing for a plain name.
std::string_view wildcard_suffix(std::string_view name) {
  return name.starts_with("*.") ? name.substr(1) : std::string_view();
}

constexpr std::string_view kNoAddresses = "No address of this site is known yet: there is nothing to open.";

// A set and a chain of its own, emptied first: loading the file again replaces what an older version said.
std::string nftables(const NetworkRecord& record) {
  std::string out = heading(record, "#", "Outbound rules for nftables. Load them with: nft -f FILE");
  out +=
      "# Then let your own chain use them, once, before its last rule:\n"
      "#   nft insert rule inet filter forward jump vistime   (a router; on one computer: output)\n"
      "# Answers are let in by your rule for established connections.\n\n"
      "add table inet filter\n"
      "add chain inet filter vistime\n"
      "flush chain inet filter vistime\n";
  struct Family {
    const Strings& addresses;
    const char* set;
    const char* type;
    const char* match;
  };
  for (const Family& family : {Family{record.content.ipv4, "vistime_ipv4", "ipv4_addr", "ip"},
                               Family{record.content.ipv6, "vistime_ipv6", "ipv6_addr", "ip6"}}) {
    out += fmt::format("add set inet filter {0} {{ type {1}; }}\nflush set inet filter {0}\n", family.set,
                       family.type);
    if (family.addresses.empty()) continue;
    out +=
        fmt::format("add element inet filter {} {{ {} }}\n", family.set, fmt::join(family.addresses, ", "));
    out += fmt::format("add rule inet filter vistime {} daddr @{} tcp dport {{ {} }} accept\n", family.match,
                       family.set, ports_with(record, ", "));
  }
  return out;
}

// One file for both: iptables-restore skips lines with -6, ip6tables-restore those with -4.
std::string iptables(const NetworkRecord& record) {
  std::string out = heading(record, "#", "Outbound rules for iptables and ip6tables. Load them with:");
  out +=
      "#   iptables-restore --noflush < FILE && ip6tables-restore --noflush < FILE\n"
      "# Then let your own chain use them, once (on one computer: OUTPUT instead of FORWARD):\n"
      "#   iptables -I FORWARD -j VISTIME && ip6tables -I FORWARD -j VISTIME\n"
      "# Answers are let in by your rule for established connections.\n\n"
      "*filter\n:VISTIME - [0:0]\n";
  const std::string ports = ports_with(record, ",");
  for (const std::string& address : record.content.ipv4)
    out += fmt::format("-4 -A VISTIME -d {}/32 -p tcp -m multiport --dports {} -j ACCEPT\n", address, ports);
  for (const std::string& address : record.content.ipv6)
    out += fmt::format("-6 -A VISTIME -d {}/128 -p tcp -m multiport --dports {} -j ACCEPT\n", address, ports);
  return out + "COMMIT\n";
}

std::string windows(const NetworkRecord& record) {
  std::string out =
      heading(record, "#", "An outbound rule for Windows Defender Firewall, in PowerShell as administrator.");
  out += "# Needed only where outbound connections are blocked unless allowed, which is not the default.\n\n";
  if (!has_addresses(record)) return out + fmt::format("# {}\n", kNoAddresses);
  out += fmt::format(
      "Remove-NetFirewallRule -Name 'vistime-out' -ErrorAction SilentlyContinue\n"
      "New-NetFirewallRule -Name 'vistime-out' -DisplayName 'Vistime (HTTPS)' -Direction Outbound `\n"
      "  -Action Allow -Profile Any -Protocol TCP `\n"
      "  -RemoteAddress @({}) `\n"
      "  -RemotePort @({})\n",
      fmt::join(each(all_addresses(record.content), "'{}'"), ", "), "'" + ports_with(record, "', '") + "'");
  return out;
}

// ".example.org" covers what lies below it, and squid refuses a list that says so twice.
Strings squid_names(const Strings& names) {
  Strings suffixes, out;
  for (const std::string& name : names) {
    if (const auto suffix = wildcard_suffix(name); !suffix.empty()) suffixes.emplace_back(suffix);
  }
  const auto covered = [&](std::string_view name) {
    return std::ranges::any_of(suffixes, [&](const std::string& suffix) {
      return name != suffix && (name.ends_with(suffix) || "." + std::string(name) == suffix);
    });
  };
  std::ranges::copy_if(suffixes, std::back_inserter(out),
                       [&](const auto& suffix) { return !covered(suffix); });
  for (const std::string& name : names) {
    if (wildcard_suffix(name).empty() && !covered(name)) out.push_back(name);
  }
  return out;
}

std::string squid(const NetworkRecord& record) {
  std::string out = heading(record, "#", "Lines for squid.conf.");
  out +=
      "# Put them before the first http_access line that denies or asks for a password.\n"
      "# Whoever may reach the proxy then reaches this site, and only this site, without signing in.\n\n";
  const Strings names = squid_names(record.content.names);
  if (!names.empty()) out += fmt::format("acl vistime_site dstdomain {}\n", fmt::join(names, " "));
  const Strings addresses = all_addresses(record.content);
  if (!addresses.empty()) out += fmt::format("acl vistime_address dst {}\n", fmt::join(addresses, " "));
  out += fmt::format("acl vistime_port port {}\n", ports_with(record, " "));
  if (!names.empty()) out += "http_access allow vistime_site vistime_port\n";
  if (!addresses.empty()) out += "http_access allow vistime_address vistime_port\n";
  if (names.empty()) return out;
  out += fmt::format(
      "\n# Where the proxy inspects TLS (ssl_bump), before its other ssl_bump lines:\n"
      "#   acl vistime_sni ssl::server_name {}\n"
      "#   ssl_bump splice vistime_sni\n"
      "# Or, when it must inspect, let WebSocket pass:\n"
      "#   http_upgrade_request_protocols websocket allow all\n",
      fmt::join(names, " "));
  return out;
}

std::string pac(const NetworkRecord& record) {
  std::string out = heading(record, "//", "Lines for a proxy auto-configuration file (PAC).");
  out +=
      "// They let clients go to this site directly, past the proxy; the firewall must let them.\n"
      "// Copy isVistime into your file and ask it first.\n\n"
      "function isVistime(host) {\n"
      "  host = host.toLowerCase().replace(/^\\[|\\]$/g, \"\");\n";
  for (const std::string& name : record.content.names) {
    const auto suffix = wildcard_suffix(name);
    if (suffix.empty())
      out += fmt::format("  if (host === \"{}\") return true;\n", name);
    else
      out += fmt::format("  if (dnsDomainIs(host, \"{}\")) return true;\n", suffix);
  }
  for (const std::string& address : all_addresses(record.content))
    out += fmt::format("  if (host === \"{}\") return true;\n", address);
  out +=
      "  return false;\n}\n\n"
      "function FindProxyForURL(url, host) {\n"
      "  if (isVistime(host)) return \"DIRECT\";\n"
      "  // What your file answers today; proxy.example.org stands for your proxy.\n"
      "  return \"PROXY proxy.example.org:3128\";\n"
      "}\n";
  return out;
}

std::string paloalto(const NetworkRecord& record) {
  std::string out = heading(record, "#", "PAN-OS, to be pasted after 'configure' without these lines.");
  out += "# Then: 'move rulebase security rules vistime top' and 'commit'.\n\n";
  Strings members;
  const auto add = [&](const std::string& member, std::string_view kind, const std::string& value) {
    out += fmt::format("set address {} {} {}\n", member, kind, value);
    members.push_back(member);
  };
  for (std::size_t at = 0; at < record.content.ipv4.size(); ++at)
    add(fmt::format("vistime-ipv4-{}", at + 1), "ip-netmask", record.content.ipv4[at] + "/32");
  for (std::size_t at = 0; at < record.content.ipv6.size(); ++at)
    add(fmt::format("vistime-ipv6-{}", at + 1), "ip-netmask", record.content.ipv6[at] + "/128");
  Strings names;  // as members of a URL category: a slash ends the host
  for (std::size_t at = 0; at < record.content.names.size(); ++at) {
    const std::string& name = record.content.names[at];
    names.push_back(name + "/");
    if (wildcard_suffix(name).empty()) add(fmt::format("vistime-name-{}", at + 1), "fqdn", name);
  }
  if (members.empty()) return out + fmt::format("# {}\n", kNoAddresses);
  out += fmt::format(
      "set address-group vistime static [ {} ]\n"
      "set service vistime-tcp protocol tcp port {}\n"
      "set rulebase security rules vistime from any to any source any destination vistime "
      "application any service vistime-tcp action allow\n",
      fmt::join(members, " "), ports_with(record, ","));
  if (names.empty()) return out;
  out += fmt::format(
      "set profiles custom-url-category vistime type \"URL List\"\n"
      "set profiles custom-url-category vistime list [ {} ]\n"
      "set rulebase decryption rules vistime from any to any source any destination any service any "
      "category vistime type ssl-forward-proxy action no-decrypt\n",
      fmt::join(names, " "));
  return out;
}

struct FortinetMembers {
  Strings ipv4, ipv6;
};

// The address objects; what they are called goes into `members`.
std::string fortinet_addresses(const NetworkContent& content, FortinetMembers& members) {
  std::string v4, v6;
  for (std::size_t at = 0; at < content.ipv4.size(); ++at) {
    members.ipv4.push_back(fmt::format("vistime-ipv4-{}", at + 1));
    v4 += fmt::format("    edit \"{}\"\n        set subnet {} 255.255.255.255\n    next\n",
                      members.ipv4.back(), content.ipv4[at]);
  }
  for (std::size_t at = 0; at < content.names.size(); ++at) {
    members.ipv4.push_back(fmt::format("vistime-name-{}", at + 1));
    v4 += fmt::format("    edit \"{}\"\n        set type fqdn\n        set fqdn \"{}\"\n    next\n",
                      members.ipv4.back(), content.names[at]);
  }
  for (std::size_t at = 0; at < content.ipv6.size(); ++at) {
    members.ipv6.push_back(fmt::format("vistime-ipv6-{}", at + 1));
    v6 += fmt::format("    edit \"{}\"\n        set ip6 {}/128\n    next\n", members.ipv6.back(),
                      content.ipv6[at]);
  }
  std::string out;
  if (!v4.empty()) out += fmt::format("config firewall address\n{}end\n", v4);
  if (!v6.empty()) out += fmt::format("config firewall address6\n{}end\n", v6);
  return out;
}

std::string fortinet_group(std::string_view kind, std::string_view name, const Strings& members) {
  if (members.empty()) return {};
  return fmt::format("config firewall {}\n    edit \"{}\"\n        set member {}\n    next\nend\n", kind,
                     name, fmt::join(each(members, "\"{}\""), " "));
}

std::string fortinet(const NetworkRecord& record) {
  std::string out = heading(record, "#", "FortiOS 6.4 and later, for the command line.");
  out +=
      "# Name your own interfaces instead of \"any\" where your policies do, set nat as they do, and move "
      "the\n"
      "# policy above those that deny or inspect.\n\n";
  FortinetMembers members;
  out += fortinet_addresses(record.content, members);
  if (members.ipv4.empty() && members.ipv6.empty()) return out + fmt::format("# {}\n", kNoAddresses);
  out += fortinet_group("addrgrp", "vistime", members.ipv4);
  out += fortinet_group("addrgrp6", "vistime6", members.ipv6);
  out += fmt::format(
      "config firewall service custom\n    edit \"vistime-tcp\"\n        set tcp-portrange {}\n    "
      "next\nend\n",
      ports_with(record, " "));
  out += "config firewall policy\n    edit 0\n        set name \"vistime\"\n";
  out += "        set srcintf \"any\"\n        set dstintf \"any\"\n";
  if (!members.ipv4.empty()) out += "        set srcaddr \"all\"\n        set dstaddr \"vistime\"\n";
  if (!members.ipv6.empty()) out += "        set srcaddr6 \"all\"\n        set dstaddr6 \"vistime6\"\n";
  return out +
         "        set action accept\n        set schedule \"always\"\n        set service \"vistime-tcp\"\n"
         "        set ssl-ssh-profile \"no-inspection\"\n    next\nend\n";
}

constexpr std::array kRuleSets = {
    RuleSet{"nftables", "nftables", nftables},
    RuleSet{"iptables", "iptables", iptables},
    RuleSet{"windows", "Windows Defender Firewall", windows},
    RuleSet{"squid", "Squid", squid},
    RuleSet{"pac", "PAC", pac},
    RuleSet{"paloalto", "Palo Alto Networks PAN-OS", paloalto},
    RuleSet{"fortinet", "Fortinet FortiOS", fortinet},
};

}  // namespace

std::span<const RuleSet> rule_sets() { return kRuleSets; }

const RuleSet* find_rule_set(std::string_view token) {
  const auto found = std::ranges::find(kRuleSets, token, &RuleSet::token);
  return found == kRuleSets.end() ? nullptr : &*found;
}

}  // namespace vistime::site
