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
  EXPECT_THAT(text, HasSubstr("✓ conference https-443-proxy  carries, 31 ms, through http://proxy:3128"));
  EXPECT_THAT(text, HasSubstr("✗ conference wss-443          tcp: no answer [tcp-timeout]"));
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
