// What a way that carries is like: delay, throughput, answers held back, silence that is cut, and the request as the server saw it.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "site/network_record.hpp"
#include "transport/reach/connector.hpp"

namespace vistime::client {

// The server's side of a request of ours.
struct ServerView {
  std::string address;                                     // from which we seem to come
  std::vector<std::pair<std::string, std::string>> added;  // headers that we did not send
  std::vector<std::string> lost;                           // headers that we sent and that did not arrive
  std::optional<std::chrono::seconds> clock_ahead;         // by which our clock is ahead of the server's
};

struct Measurements {
  std::string route;
  std::optional<std::chrono::microseconds> round_trip;  // median
  std::optional<double> down_mbit_s, up_mbit_s;
  std::optional<bool> holds_answers_back;       // streamed answers arrive in one piece
  std::optional<std::chrono::seconds> silence;  // for so long nothing was said
  bool silence_was_cut = false;
  std::optional<ServerView> seen;
  std::optional<std::string> inspected_by;
  std::optional<site::NetworkRecord> record;  // the site's own, of /network.json
};

struct MeasureSettings {
  transport::reach::Route route;
  std::chrono::seconds silence{8};
};

// Nothing of it fails as a whole: what could not be measured stays empty.
transport::Task<Measurements> measure(transport::reach::Connector& connector, MeasureSettings settings);

// What the server says of a request, compared with what was sent. Nothing for what it could not have said.
std::optional<ServerView> read_view(std::string_view json,
                                    const std::vector<std::pair<std::string, std::string>>& sent,
                                    std::chrono::system_clock::time_point now);

}  // namespace vistime::client
