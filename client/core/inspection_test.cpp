#include "client/core/inspection.hpp"

#include <gtest/gtest.h>

namespace vistime::client {
namespace {

const transport::PeerCertificate kShown{.sha256 = "abcd", .issuer = "Example Gateway CA"};

TEST(InspectedBy, another_certificate_than_the_servers_names_its_issuer) {
  EXPECT_EQ(inspected_by(kShown, "sha256=0123"), "Example Gateway CA");
  EXPECT_EQ(inspected_by(kShown, "sha256=0123, sha256=4567"), "Example Gateway CA");
  EXPECT_EQ(inspected_by(transport::PeerCertificate{.sha256 = "abcd", .issuer = ""}, "sha256=01"), "?");
}

TEST(InspectedBy, the_servers_own_certificate_is_no_inspection) {
  EXPECT_EQ(inspected_by(kShown, "sha256=abcd"), std::nullopt);
  EXPECT_EQ(inspected_by(kShown, "sha256=0123,  sha256=abcd"), std::nullopt);
}

TEST(InspectedBy, nothing_is_claimed_where_nothing_is_known) {
  EXPECT_EQ(inspected_by(kShown, ""), std::nullopt);
  EXPECT_EQ(inspected_by(kShown, "md5=0123"), std::nullopt);
  EXPECT_EQ(inspected_by(kShown, ",,,"), std::nullopt);
  EXPECT_EQ(inspected_by(std::nullopt, "sha256=0123"), std::nullopt);
}

}  // namespace
}  // namespace vistime::client
