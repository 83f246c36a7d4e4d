#include "server/common/certificates.hpp"

#include <gtest/gtest.h>

#include "testing/temporary_folder_testing.hpp"

namespace vistime::server {
namespace {

namespace fs = std::filesystem;

class Certificates : public testing::Test {
 protected:
  base::Result<bool> ensure(const std::vector<std::string>& names = {"meet.example.org"}) {
    return ensure_certificates(folder_.path() / "tls", names, clock_.wall());
  }
  std::string server() const { return folder_.read("tls/server.pem"); }
  std::string ca() const { return folder_.read("tls/ca.pem"); }

  TemporaryFolder folder_;
  base::ManualClock clock_;
};

TEST_F(Certificates, the_first_start_makes_a_ca_and_a_certificate_for_the_names) {
  auto made = ensure({"meet.example.org", "192.0.2.1"});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_TRUE(*made);
  const auto facts = certificate_facts(folder_.path() / "tls" / "server.pem").value();
  EXPECT_EQ(facts.names,
            (std::vector<std::string>{"meet.example.org", "192.0.2.1", "localhost", "127.0.0.1", "::1"}));
  EXPECT_LT(facts.expires, clock_.wall() + std::chrono::days(398));
  for (const char* name : {"ca.pem", "ca.key", "server.pem", "server.key"}) {
    EXPECT_EQ(fs::status(folder_.path() / "tls" / name).permissions(),
              fs::perms::owner_read | fs::perms::owner_write);
  }
}

TEST_F(Certificates, a_second_start_changes_nothing) {
  ASSERT_TRUE(ensure().value());
  const std::string before = server();
  EXPECT_FALSE(ensure().value());
  EXPECT_EQ(server(), before);
}

TEST_F(Certificates, a_month_before_its_end_a_new_one_is_made_by_the_same_ca) {
  ASSERT_TRUE(ensure().value());
  const std::string before = server(), authority = ca();
  clock_.advance(std::chrono::days(366));
  EXPECT_FALSE(ensure().value());
  clock_.advance(std::chrono::days(2));
  EXPECT_TRUE(ensure().value());
  EXPECT_NE(server(), before);
  EXPECT_EQ(ca(), authority);
}

TEST_F(Certificates, other_names_need_another_certificate) {
  ASSERT_TRUE(ensure().value());
  EXPECT_TRUE(ensure({"other.example.org"}).value());
  EXPECT_FALSE(ensure({"other.example.org"}).value());
}

TEST_F(Certificates, a_ca_that_was_copied_there_is_used) {
  ASSERT_TRUE(ensure().value());
  const TemporaryFolder other;
  fs::create_directories(other.path() / "tls");
  for (const char* name : {"ca.pem", "ca.key"}) {
    fs::copy_file(folder_.path() / "tls" / name, other.path() / "tls" / name);
  }
  ASSERT_TRUE(ensure_certificates(other.path() / "tls", {"b.example.org"}, clock_.wall()).value());
  EXPECT_EQ(other.read("tls/ca.pem"), ca());
}

TEST_F(Certificates, half_a_ca_is_an_error_and_nothing_is_overwritten) {
  ASSERT_TRUE(ensure().value());
  fs::remove(folder_.path() / "tls" / "ca.key");
  const std::string before = ca();
  EXPECT_FALSE(ensure());
  EXPECT_EQ(ca(), before);
}

TEST_F(Certificates, a_key_that_does_not_fit_is_mended) {
  ASSERT_TRUE(ensure().value());
  fs::copy_file(folder_.path() / "tls" / "ca.key", folder_.path() / "tls" / "server.key",
                fs::copy_options::overwrite_existing);
  EXPECT_TRUE(ensure().value());
  EXPECT_TRUE(CertificateSource::open(certificate_files(folder_.path() / "tls")));
}

TEST_F(Certificates, a_changed_certificate_is_taken_and_a_bad_one_is_not) {
  ASSERT_TRUE(ensure().value());
  auto source = CertificateSource::open(certificate_files(folder_.path() / "tls")).value();
  const auto first = source->current();
  EXPECT_FALSE(source->check().value());
  ASSERT_TRUE(source->check(true).value());
  EXPECT_NE(source->current(), first);
  const auto second = source->current();
  folder_.write("tls/server.pem", "nonsense");
  fs::last_write_time(folder_.path() / "tls" / "server.pem",
                      fs::file_time_type::clock::now() + std::chrono::hours(1));
  EXPECT_FALSE(source->check());
  EXPECT_EQ(source->current(), second);
  EXPECT_FALSE(source->check().value());  // told once
}

TEST_F(Certificates, an_unreadable_certificate_is_told_in_one_line) {
  auto source = CertificateSource::open({folder_.path() / "none.pem", folder_.path() / "none.key", {}});
  ASSERT_FALSE(source);
  EXPECT_NE(source.error().message.find("none.pem"), std::string::npos);
  EXPECT_EQ(source.error().message.find('\n'), std::string::npos);
}

TEST_F(Certificates, how_to_trust_shows_the_fingerprint_of_the_ca) {
  ASSERT_TRUE(ensure().value());
  const auto files = certificate_files(folder_.path() / "tls");
  const std::string text = how_to_trust(files);
  EXPECT_NE(text.find(certificate_facts(files.ca)->fingerprint), std::string::npos);
  EXPECT_NE(text.find("update-ca-certificates"), std::string::npos);
}

}  // namespace
}  // namespace vistime::server
