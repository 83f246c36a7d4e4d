// Who is in the room and who waits for it, in the order in which they came. On the room's executor.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "server/conference/participant.hpp"

namespace vistime::server::conference {

class Roster {
 public:
  using List = std::vector<std::unique_ptr<Participant>>;

  Participant& add(std::unique_ptr<Participant> participant);
  // Out of the room; the caller frees it when nothing refers to it any more.
  std::unique_ptr<Participant> take(const Participant& participant);

  Participant* find(std::string_view id) const;
  // Not those who wait.
  Participant* find_admitted(std::string_view id) const;
  Participant* find_number(std::uint32_t number) const;
  // Every link is compared, each in a time that does not tell how much of it matched.
  Participant* find_link(base::BytesView link_id, base::BytesView key_hash) const;
  // The same with what was valid before the server's restart.
  Participant* find_link_before_restart(base::BytesView link_id, base::BytesView key_hash) const;

  const List& all() const { return list_; }
  bool empty() const { return list_.empty(); }
  std::size_t admitted() const;
  std::size_t waiting() const { return list_.size() - admitted(); }

 private:
  List list_;
};

}  // namespace vistime::server::conference
