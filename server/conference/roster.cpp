#include "server/conference/roster.hpp"

#include <algorithm>
#include <utility>

namespace vistime::server::conference {
namespace {

bool same(const base::Bytes& id, const base::Bytes& hash, base::BytesView given_id,
          base::BytesView given_hash) {
  const bool same_id = base::equal_in_constant_time(id, given_id);
  const bool same_hash = base::equal_in_constant_time(hash, given_hash);
  return !id.empty() && same_id && same_hash;
}

}  // namespace

Participant& Roster::add(std::unique_ptr<Participant> participant) {
  list_.push_back(std::move(participant));
  return *list_.back();
}

std::unique_ptr<Participant> Roster::take(const Participant& participant) {
  const auto found =
      std::ranges::find_if(list_, [&](const auto& each) { return each.get() == &participant; });
  if (found == list_.end()) return nullptr;
  std::unique_ptr<Participant> taken = std::move(*found);
  list_.erase(found);
  return taken;
}

Participant* Roster::find(std::string_view id) const {
  const auto found = std::ranges::find_if(list_, [&](const auto& each) { return each->record.id == id; });
  return found == list_.end() ? nullptr : found->get();
}

Participant* Roster::find_admitted(std::string_view id) const {
  Participant* found = find(id);
  return found != nullptr && !found->record.waiting ? found : nullptr;
}

Participant* Roster::find_number(std::uint32_t number) const {
  if (number == 0) return nullptr;
  const auto found =
      std::ranges::find_if(list_, [&](const auto& each) { return each->record.number == number; });
  return found == list_.end() ? nullptr : found->get();
}

Participant* Roster::find_link(base::BytesView link_id, base::BytesView key_hash) const {
  Participant* found = nullptr;
  for (const auto& each : list_) {
    if (same(each->record.link_id, each->record.link_key_hash, link_id, key_hash)) found = each.get();
  }
  return found;
}

Participant* Roster::find_link_before_restart(base::BytesView link_id, base::BytesView key_hash) const {
  Participant* found = nullptr;
  for (const auto& each : list_) {
    const auto& before = each->before_restart;
    if (before && same(before->id, before->key_hash, link_id, key_hash)) found = each.get();
  }
  return found;
}

std::size_t Roster::admitted() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(list_, [](const auto& each) { return !each->record.waiting; }));
}

}  // namespace vistime::server::conference
