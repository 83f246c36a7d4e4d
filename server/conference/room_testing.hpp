// A room with people in it, in memory, for tests: real links over wires that deliver when told, can be cut at any
// step, or never take a byte.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/conference/memory_store_testing.hpp"
#include "server/conference/room.hpp"
#include "transport/handshake.hpp"

namespace vistime::server::conference {

// Both directions of one connection.
struct Wire {
  struct End {
    std::deque<base::Bytes> incoming;
    transport::CarrierEvents* events = nullptr;
    bool writing = false;  // until the other end has taken it
    bool closed = false;
  };
  End ends[2];
  bool cut = false;
  bool stuck[2] = {false, false};  // what this end writes stays in its hands

  bool deliver_one(int to) {
    End& end = ends[to];
    if (cut || stuck[1 - to] || end.incoming.empty() || end.events == nullptr) return false;
    const base::Bytes message = std::move(end.incoming.front());
    end.incoming.pop_front();
    ends[1 - to].writing = false;
    end.events->on_message(message);
    if (ends[1 - to].events != nullptr) ends[1 - to].events->on_writable();
    return true;
  }
  void tell_closed(int to, base::ErrorKind kind) {
    if (transport::CarrierEvents* events = std::exchange(ends[to].events, nullptr)) {
      events->on_closed({kind, {}, "the wire is gone"});
    }
  }
};

class WireEnd final : public transport::Carrier {
 public:
  WireEnd(std::shared_ptr<Wire> wire, int side) : wire_(std::move(wire)), side_(side) {}
  ~WireEnd() override { wire_->ends[side_].events = nullptr; }
  void set_events(transport::CarrierEvents* events) override { wire_->ends[side_].events = events; }
  bool writable() const override { return !wire_->cut && !wire_->ends[side_].writing; }
  void write(base::BytesView message) override {
    wire_->ends[side_].writing = true;
    wire_->ends[1 - side_].incoming.emplace_back(message.begin(), message.end());
  }
  void close(base::Bytes last) override {
    if (!last.empty()) wire_->ends[1 - side_].incoming.push_back(std::move(last));
    wire_->ends[side_].closed = true;
  }

 private:
  std::shared_ptr<Wire> wire_;
  int side_;
};

// A client's side of a link. Gathers what comes.
class Client final : public transport::LinkEvents {
 public:
  Client(const base::Clock& clock, std::string called) : name(std::move(called)), clock_(clock) {}

  // Reads the reply on the wire and, when welcome, puts a link on it.
  void greet(const std::shared_ptr<Wire>& new_wire) {
    wire = new_wire;
    auto& incoming = wire->ends[1].incoming;
    reply.Clear();
    if (incoming.empty()) return;
    if (const auto read = transport::decode_hello_reply(incoming.front())) reply = *read;
    incoming.pop_front();
    wire->ends[0].writing = false;
    if (!reply.has_welcome()) return;
    link_id = reply.welcome().link_id();
    link_key = reply.welcome().link_key();
    auto carrier = std::make_unique<WireEnd>(wire, 1);
    ended.reset();
    if (reply.welcome().resumption() == vistime::v1::RESUMPTION_RESUMED) {
      link->attach(std::move(carrier), reply.welcome().received());
    } else {
      link = std::make_unique<transport::Link>(clock_, *this);
      link->attach_fresh(std::move(carrier));
    }
    if (wire->ends[0].events != nullptr) wire->ends[0].events->on_writable();
  }

  void send(const vistime::v1::ClientMessage& message) {
    const std::string bytes = message.SerializeAsString();
    link->send_control(base::as_bytes(bytes));
    link->flush();
  }
  // A new request; its number.
  template <typename Fill>
  std::uint32_t ask(Fill fill) {
    vistime::v1::ClientMessage message;
    message.set_request(++last_request);
    fill(message);
    send(message);
    return last_request;
  }
  void send_object(const protocol::ObjectHeader& header, std::size_t payload = 80) {
    auto bytes = std::make_shared<base::Bytes>();
    protocol::encode(header, *bytes);
    bytes->resize(protocol::kObjectHeaderBytes + payload);
    link->send_object({.object = std::move(bytes),
                       .lane = protocol::Lane::kAudio,
                       .deadline = base::TimePoint::max(),
                       .stream = header.track});
    link->flush();
  }

