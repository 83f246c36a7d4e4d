#include "client/core/desktop_proxies.hpp"

#include <gtest/gtest.h>

#include "testing/temporary_folder_testing.hpp"

namespace vistime::client {
namespace {

using Mode = DesktopProxies::Mode;
using Addresses = std::vector<std::string>;

// As gsettings of GNOME 43 prints it.
constexpr const char* kGnome =
    "org.gnome.system.proxy autoconfig-url 'http://wpad.example.org/proxy.pac'\n"
    "org.gnome.system.proxy ignore-hosts ['localhost', '127.0.0.0/8', '::1', '.intern.example.org']\n"
    "org.gnome.system.proxy mode 'manual'\n"
    "org.gnome.system.proxy use-same-proxy true\n"
    "org.gnome.system.proxy.ftp host ''\n"
    "org.gnome.system.proxy.ftp port 0\n"
    "org.gnome.system.proxy.http authentication-password ''\n"
    "org.gnome.system.proxy.http authentication-user ''\n"
    "org.gnome.system.proxy.http enabled false\n"
    "org.gnome.system.proxy.http host 'web.example.org'\n"
    "org.gnome.system.proxy.http port 8080\n"
    "org.gnome.system.proxy.http use-authentication false\n"
    "org.gnome.system.proxy.https host 'secure.example.org'\n"
    "org.gnome.system.proxy.https port 3128\n"
    "org.gnome.system.proxy.socks host '2001:db8::1'\n"
    "org.gnome.system.proxy.socks port 1080\n";

constexpr const char* kKde =
    "[$Version]\nupdate_info=kioslave.upd:kde2.2/r1\n\n"
    "[Proxy Settings]\nNoProxyFor=.intern.example.org,localhost\nProxy Config Script=\n"
    "ProxyType[$i]=1\nReversedException=false\nftpProxy=\nhttpProxy=http://web.example.org 8080\n"
    "httpsProxy=http://secure.example.org:3128/\nsocksProxy=socks://socks.example.org 1080\n\n"
    "[Other]\nProxyType=0\n";

std::string swapped(std::string text, const std::string& what, const std::string& with) {
  return text.replace(text.find(what), what.size(), with);
}
Addresses printed(const DesktopProxies& desktop, const char* host = "meet.example.org") {
  Addresses out;
  const auto proxies = proxies_of_desktop(desktop, host, 443);
  for (const auto& proxy : proxies.value()) out.push_back(proxy.print());
  return out;
}

TEST(Gsettings, what_is_for_https_comes_first) {
  const DesktopProxies desktop = parse_gsettings(kGnome);
  EXPECT_EQ(desktop.mode, Mode::kManual);
  EXPECT_EQ(printed(desktop), (Addresses{"http://secure.example.org:3128", "http://web.example.org:8080",
                                         "socks5h://[2001:db8::1]:1080"}));
  EXPECT_EQ(printed(desktop, "meet.intern.example.org"), Addresses{});
}

TEST(Gsettings, other_modes) {
  EXPECT_EQ(parse_gsettings(swapped(kGnome, "'manual'", "'none'")), DesktopProxies{});
  const DesktopProxies script = parse_gsettings(swapped(kGnome, "'manual'", "'auto'"));
  EXPECT_EQ(script.mode, Mode::kScript);
  EXPECT_EQ(script.script, "http://wpad.example.org/proxy.pac");
  const auto detect =
      parse_gsettings("org.gnome.system.proxy mode 'auto'\norg.gnome.system.proxy autoconfig-url ''\n");
  EXPECT_EQ(detect.mode, Mode::kDetect);
  const auto refused = proxies_of_desktop(detect, "meet.example.org", 443);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("--proxy-pac"), std::string::npos);
}

TEST(Gsettings, rubbish_is_no_setting) {
  for (const char* text : {"", "\n\n", "No such schema", "org.gnome.system.proxy mode",
                           "org.gnome.system.proxy mode '", "org.gnome.system.proxy mode 'sideways'"})
    EXPECT_EQ(parse_gsettings(text).mode, Mode::kNone) << text;
  const auto half = parse_gsettings(
      "org.gnome.system.proxy mode 'manual'\norg.gnome.system.proxy ignore-hosts @as []\n"
      "org.gnome.system.proxy.http host 'x'\norg.gnome.system.proxy.http port 99999\n");
  EXPECT_EQ(proxies_of_desktop(half, "meet.example.org", 443).error().code, "bad-proxy");
}

TEST(Kioslaverc, addresses_with_blank_and_with_colon) {
  const DesktopProxies desktop = parse_kioslaverc(kKde);
  EXPECT_EQ(desktop.mode, Mode::kManual);
  EXPECT_EQ(printed(desktop), (Addresses{"http://secure.example.org:3128", "http://web.example.org:8080",
                                         "socks5h://socks.example.org:1080"}));
  EXPECT_EQ(printed(desktop, "meet.intern.example.org"), Addresses{});
}

TEST(Kioslaverc, the_list_may_name_what_needs_a_proxy) {
  const DesktopProxies desktop =
      parse_kioslaverc(swapped(kKde, "ReversedException=false", "ReversedException=true"));
  EXPECT_EQ(printed(desktop), Addresses{});
  EXPECT_EQ(printed(desktop, "meet.intern.example.org").size(), 3U);
}

TEST(Kioslaverc, other_types) {
  EXPECT_EQ(parse_kioslaverc(swapped(kKde, "=1\n", "=0\n")).mode, Mode::kNone);
  EXPECT_EQ(parse_kioslaverc(swapped(kKde, "=1\n", "=3\n")).mode, Mode::kDetect);
  EXPECT_EQ(parse_kioslaverc(swapped(kKde, "=1\n", "=4\n")).mode, Mode::kNone);
  const auto script =
      parse_kioslaverc("[Proxy Settings]\nProxyType=2\nProxy Config Script=file:///etc/proxy.pac\n");
  EXPECT_EQ(script.mode, Mode::kScript);
  EXPECT_EQ(script.script, "file:///etc/proxy.pac");
  EXPECT_EQ(parse_kioslaverc("ProxyType=1\n[Proxy Settings\nProxyType").mode, Mode::kNone);
}

TEST(DesktopProxies, the_desktop_that_runs_is_asked) {
  const TemporaryFolder folder;
  folder.write("kioslaverc", kKde);
  const auto with = [&](std::string desktop) {
    return desktop_proxies([&folder, desktop](const char* name) -> std::string {
      if (std::string_view(name) == "XDG_CURRENT_DESKTOP") return desktop;
      return std::string_view(name) == "XDG_CONFIG_HOME" ? folder.path().string() : "";
    });
  };
  EXPECT_EQ(with(""), std::nullopt);
  EXPECT_EQ(with("sway"), std::nullopt);
  EXPECT_EQ(with("KDE"), parse_kioslaverc(kKde));
}

}  // namespace
}  // namespace vistime::client
