// The entry of every test program: like gtest_main, but a program in which no test ran has failed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  const int failed = RUN_ALL_TESTS();
  if (testing::UnitTest::GetInstance()->test_to_run_count() == 0 && !testing::GTEST_FLAG(list_tests)) {
    std::fputs("no test was run\n", stderr);
    return 1;
  }
  return failed;
}