  // The messages of one kind, in order.
  std::vector<vistime::v1::ServerMessage> all(vistime::v1::ServerMessage::BodyCase body) const {
    std::vector<vistime::v1::ServerMessage> found;
    std::ranges::copy_if(messages, std::back_inserter(found),
                         [&](const auto& m) { return m.body_case() == body; });
    return found;
  }
  std::optional<vistime::v1::ServerMessage> last(vistime::v1::ServerMessage::BodyCase body) const {
    auto found = all(body);
    return found.empty() ? std::nullopt : std::optional(found.back());
  }
  // The answer's code; "none" when there is none.
  std::string answer(std::uint32_t request) const {
    for (const auto& message : messages) {
      if (message.has_answer() && message.answer().request() == request) return message.answer().code();
    }
    return "none";
  }
  std::string refusal() const { return reply.refusal().code(); }
  std::uint32_t number() const {
    for (const auto& message : messages) {
      if (!message.has_snapshot()) continue;
      for (const auto& each : message.snapshot().participants()) {
        if (each.id() == message.snapshot().you()) return each.number();
      }
    }
    return 0;
  }
  std::uint32_t track(std::uint8_t index) const { return protocol::track_id(number(), index); }
  std::size_t objects_of(std::uint32_t track) const {
    return static_cast<std::size_t>(std::ranges::count(objects, track, &protocol::ObjectHeader::track));
  }

  std::string name;
  std::shared_ptr<Wire> wire;
  std::unique_ptr<transport::Link> link;
  vistime::v1::HelloReply reply;
  std::string link_id, link_key;
  std::vector<vistime::v1::ServerMessage> messages;
  std::vector<protocol::ObjectHeader> objects;
  std::optional<std::string> ended;  // the code of Close
  std::uint32_t last_request = 0;

 private:
  void on_control(base::BytesView message) override {
    messages.emplace_back();
    messages.back().ParseFromArray(message.data(), static_cast<int>(message.size()));
  }
  void on_object(protocol::Lane /*lane*/, base::BytesView object) override {
    objects.push_back(protocol::decode_object_header(object).value());
  }
  void on_detached(const base::Error& /*why*/) override {}
  void on_ended(const base::Error& why) override { ended = why.code; }

  const base::Clock& clock_;
};

class RoomHarness {
 public:
  explicit RoomHarness(RoomLimits room_limits = {}) : limits(room_limits) {
    record.id = "room234567";
    record.name = "Tuesday";
    open();
  }

  void open() {
    store.save_room(record);
    start({.room = record, .participants = {}, .bans = {}});
  }
  void start(StoredRoom stored) {
    gather_due = false;
    room = std::make_unique<Room>(RoomEnvironment{clock, limits, store, [this] { gather_due = true; }},
                                  std::move(stored));
  }
  // As after kill -9: connections are gone, and what the store has is all there is.
  void restart() {
    store.complete();
    for (auto& [name, client] : clients) {
      client->wire->cut = true;
      client->wire->tell_closed(1, base::ErrorKind::kUnreachable);
    }
    room.reset();
    start(store.load(record.id));
  }

  RoomGrant grant(const std::string& name, RoomRole role = RoomRole::kGuest) const {
    RoomGrant grant;
    grant.room = record.id;
    grant.participant = "id-" + name;
    grant.name = name;
    grant.device = "device-" + name;
    grant.role = role;
    return grant;
  }
  Client& knock(const RoomGrant& grant) {
    auto& client = clients[grant.name];
    if (!client) client = std::make_unique<Client>(clock, grant.name);
    const auto wire = std::make_shared<Wire>();
    room->join(std::make_unique<WireEnd>(wire, 0), grant);
    client->greet(wire);
    settle();
    return *client;
  }
  Client& join(const std::string& name, RoomRole role = RoomRole::kGuest) { return knock(grant(name, role)); }
  void resume(Client& client) {
    const auto wire = std::make_shared<Wire>();
    vistime::v1::Resume resume;
    resume.set_link_id(client.link_id);
    resume.set_link_key(client.link_key);
    resume.set_received(client.link ? client.link->received() : 0);
    room->resume(std::make_unique<WireEnd>(wire, 0), resume);
    client.greet(wire);
  }
  // Both sides notice.
  void cut(Client& client) {
    client.wire->cut = true;
    client.wire->tell_closed(0, base::ErrorKind::kUnreachable);
    client.wire->tell_closed(1, base::ErrorKind::kUnreachable);
  }

