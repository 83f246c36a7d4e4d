// Between the protocol's messages and the client's own values.
#pragma once

#include "client/core/model.hpp"
#include "protocol/room.pb.h"

namespace vistime::client {

Role from_wire(v1::Role role);
TrackKind from_wire(v1::TrackKind kind);
Codec from_wire(v1::Codec codec);
Track from_wire(const v1::Track& track);
Participant from_wire(const v1::Participant& participant);
Room from_wire(const v1::RoomState& room);

v1::Role to_wire(Role role);
v1::TrackKind to_wire(TrackKind kind);
v1::Codec to_wire(Codec codec);

}  // namespace vistime::client
