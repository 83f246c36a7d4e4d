// What to ask the server for, by policy and by what is there. Pure.
#pragma once

#include "client/core/meeting_state.hpp"

namespace vistime::client {

enum class SubscriptionPolicy {
  kNone,
  kAudio,  // the loudest speakers and every screen's sound
  kAll,    // and every picture, in its largest layer
};

Subscriptions wished(SubscriptionPolicy policy, const MeetingState& state);

}  // namespace vistime::client
