// A call with oneself: one voice goes up to the server and comes down again by the same ways as in a meeting, and what
// arrives is timed. A room is made for it and closed afterwards.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "client/core/meeting_link.hpp"
#include "client/core/proxy_choice.hpp"

namespace vistime::client {

struct TestCallSettings {
  Server server;
  std::string ca_file = {};
  std::vector<Proxy> proxies = {};
  std::string audio = {};   // a WAV file to be spoken; empty: tones, for a few seconds
  std::string record = {};  // what came back, as a WAV file; empty: not kept
  std::chrono::seconds longest{30};
};

struct CallQuality {
  std::string route;         // of the voice
  std::size_t expected = 0;  // pieces of 20 ms
  std::size_t arrived = 0;
  std::chrono::microseconds median{0};  // from the microphone's end to the receiver, up and down
  std::chrono::microseconds p95{0};
  double lost() const;  // share, 0 to 1

  // From mouth to ear as a listener would have it: a piece of 20 ms is filled, coded, carried, kept until 95 of 100 have
  // come, and played.
  std::chrono::milliseconds mouth_to_ear() const;
};

// ITU-T G.114: up to 150 ms nobody notices, beyond 400 ms people talk over one another.
enum class CallRating { kGood, kUsable, kPoor };
CallRating rate(const CallQuality& quality);
std::string_view to_string(CallRating rating);  // "good", "usable", "poor"

// Of pieces that arrived: when each was captured, and how long it took. Any order.
struct Arrival {
  std::int64_t capture_us = 0;
  std::chrono::microseconds took{0};
};
CallQuality quality_of(std::vector<Arrival> arrivals);

// Blocks. Errors: those of joining a meeting; "bad-file", "recording"; "no-voice" when nothing came back.
base::Result<CallQuality> test_call(const TestCallSettings& settings);

}  // namespace vistime::client
