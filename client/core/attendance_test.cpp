#include "client/core/attendance.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>

#include "base/bytes.hpp"

namespace vistime::client {
namespace {

class AttendanceTest : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove_all(folder_); }
  AttendanceSettings settings() const {
    return {.link = MeetingLink::parse("https://localhost:1/m/abcdefgh23#AAECAwQFBgcICQoLDA0ODw").value()};
  }
  base::Result<std::unique_ptr<Attendance>> make(AttendanceSettings with) {
    return Attendance::create(context_.get_executor(), clock_, std::move(with),
                              [this](const Event& event) { events_.push_back(event); });
  }
  base::SystemClock clock_;
  boost::asio::io_context context_{1};
  std::vector<Event> events_;
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("vistime-test-" + base::random_id(8));
};

TEST_F(AttendanceTest, files_are_opened_before_anybody_is_disturbed) {
  auto with = settings();
  with.send_audio = "/nonexistent.wav";
  EXPECT_EQ(make(with).error().code, "bad-file");
  with = settings();
  with.send_video = "/nonexistent.y4m";
  EXPECT_EQ(make(with).error().code, "bad-file");
  with = settings();
  with.ca_file = "/nonexistent.pem";
  EXPECT_EQ(make(with).error().code, "ca-file");
  with = settings();
  with.stats_file = "/nonexistent/stats";
  EXPECT_EQ(make(with).error().code, "usage");
  std::filesystem::create_directories(folder_);
  std::ofstream(folder_ / "file") << "x";
  with = settings();
  with.record_folder = (folder_ / "file" / "record").string();
  EXPECT_EQ(make(with).error().code, "recording");
}

TEST_F(AttendanceTest, an_unreachable_server_ends_it_and_leaves_a_valid_recording) {
  auto with = settings();
  with.record_folder = (folder_ / "record").string();
  with.stats_file = (folder_ / "stats").string();
  std::filesystem::create_directories(folder_);
  auto attendance = make(with).value();
  attendance->start();
  context_.run();
  ASSERT_FALSE(events_.empty());
  const auto* ended = std::get_if<event::Ended>(&events_.back());
  ASSERT_NE(ended, nullptr);
  EXPECT_EQ(ended->why.code, "unreachable");
  EXPECT_FALSE(ended->joined);
  EXPECT_TRUE(attendance->finish().value().empty());
  EXPECT_TRUE(std::filesystem::exists(folder_ / "record" / "recording.json"));
}

}  // namespace
}  // namespace vistime::client
