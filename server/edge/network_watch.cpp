#include "server/edge/network_watch.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "server/common/data_folder.hpp"
#include "server/common/logging.hpp"
#include "server/common/networks.hpp"

namespace vistime::server::edge {
namespace {

bool is_unspecified(const std::string& bind) {
  const auto address = parse_address(bind);
  return !address || *address == parse_address("::") || *address == parse_address("0.0.0.0");
}

// Before anything is known: the names and ports, without a version.
site::NetworkRecord provisional(const NetworkFacts& facts) {
  site::NetworkRecord record;
  for (const std::string& name : facts.names) {
    if (!parse_address(name)) record.content.names.push_back(name);
  }
  record.content.ports = facts.ports;
  return record;
}

site::NetworkRecord remembered(const std::filesystem::path& file, const NetworkFacts& facts) {
  auto text = read_small_file(file);
  if (!text) {
    if (text.error().kind != base::ErrorKind::kNotFound)
      log_error("the history of this site's addresses cannot be read", {{"error", text.error().message}});
    return provisional(facts);
  }
  auto record = site::record_from_json(*text);
  if (record) return std::move(*record);
  log_error("the history of this site's addresses is damaged; it begins again",
            {{"file", file.string()}, {"error", record.error().message}});
  return provisional(facts);
}

}  // namespace

site::NetworkRecord look_again(const NetworkFacts& facts, const AddressSources& sources,
                               site::NetworkRecord before, base::WallTime now, bool& complete) {
  site::NetworkContent content;
  std::vector<std::string> literal;
  for (const std::string& name : facts.names) {
    if (parse_address(name))
      literal.push_back(name);
    else
      content.names.push_back(name);
  }
  literal.insert(literal.end(), facts.public_addresses.begin(), facts.public_addresses.end());
  SiteAddresses found = sorted_addresses(literal);
  if (facts.public_addresses.empty() && !content.names.empty()) {
    const SiteAddresses resolved = sources.resolve(content.names);
    for (const auto* family : {&resolved.ipv4, &resolved.ipv6}) {
      literal.insert(literal.end(), family->begin(), family->end());
    }
    found = sorted_addresses(literal);
    found.complete = resolved.complete;
  }
  complete = found.complete;
  if (!found.complete && before.version > 0) {
    found.ipv4 = before.content.ipv4;
    found.ipv6 = before.content.ipv6;
  }
  if (found.empty()) found = is_unspecified(facts.bind) ? sources.own() : sorted_addresses({facts.bind});
  content.ipv4 = std::move(found.ipv4);
  content.ipv6 = std::move(found.ipv6);
  content.ports = facts.ports;
  return site::updated(std::move(before), std::move(content), now);
}

struct NetworkWatch::State : std::enable_shared_from_this<State> {
  State(NetworkFacts with, std::filesystem::path path, const base::Clock& time, AddressSources from)
      : facts(std::move(with)), sources(std::move(from)), file(std::move(path)), clock(time) {}

  const NetworkFacts facts;
  const AddressSources sources;
  const std::filesystem::path file;
  const base::Clock& clock;  // not touched by a look that outlives the watch

  std::mutex file_mutex;  // held while the file is written; taken before `mutex`
  std::mutex mutex;       // guards all that follows; never held for long
  std::condition_variable idle;
  RecordPtr record;
  base::TimePoint stale_at;
  bool known = false;
  bool looking = false;
  bool stopped = false;
  std::map<std::uint64_t, Completion<RecordPtr>> waiting;
  std::uint64_t next_waiter = 0;

