#include "server/common/logging.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace vistime::server {
namespace {

TEST(Logging, a_text_line_quotes_only_what_needs_it) {
  const auto message =
      pack_log_message("room created", {{"room", "abc"}, {"name", "A \"b\"=c"}, {"empty", ""}});
  EXPECT_EQ(format_log_line("text", "T", "info", message),
            R"(time=T level=info event="room created" room=abc name="A \"b\"=c" empty="")");
}

TEST(Logging, a_json_line_is_one_object) {
  const auto message = pack_log_message("listening", {{"port", "443"}, {"bind", "::"}});
  const auto object = nlohmann::json::parse(format_log_line("json", "T", "info", message));
  EXPECT_EQ(object["event"], "listening");
  EXPECT_EQ(object["port"], "443");
  EXPECT_EQ(object["level"], "info");
}

TEST(Logging, nobody_can_forge_a_line_or_a_field) {
  const auto message = pack_log_message("join", {{"name",
                                                  "x\ntime=T level=error\x1e"
                                                  "admin\x1fyes\xff"}});
  for (const char* format : {"text", "json"}) {
    const std::string line = format_log_line(format, "T", "info", message);
    EXPECT_EQ(line.find('\n'), std::string::npos);
    EXPECT_EQ(line.find("admin="), std::string::npos);
    EXPECT_EQ(line.find("\"admin\""), std::string::npos);
  }
}

TEST(Logging, a_plain_message_is_an_event_without_fields) {
  EXPECT_EQ(format_log_line("text", "T", "warning", "hello"), "time=T level=warning event=hello");
}

}  // namespace
}  // namespace vistime::server
