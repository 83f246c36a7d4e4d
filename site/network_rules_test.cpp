#include "site/network_rules.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "testing/temporary_folder_testing.hpp"

namespace vistime::site {
namespace {

NetworkRecord record(bool addresses = true) {
  NetworkContent content{{"meet.example.org", "*.rooms.example.org", "a.rooms.example.org"},
                         {"192.0.2.10", "192.0.2.11"},
                         {"2001:db8::10"},
                         {{443, false, PortPurpose::kEverything, true},
                          {80, false, PortPurpose::kRedirect},
                          {12001, false, PortPurpose::kConference},
                          {12002, false, PortPurpose::kFiles, false, false},
                          {443, true, PortPurpose::kMedia, false, false}}};
  if (!addresses) content.ipv4 = content.ipv6 = {};
  return updated({}, std::move(content), base::WallTime(std::chrono::seconds(1'700'000'000)));
}

std::string rules(std::string_view token, const NetworkRecord& with = record()) {
  const RuleSet* set = find_rule_set(token);
  return set == nullptr ? "" : set->write(with);
}

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(Rules, each_product_gets_addresses_and_the_ports_that_answer) {
  for (const RuleSet& set : rule_sets()) {
    const std::string text = set.write(record());
    EXPECT_TRUE(holds(text, "version 1 of 2023-11-14T22:13:20Z")) << set.token;
    for (const char* part : {"192.0.2.10", "192.0.2.11", "2001:db8::10"})
      EXPECT_TRUE(holds(text, part)) << set.token << part;
    EXPECT_FALSE(holds(text, "12002")) << set.token;
    EXPECT_EQ(holds(text, "12001"), set.token != "pac") << set.token;
    EXPECT_FALSE(holds(set.write(record(false)), "192.0.2.")) << set.token;
  }
  EXPECT_EQ(find_rule_set("cisco"), nullptr);
}

TEST(Rules, names_go_to_the_products_that_know_names) {
  EXPECT_TRUE(holds(rules("squid"), "dstdomain .rooms.example.org meet.example.org\n"));
  EXPECT_TRUE(
      holds(rules("paloalto"), "list [ meet.example.org/ *.rooms.example.org/ a.rooms.example.org/ ]"));
  EXPECT_FALSE(holds(rules("paloalto"), "fqdn *"));
  EXPECT_TRUE(holds(rules("fortinet"), "set fqdn \"*.rooms.example.org\""));
  EXPECT_TRUE(holds(rules("pac"), "dnsDomainIs(host, \".rooms.example.org\")"));
}

TEST(Rules, windows_gets_one_rule_that_replaces_itself) {
  EXPECT_TRUE(holds(rules("windows"), "-RemoteAddress @('192.0.2.10', '192.0.2.11', '2001:db8::10')"));
  EXPECT_TRUE(holds(rules("windows"), "-RemotePort @('80', '443', '12001')"));
}

// The products themselves judge, where they are installed; `command` reads the file at %.
void judged_by(const std::string& program, std::string command, const std::string& text) {
  if (std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) != 0)
    GTEST_SKIP() << "no " << program;
  const TemporaryFolder folder;
  const std::string file = folder.write("rules.cjs", text).string();
  for (auto at = command.find('%'); at != std::string::npos; at = command.find('%'))
    command.replace(at, 1, file);
  const int code = std::system(("( " + command + " ) >" + file + ".out 2>&1").c_str());
  const std::string said = folder.read("rules.cjs.out");
  if (code != 0 &&
      (holds(said, "ermission denied") || holds(said, "must be root") || holds(said, "not permitted")))
    GTEST_SKIP() << program << " needs rights that are not here";
  EXPECT_EQ(code, 0) << said;
}

TEST(Rules, nft_takes_them) { judged_by("nft", "nft -c -f %", rules("nftables")); }
TEST(Rules, nft_takes_them_without_addresses) {
  judged_by("nft", "nft -c -f %", rules("nftables", record(false)));
}
TEST(Rules, iptables_takes_them) {
  judged_by("iptables-restore", "iptables-restore --test --noflush %", rules("iptables"));
}
TEST(Rules, ip6tables_takes_the_same_file) {
  judged_by("ip6tables-restore", "ip6tables-restore --test --noflush %", rules("iptables"));
}
TEST(Rules, squid_takes_them) {
  judged_by(
      "squid",
      "squid -k parse -f % 2>&1 | tee /dev/stderr | (! grep -E 'FATAL|ERROR|WARNING.*(vistime|subdomain)')",
      rules("squid"));
}

TEST(Rules, a_browser_takes_the_pac_file) {
  const std::string script =
      rules("pac") +
      "function dnsDomainIs(host, domain) { return host.endsWith(domain); }\n"
      "const expected = { 'MEET.example.org': 'DIRECT', '192.0.2.10': 'DIRECT', "
      "'[2001:db8::10]': 'DIRECT', 'b.rooms.example.org': 'DIRECT', "
      "'other.example.org': 'PROXY proxy.example.org:3128' };\n"
      "for (const [host, answer] of Object.entries(expected))\n"
      "  if (FindProxyForURL('https://' + host, host) !== answer) throw new Error(host);\n";
  judged_by("node", "node %", script);
}

}  // namespace
}  // namespace vistime::site
