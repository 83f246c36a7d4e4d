#include "client/core/test_call.hpp"

#include <gtest/gtest.h>

namespace vistime::client {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// Pieces 20 ms apart, each on its way for so long; a negative time: lost.
CallQuality of(const std::vector<int>& took_ms) {
  std::vector<Arrival> arrivals;
  for (std::size_t i = 0; i < took_ms.size(); ++i) {
    if (took_ms[i] >= 0)
      arrivals.push_back({static_cast<std::int64_t>(i) * 20'000, milliseconds(took_ms[i])});
  }
  return quality_of(std::move(arrivals));
}

TEST(CallQuality, delay_and_loss_are_those_of_the_pieces) {
  std::vector<int> took(100, 40);
  took[10] = took[50] = -1;
  for (const int late : {20, 30, 40, 60, 70, 80}) took[static_cast<std::size_t>(late)] = 90;
  const CallQuality quality = of(took);
  EXPECT_EQ(quality.expected, 100U);
  EXPECT_EQ(quality.arrived, 98U);
  EXPECT_NEAR(quality.lost(), 0.02, 1e-9);
  EXPECT_EQ(quality.median, milliseconds(40));
  EXPECT_EQ(quality.p95, milliseconds(90));
  EXPECT_EQ(quality.mouth_to_ear(), milliseconds(20 + 27 + 90));
}

TEST(CallQuality, the_order_of_arrival_does_not_matter) {
  const CallQuality quality =
      quality_of({{40'000, milliseconds(3)}, {0, milliseconds(1)}, {20'000, milliseconds(2)}});
  EXPECT_EQ(quality.expected, 3U);
  EXPECT_EQ(quality.median, milliseconds(2));
  EXPECT_EQ(quality_of({}).expected, 0U);
  EXPECT_EQ(quality_of({}).lost(), 0);
}

TEST(CallQuality, it_is_rated_as_g_114_has_it) {
  EXPECT_EQ(rate(of(std::vector<int>(50, 20))), CallRating::kGood);
  EXPECT_EQ(rate(of(std::vector<int>(50, 150))), CallRating::kUsable);
  EXPECT_EQ(rate(of(std::vector<int>(50, 400))), CallRating::kPoor);
  std::vector<int> lossy(50, 20);
  lossy[7] = -1;
  EXPECT_EQ(rate(of(lossy)), CallRating::kUsable);
  for (const std::size_t lost : {11U, 22U, 33U}) lossy[lost] = -1;
  EXPECT_EQ(rate(of(lossy)), CallRating::kPoor);
}

TEST(TestCall, an_unreachable_server_is_an_error) {
  const auto quality = test_call({.server = {"localhost", 1}});
  ASSERT_FALSE(quality);
  EXPECT_EQ(quality.error().code, "unreachable");
}

}  // namespace
}  // namespace vistime::client
