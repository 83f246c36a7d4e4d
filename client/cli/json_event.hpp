// Events as `vistime join --json` prints them: one JSON object a line; vistime(1) lists them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/core/meeting_event.hpp"
#include "client/core/meeting_state.hpp"

namespace vistime::cli {

// Without the newline. Nothing for what is only for windows. `state`: after the event.
std::string event_line(const client::Event& event, const client::MeetingState& state, std::int64_t time_ms);
// Answer to {"do":"state"}.
std::string state_line(const client::MeetingState& state, const std::string& reference, std::int64_t time_ms);
std::string recording_started_line(const std::string& directory, std::int64_t time_ms);
std::string recording_finished_line(const std::string& directory, const std::vector<std::string>& files,
                                    std::int64_t time_ms);
std::string command_failed_line(const std::string& reference, const std::string& message,
                                std::int64_t time_ms);
// "failed", for what went wrong before there was a meeting.
std::string failed_line(const base::Error& error, std::int64_t time_ms);

}  // namespace vistime::cli
