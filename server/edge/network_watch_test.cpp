#include "server/edge/network_watch.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <future>

#include "server/common/run_testing.hpp"
#include "testing/temporary_folder_testing.hpp"

namespace vistime::server::edge {
namespace {

using Strings = std::vector<std::string>;

NetworkFacts facts(Strings addresses = {}) {
  return {{"meet.example.org", "198.51.100.7"},
          std::move(addresses),
          "::",
          {{443, false, site::PortPurpose::kEverything, true}}};
}

// What DNS and the interfaces would answer.
struct FakeSources {
  std::shared_ptr<std::atomic<int>> asked = std::make_shared<std::atomic<int>>(0);
  SiteAddresses resolved{{"192.0.2.10"}, {"2001:db8::10"}, true};
  AddressSources get() const {
    return {[asked = asked, resolved = resolved](const Strings&) {
              ++*asked;
              return resolved;
            },
            [] { return SiteAddresses{{"203.0.113.5"}, {}, true}; }};
  }
};

site::NetworkRecord looked(const NetworkFacts& with, const FakeSources& sources,
                           site::NetworkRecord before = {}) {
  bool complete = false;
  return look_again(with, sources.get(), std::move(before), base::WallTime(), complete);
}

TEST(LookAgain, configured_addresses_come_before_what_names_resolve_to) {
  FakeSources sources;
  EXPECT_EQ(looked(facts({"192.0.2.99"}), sources).content.ipv4, (Strings{"192.0.2.99", "198.51.100.7"}));
  EXPECT_EQ(*sources.asked, 0);
  const site::NetworkContent resolved = looked(facts(), sources).content;
  EXPECT_EQ(resolved.names, (Strings{"meet.example.org"}));
  EXPECT_EQ(resolved.ipv4, (Strings{"192.0.2.10", "198.51.100.7"}));
  EXPECT_EQ(resolved.ipv6, (Strings{"2001:db8::10"}));
}

TEST(LookAgain, without_an_address_by_name_the_machines_own_are_told) {
  FakeSources sources;
  sources.resolved = {};
  NetworkFacts with = facts();
  with.names = {"meet.example.org"};
  EXPECT_EQ(looked(with, sources).content.ipv4, (Strings{"203.0.113.5"}));
  with.bind = "192.0.2.77";
  EXPECT_EQ(looked(with, sources).content.ipv4, (Strings{"192.0.2.77"}));
}

TEST(LookAgain, a_resolver_that_fails_changes_nothing) {
  FakeSources sources;
  const site::NetworkRecord before = looked(facts(), sources);
  sources.resolved = {{}, {}, false};
  const site::NetworkRecord after = looked(facts(), sources, before);
  EXPECT_EQ(after.version, before.version);
  EXPECT_EQ(after.content, before.content);
}

class Watch : public testing::Test {
 protected:
  std::unique_ptr<NetworkWatch> watch(const FakeSources& sources) {
    return std::make_unique<NetworkWatch>(facts(), folder_.path() / "network.json", clock_, sources.get());
  }
  TemporaryFolder folder_;
  base::ManualClock clock_;
};

TEST_F(Watch, it_asks_once_and_again_when_what_it_knows_is_old) {
  FakeSources sources;
  const auto watched = watch(sources);
  EXPECT_EQ(run_to_end(watched->current())->version, 1U);
  EXPECT_EQ(run_to_end(watched->current())->version, 1U);
  EXPECT_EQ(*sources.asked, 1);
  clock_.advance(kAddressesFresh + std::chrono::seconds(1));
  EXPECT_EQ(run_to_end(watched->current())->version, 1U);
  EXPECT_EQ(*sources.asked, 2);
}

TEST_F(Watch, the_version_goes_on_after_a_restart) {
  FakeSources sources;
  run_to_end(watch(sources)->current());
  sources.resolved.ipv4 = {"192.0.2.20"};
  const RecordPtr later = run_to_end(watch(sources)->current());
  EXPECT_EQ(later->version, 2U);
  EXPECT_EQ(later->changes.size(), 2U);
  EXPECT_EQ(run_to_end(watch(sources)->current())->version, 2U);
}

TEST_F(Watch, a_damaged_history_begins_again) {
  folder_.write("network.json", "{");
  FakeSources sources;
  EXPECT_EQ(run_to_end(watch(sources)->current())->version, 1U);
}

TEST_F(Watch, requests_do_not_wait_for_a_resolver_that_hangs) {
  auto release = std::make_shared<std::promise<void>>();
  AddressSources hanging{[gate = release->get_future().share()](const Strings&) {
                           gate.wait();
                           return SiteAddresses{{"192.0.2.10"}, {}, true};
                         },
                         [] { return SiteAddresses(); }};
  {
    NetworkWatch watched(facts(), folder_.path() / "network.json", clock_, hanging);
    const RecordPtr record = run_to_end(watched.current());
    EXPECT_EQ(record->version, 0U);
    EXPECT_EQ(record->content.names, (Strings{"meet.example.org"}));
  }
  // The watch is gone: what comes late is not written any more.
  release->set_value();
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "network.json"));
}

}  // namespace
}  // namespace vistime::server::edge
