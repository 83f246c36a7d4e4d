#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "client/cli/doctor_command.hpp"

namespace vistime::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

client::Diagnosis stripped_upgrade() {
  client::Diagnosis diagnosis;
  diagnosis.server = {"meet.example.org", 443};
  diagnosis.release = "1.2.3";
  diagnosis.addresses = {"192.0.2.7"};
  diagnosis.proxies = {"http://proxy:3128"};
  const auto failed = [](const char* code, const char* message) {
    return base::Error{base::ErrorKind::kUnreachable, code, message};
  };
  diagnosis.routes = {
      {"conference", "wss-443", "", 443, std::chrono::milliseconds(4000), failed("tcp-timeout", "no answer")},
      {"conference",
       "wss-443-proxy",
       "http://proxy:3128",
       443,
       {},
       failed("upgrade-refused", "HTTP 200 <b>")},
      {"conference", "https-443-proxy", "http://proxy:3128", 443, std::chrono::milliseconds(31), {}},
      {"master", "https-443-proxy", "http://proxy:3128", 443, std::chrono::milliseconds(30), {}}};
  client::judge(diagnosis);
  return diagnosis;
}

TEST(DoctorReport, says_what_carries_what_does_not_and_who_can_mend_it) {
  const std::string text = doctor_text(stripped_upgrade(), Language::kEnglish);
  EXPECT_THAT(text, HasSubstr("by a fallback (https-443-proxy)"));
  EXPECT_THAT(text, HasSubstr("✓ conference https-443-proxy    carries, 31 ms, through http://proxy:3128"));
  EXPECT_THAT(text, HasSubstr("✗ conference wss-443            tcp: no answer [tcp-timeout]"));
  EXPECT_THAT(text, HasSubstr("http_upgrade_request_protocols websocket allow all"));
  EXPECT_THAT(text, HasSubstr("https://meet.example.org/network"));
}

TEST(DoctorReport, speaks_german_as_well) {
  const std::string text = doctor_text(stripped_upgrade(), Language::kGerman);
  EXPECT_THAT(text, HasSubstr("Ausweichweg (https-443-proxy)"));
  EXPECT_THAT(text, HasSubstr("über http://proxy:3128"));
}

TEST(DoctorReport, where_all_is_well_nothing_is_to_be_changed) {
  client::Diagnosis diagnosis = stripped_upgrade();
  diagnosis.routes[1].failed.reset();
  client::judge(diagnosis);
  const std::string text = doctor_text(diagnosis, Language::kEnglish);
  EXPECT_THAT(text, HasSubstr("preferred route (wss-443-proxy)"));
  EXPECT_THAT(text, Not(HasSubstr("What to change")));
}

TEST(DoctorReport, the_page_holds_the_same_and_nothing_in_it_is_taken_for_markup) {
  const std::string page = doctor_html(stripped_upgrade(), Language::kEnglish);
  EXPECT_THAT(page, HasSubstr("<html lang=\"en\">"));
  EXPECT_THAT(page, HasSubstr("HTTP 200 &lt;b&gt;"));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("src=")));
}

