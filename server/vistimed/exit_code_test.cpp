#include "server/vistimed/exit_code.hpp"

#include <gtest/gtest.h>

namespace vistime::server {
namespace {

using base::ErrorKind;

TEST(ExitCode, what_went_wrong_decides) {
  EXPECT_EQ(exit_code_of({ErrorKind::kRefused, "port-forbidden", ""}), kExitForbidden);
  EXPECT_EQ(exit_code_of({ErrorKind::kOverloaded, "disk-full", ""}), kExitDisk);
  EXPECT_EQ(exit_code_of({ErrorKind::kUnsupported, "data-newer", ""}), kExitNewerData);
  EXPECT_EQ(exit_code_of({ErrorKind::kInvalid, "", ""}), kExitConfiguration);
  EXPECT_EQ(exit_code_of({ErrorKind::kInternal, "", ""}), kExitInternal);
}

}  // namespace
}  // namespace vistime::server