  void begin_to_look();
  void look(base::WallTime now);
  void keep(const site::NetworkRecord& found);
  void finish(RecordPtr found, bool complete);
  std::optional<Completion<RecordPtr>> enqueue(std::uint64_t id, Completion<RecordPtr> done);
  void give_up(std::uint64_t id);
  RecordPtr known_record();
};

// Called with the lock held.
void NetworkWatch::State::begin_to_look() {
  if (looking || stopped) return;
  looking = true;
  std::thread([self = shared_from_this(), now = clock.wall()] { self->look(now); }).detach();
}

void NetworkWatch::State::look(base::WallTime now) {
  const RecordPtr before = known_record();
  bool complete = false;
  RecordPtr found = before;
  try {
    found = std::make_shared<const site::NetworkRecord>(look_again(facts, sources, *before, now, complete));
  } catch (const std::exception& error) {
    log_error("cannot find out this site's addresses", {{"error", error.what()}});
  }
  finish(std::move(found), complete);
}

// The disk is waited for without the lock, which event loops take.
void NetworkWatch::State::keep(const site::NetworkRecord& found) {
  const std::lock_guard writing(file_mutex);
  {
    const std::lock_guard lock(mutex);
    if (stopped || found.version == record->version) return;
  }
  if (auto written = write_file_atomically(file, site::to_json(found)); !written)
    log_error("cannot keep the history of this site's addresses", {{"error", written.error().message}});
  else
    log_info("this site's addresses changed", {{"version", std::to_string(found.version)}});
}

void NetworkWatch::State::finish(RecordPtr found, bool complete) {
  keep(*found);
  std::map<std::uint64_t, Completion<RecordPtr>> served;
  {
    const std::lock_guard lock(mutex);
    looking = false;
    idle.notify_all();
    if (stopped) return;
    record = found;
    known = true;
    stale_at = clock.now() + (complete ? base::Duration(kAddressesFresh) : base::Duration(kAddressesRetry));
    served.swap(waiting);
  }
  for (auto& [id, done] : served) done(found);
}

// Gives the waiter back when there is nothing to wait for any more.
std::optional<Completion<RecordPtr>> NetworkWatch::State::enqueue(std::uint64_t id,
                                                                  Completion<RecordPtr> done) {
  const std::lock_guard lock(mutex);
  if (!looking) return done;
  waiting.emplace(id, std::move(done));
  return std::nullopt;
}

void NetworkWatch::State::give_up(std::uint64_t id) {
  Completion<RecordPtr> late;
  RecordPtr known_before;
  {
    const std::lock_guard lock(mutex);
    const auto found = waiting.find(id);
    if (found == waiting.end()) return;
    late = std::move(found->second);
    waiting.erase(found);
    known_before = record;
  }
  late(std::move(known_before));
}

RecordPtr NetworkWatch::State::known_record() {
  const std::lock_guard lock(mutex);
  return record;
}

NetworkWatch::NetworkWatch(NetworkFacts facts, std::filesystem::path file, const base::Clock& clock,
                           AddressSources sources)
    : state_(std::make_shared<State>(std::move(facts), std::move(file), clock, std::move(sources))) {
  const std::lock_guard lock(state_->mutex);
  state_->record = std::make_shared<const site::NetworkRecord>(remembered(state_->file, state_->facts));
  state_->begin_to_look();
}

NetworkWatch::~NetworkWatch() {
  std::map<std::uint64_t, Completion<RecordPtr>> left;
  {
    std::unique_lock lock(state_->mutex);
    state_->idle.wait_for(lock, kAddressPatience, [this] { return !state_->looking; });
    state_->stopped = true;
    left.swap(state_->waiting);
  }
  // The data folder is another process's once the watch is gone.
  const std::lock_guard writing(state_->file_mutex);
  for (auto& [id, done] : left) done(state_->record);
}

Task<RecordPtr> NetworkWatch::current() {
  const auto executor = co_await asio::this_coro::executor;
  const std::shared_ptr<State> state = state_;
  std::uint64_t id = 0;
  {
    const std::lock_guard lock(state->mutex);
    if (state->known && state->clock.now() < state->stale_at) co_return state->record;
    if (state->waiting.size() >= kMaxAddressWaiters) co_return state->record;
    state->begin_to_look();
    id = state->next_waiter++;
  }
  transport::Timer patience(executor);
  auto start = [&state, &patience, id](Completion<RecordPtr> done) {
    if (auto back = state->enqueue(id, std::move(done))) return (*back)(state->known_record());
    patience.expires_after(kAddressPatience);
    patience.async_wait([state, id](transport::ErrorCode error) {
      if (!error) state->give_up(id);
    });
  };
  co_return co_await awaited<RecordPtr>(executor, std::move(start));
}

}  // namespace vistime::server::edge