  // One message over one wire; false when nothing moves any more.
  bool step() {
    if (gather_due) {
      gather_due = false;
      room->gather_expired();
      return true;
    }
    for (auto& [name, client] : clients) {
      if (!client->wire) continue;
      const auto wire = client->wire;
      if (wire->deliver_one(0) || wire->deliver_one(1)) return true;
    }
    return false;
  }
  void settle() {
    do {
      store.complete();
      for (int steps = 0; steps < 100'000 && step(); ++steps) {
      }
      store.complete();
    } while (gather_due);
  }
  // Time passes in ticks; everybody keeps their links alive.
  void pass(base::Duration time) {
    for (; time.count() > 0; time -= kTickInterval) {
      clock.advance(std::min(time, kTickInterval));
      for (auto& [name, client] : clients) {
        if (client->link) client->link->tick();
      }
      room->tick();
      settle();
    }
  }

  std::uint32_t publish(Client& client, std::uint8_t index, vistime::v1::TrackKind kind, int layers = 0) {
    const std::uint32_t request = client.ask([&](vistime::v1::ClientMessage& m) {
      auto& publish = *m.mutable_publish();
      publish.set_index(index);
      publish.set_kind(kind);
      publish.set_codec(layers > 0 ? vistime::v1::CODEC_VP8 : vistime::v1::CODEC_OPUS);
      if (layers == 0) publish.set_channels(1);
      for (int i = 0; i < layers; ++i) {
        auto& layer = *publish.add_layers();
        layer.set_spatial(static_cast<std::uint32_t>(i));
        layer.set_width(320U << i);
        layer.set_height(180U << i);
      }
    });
    settle();
    return request;
  }
  void subscribe(Client& client, bool microphones, const std::vector<std::uint32_t>& tracks = {},
                 std::uint32_t max_spatial = 2) {
    client.ask([&](vistime::v1::ClientMessage& m) {
      m.mutable_set_subscriptions()->set_microphones(microphones);
      for (const std::uint32_t track : tracks) {
        auto& wish = *m.mutable_set_subscriptions()->add_tracks();
        wish.set_track(track);
        wish.set_max_spatial(max_spatial);
      }
    });
    settle();
  }
  void speak(Client& client, std::uint8_t level = 20, std::uint8_t index = 0) {
    client.send_object(
        {.track = client.track(index), .sequence = ++sequence, .voice = true, .audio_level = level});
  }
  void picture(Client& client, std::uint8_t index, std::uint8_t spatial, bool keyframe,
               std::size_t bytes = 800) {
    client.send_object(
        {.track = client.track(index), .sequence = ++sequence, .keyframe = keyframe, .spatial = spatial},
        bytes);
  }
  // Settles and gives the answer's code.
  template <typename Fill>
  std::string ask(Client& client, Fill fill) {
    const std::uint32_t request = client.ask(fill);
    settle();
    return client.answer(request);
  }
  std::string chat(Client& client, const std::string& id, const std::string& to = {}) {
    return ask(client, [&](vistime::v1::ClientMessage& m) {
      m.mutable_send_chat()->set_id((id + std::string(16, '.')).substr(0, 16));
      m.mutable_send_chat()->set_sealed("sealed " + id);
      m.mutable_send_chat()->set_to(to);
    });
  }

  base::ManualClock clock;
  RoomLimits limits;
  MemoryStore store;
  RoomRecord record;
  bool gather_due = false;
  std::uint32_t sequence = 0;
  std::unique_ptr<Room> room;
  std::map<std::string, std::unique_ptr<Client>> clients;
};

}  // namespace vistime::server::conference
