// Structured logs: an event and its fields, one line each.
//
//   text   time=2024-01-31T12:00:00.000Z level=info event="room created" room=abcdefghij address=192.0.2.1
//   json   {"time":"…","level":"info","event":"room created","room":"abcdefghij","address":"192.0.2.1"}
//
// Addresses of clients may stand in it, secrets never. What others log through spdlog comes out in the same form.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace vistime::server {

using LogFields = std::initializer_list<std::pair<std::string_view, std::string>>;

void log_debug(std::string_view event, LogFields fields = {});
void log_info(std::string_view event, LogFields fields = {});
void log_warning(std::string_view event, LogFields fields = {});
void log_error(std::string_view event, LogFields fields = {});

// To standard error, for the whole process. `level`: debug, info, warn, error; `format`: text, json.
void set_up_logging(std::string_view level, std::string_view format);

// What set_up_logging() makes of a message, with time and level; for tests.
std::string format_log_line(std::string_view format, std::string_view time, std::string_view level,
                            std::string_view message);
// The message that carries an event and its fields to the formatter.
std::string pack_log_message(std::string_view event, LogFields fields);

}  // namespace vistime::server
