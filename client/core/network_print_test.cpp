#include "client/core/network_print.hpp"

#include <gtest/gtest.h>

namespace vistime::client {
namespace {

NetworkFacts office() {
  return {.routes =
              "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\n"
              "eth0\t00000000\t0100020A\t0003\t0\t0\t100\t00000000\n"
              "eth0\t0000020A\t00000000\t0001\t0\t0\t100\t00FFFFFF\n",
          .ipv6_routes =
              "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
              "fe800000000000000000000000000001 00000400 00000001 00000000 00000003 eth0\n"
              "fd000000000000000000000000000000 40 00000000000000000000000000000000 00 "
              "00000000000000000000000000000000 00000100 00000001 00000000 00000001 eth0\n",
          .neighbours =
              "IP address       HW type     Flags       HW address            Mask     Device\n"
              "10.2.0.1         0x1         0x2         52:54:00:12:34:56     *        eth0\n"
              "10.2.0.9         0x1         0x2         52:54:00:99:99:99     *        eth0\n",
          .resolver = "search office.example.org\nnameserver 10.2.0.1\noptions edns0\n"};
}
const std::vector<transport::reach::Proxy> kNoProxies;

TEST(NetworkPrint, the_same_network_has_the_same_print) {
  EXPECT_EQ(network_print(office(), kNoProxies).size(), 32U);
  NetworkFacts later = office();  // somebody else came, an option changed, a route was added
  later.neighbours += "10.2.0.10        0x1         0x2         52:54:00:11:11:11     *        eth0\n";
  later.resolver += "options timeout:1\n";
  later.routes += "tun0\t0000A8C0\t00000000\t0001\t0\t0\t0\t0000FFFF\n";
  EXPECT_EQ(network_print(later, kNoProxies), network_print(office(), kNoProxies));
}

TEST(NetworkPrint, other_gateways_name_servers_domains_and_proxies_are_other_networks) {
  const std::string first = network_print(office(), kNoProxies);
  const auto changed = [](auto change) {
    NetworkFacts facts = office();
    change(facts);
    return network_print(facts, kNoProxies);
  };
  const auto replace = [](std::string& text, const std::string& what, const std::string& with) {
    text.replace(text.find(what), what.size(), with);
  };
  EXPECT_NE(first, changed([&](auto& facts) { replace(facts.routes, "0100020A", "FE00020A"); }));
  EXPECT_NE(first, changed([&](auto& facts) { replace(facts.neighbours, "12:34:56", "12:34:57"); }));
  EXPECT_NE(first, changed([&](auto& facts) { replace(facts.ipv6_routes, "0001 0000", "0002 0000"); }));
  EXPECT_NE(first, changed([&](auto& facts) { replace(facts.resolver, "office", "hotel"); }));
  EXPECT_NE(first, changed([&](auto& facts) { replace(facts.resolver, "10.2.0.1", "10.2.0.2"); }));
  EXPECT_NE(first, network_print(office(), {transport::reach::Proxy::parse("http://proxy:3128").value()}));
}

TEST(NetworkPrint, nothing_known_and_rubbish_have_prints_too) {
  EXPECT_EQ(network_print({}, kNoProxies).size(), 32U);
  EXPECT_EQ(network_print(
                {.routes = "x 00000000 zz", .ipv6_routes = "\n\n", .neighbours = "a", .resolver = "search"},
                kNoProxies)
                .size(),
            32U);
}

TEST(NetworkPrint, this_machines_facts_can_be_read) {
  const NetworkFacts facts = NetworkFacts::read();
  EXPECT_NE(facts.routes.find("Iface"), std::string::npos);
}

}  // namespace
}  // namespace vistime::client
