#include "client/core/version.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vistime::client {
namespace {

TEST(Version, the_line_names_release_and_protocol) {
  EXPECT_THAT(version_line(),
              testing::MatchesRegex("vistime [0-9]+\\.[0-9]+\\.[0-9]+ \\(protocol [0-9]+, build .+\\)"));
}

}  // namespace
}  // namespace vistime::client
