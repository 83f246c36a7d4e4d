#include "client/cli/exit_code.hpp"

#include <gtest/gtest.h>

namespace vistime::cli {
namespace {

using base::ErrorKind;

TEST(ExitCode, codes_decide_first) {
  EXPECT_EQ(exit_code({ErrorKind::kRefused, "wrong-password", ""}), 7);
  EXPECT_EQ(exit_code({ErrorKind::kInvalid, "wrong-key", ""}), 12);
  EXPECT_EQ(exit_code({ErrorKind::kOverloaded, "room-full", ""}), 8);
  EXPECT_EQ(exit_code({ErrorKind::kClosed, "left", ""}), 0);
  EXPECT_EQ(exit_code({ErrorKind::kInternal, "recording", ""}), 14);
}

TEST(ExitCode, an_unknown_code_is_judged_by_its_kind) {
  EXPECT_EQ(exit_code({ErrorKind::kInvalid, "", ""}), 2);
  EXPECT_EQ(exit_code({ErrorKind::kUnreachable, "x", ""}), 3);
  EXPECT_EQ(exit_code({ErrorKind::kOverloaded, "", ""}), 15);
  EXPECT_EQ(exit_code({ErrorKind::kInternal, "", ""}), 1);
}

}  // namespace
}  // namespace vistime::cli