client::Diagnosis measured() {
  client::Diagnosis diagnosis = stripped_upgrade();
  auto& measured = diagnosis.measured.emplace();
  measured.route = "https-443-proxy";
  measured.round_trip = std::chrono::microseconds(20'500);
  measured.down_mbit_s = 93.4;
  measured.up_mbit_s = 11.2;
  measured.holds_answers_back = true;
  measured.silence = std::chrono::seconds(8);
  measured.inspected_by = "Example Gateway CA";
  measured.seen = client::ServerView{.address = "203.0.113.7",
                                     .added = {{"Via", "1.1 gateway\x1b[2J"}},
                                     .lost = {"X-Vistime-Check"},
                                     .clock_ahead = std::chrono::seconds(-90)};
  return diagnosis;
}

TEST(DoctorReport, what_was_measured_is_said_in_sentences) {
  const std::string text = doctor_text(measured(), Language::kEnglish);
  for (const char* part :
       {"Measured (https-443-proxy)", "takes 20.5 ms", "At least 93.4 Mbit/s come down, 11.2 Mbit/s go up",
        "holds answers back", "silent for at least 8 s",
        "inspected by Example Gateway CA; your meeting's content stays encrypted", "come from 203.0.113.7",
        "Added on the way: Via: 1.1 gateway", "Removed on the way: X-Vistime-Check", "90 s slow"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(doctor_text(measured(), Language::kGerman), HasSubstr("Der Server sieht Sie von 203.0.113.7"));
  EXPECT_THAT(doctor_html(measured(), Language::kEnglish), HasSubstr("<li>A round trip to the server"));
  const auto report = nlohmann::json::parse(doctor_json(measured()));
  EXPECT_EQ(report["measured"]["round_trip_ms"], 20.5);
  EXPECT_EQ(report["measured"]["seen"]["clock_ahead_s"], -90);
  EXPECT_EQ(report["measured"]["inspected_by"], "Example Gateway CA");
}

TEST(DoctorReport, a_test_call_is_rated_in_words) {
  client::Diagnosis diagnosis = measured();
  diagnosis.call.emplace(client::CallQuality{.route = "https-443-proxy",
                                             .expected = 200,
                                             .arrived = 198,
                                             .median = std::chrono::milliseconds(60),
                                             .p95 = std::chrono::milliseconds(120)});
  const std::string text = doctor_text(diagnosis, Language::kEnglish);
  for (const char* part :
       {"The test call was usable", "From mouth to ear 167 ms", "(https-443-proxy) half took 60.0 ms",
        "198 of 200 pieces of sound arrived (1.0 % lost)"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_EQ(nlohmann::json::parse(doctor_json(diagnosis))["call"]["rating"], "usable");
  diagnosis.call.emplace(base::fail_as(base::ErrorKind::kUnreachable, "no-voice", "nothing came back"));
  EXPECT_THAT(doctor_text(diagnosis, Language::kGerman), HasSubstr("Testanruf schlug fehl"));
}

TEST(DoctorReport, where_a_firewall_is_in_the_way_its_rule_is_written_out) {
  const std::string text = doctor_text(stripped_upgrade(), Language::kEnglish);
  EXPECT_THAT(text, HasSubstr("acl vistime_site dstdomain meet.example.org"));  // the proxy strips upgrades
  client::Diagnosis closed = stripped_upgrade();
  closed.routes.erase(closed.routes.begin() + 1);
  EXPECT_THAT(doctor_text(closed, Language::kEnglish),
              HasSubstr("add element inet filter vistime_ipv4 { 192.0.2.7 }"));
  const std::string page = doctor_html(stripped_upgrade(), Language::kEnglish);
  for (const char* title : {"nftables", "Windows Defender Firewall", "Squid", "PAC", "Fortinet FortiOS"})
    EXPECT_THAT(page, HasSubstr(std::string("<summary>") + title));
  const auto report = nlohmann::json::parse(doctor_json(stripped_upgrade()));
  EXPECT_EQ(report["rules"].size(), 7U);
  client::Diagnosis good = stripped_upgrade();
  good.routes[1].failed.reset();
  client::judge(good);
  EXPECT_THAT(doctor_text(good, Language::kEnglish), Not(HasSubstr("inet filter")));
  EXPECT_THAT(doctor_html(good, Language::kEnglish), Not(HasSubstr("<details>")));
}

TEST(DoctorReport, an_interrupted_examination_says_so) {
  client::Diagnosis diagnosis = stripped_upgrade();
  diagnosis.interrupted = true;
  EXPECT_THAT(doctor_text(diagnosis, Language::kEnglish), HasSubstr("Interrupted"));
  EXPECT_EQ(nlohmann::json::parse(doctor_json(diagnosis))["interrupted"], true);
}

TEST(DoctorReport, for_programs_it_is_json) {
  const auto report = nlohmann::json::parse(doctor_json(stripped_upgrade()));
  EXPECT_EQ(report["verdict"], "fallback");
  EXPECT_EQ(report["best"], "https-443-proxy");
  EXPECT_EQ(report["routes"][0]["layer"], "tcp");
  EXPECT_EQ(report["routes"][0]["code"], "tcp-timeout");
  EXPECT_EQ(report["routes"][2]["carries"], true);
  EXPECT_EQ(report["remedies"].size(), 2U);
}

TEST(DoctorReport, every_code_that_has_a_layer_has_a_remedy_in_both_languages) {
  const client::Diagnosis diagnosis = stripped_upgrade();
  for (const char* code : {"dns",
                           "dns-timeout",
                           "tcp-refused",
                           "tcp-timeout",
                           "tcp-unreachable",
                           "proxy-unreachable",
                           "proxy-auth",
                           "proxy-denied",
                           "proxy-timeout",
                           "proxy-garbage",
                           "tls-untrusted",
                           "tls-timeout",
                           "tls-failed",
                           "transformed",
                           "upgrade-refused",
                           "upgrade-timeout",
                           "starved",
                           "requests-refused",
                           "http-timeout",
                           "http-failed"}) {
    for (const Language language : {Language::kEnglish, Language::kGerman}) {
      const Remedy remedy = remedy_for(code, diagnosis, language);
      EXPECT_FALSE(remedy.meaning.empty()) << code;
      EXPECT_FALSE(remedy.action.empty()) << code;
      EXPECT_EQ((remedy.meaning + remedy.action).find("{}"), std::string::npos) << code;
    }
  }
}

}  // namespace
}  // namespace vistime::cli
