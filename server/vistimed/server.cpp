#include "server/vistimed/server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "server/common/logging.hpp"
#include "server/common/status.hpp"
#include "server/edge/edge_role.hpp"
#include "server/edge/help_routes.hpp"
#include "server/edge/network_probe.hpp"
#include "server/edge/network_routes.hpp"
#include "server/edge/page_shell.hpp"
#include "server/master/remote_conference.hpp"
#include "server/master/sqlite_rooms.hpp"

namespace vistime::server {

using base::ErrorKind;
using base::fail;
using base::Result;

namespace {

constexpr auto kRenewalCheck = std::chrono::hours(24);

ConnectionLimitSettings limits_of(const Settings& settings) {
  return {settings.max_connections, settings.max_connections_per_address, settings.max_handshakes};
}

std::uint16_t port_or(std::uint16_t bound, std::uint64_t configured) {
  return bound != 0 ? bound : static_cast<std::uint16_t>(configured);
}

}  // namespace

Result<CertificateFiles> prepare_certificates(const Settings& settings, const std::filesystem::path& data,
                                              const base::Clock& clock, bool& made) {
  if (!settings.tls_cert.empty()) return CertificateFiles{settings.tls_cert, settings.tls_key, {}};
  auto ensured = ensure_certificates(data / "tls", settings.host_names, clock.wall());
  if (!ensured) return std::unexpected(std::move(ensured).error());
  made = *ensured;
  return certificate_files(data / "tls");
}

Server::Server(Settings settings, const base::Clock& clock, DataFolder data)
    : settings_(std::move(settings)),
      clock_(clock),
      data_(std::move(data)),
      metrics_(registry_),
      workers_(settings_.workers),
      renewal_checked_(clock.wall()),
      limits_(std::make_shared<ConnectionLimits>(limits_of(settings_))) {}

Server::~Server() { workers_.stop(); }

Result<std::unique_ptr<Server>> Server::start(Settings settings, const base::Clock& clock) {
  auto data = DataFolder::open(settings.data);
  if (!data) return std::unexpected(std::move(data).error());
  std::unique_ptr<Server> server(new Server(std::move(settings), clock, std::move(*data)));
  using Step = Result<void> (Server::*)();
  for (const Step step : {&Server::open_certificates, &Server::open_listeners, &Server::open_tokens,
                          &Server::open_roles, &Server::make_routes}) {
    if (auto done = (server.get()->*step)(); !done) return std::unexpected(std::move(done).error());
  }
  server->start_listeners();
  return server;
}

Result<void> Server::open_certificates() {
  auto files = prepare_certificates(settings_, data_.path(), clock_, certificate_made_);
  if (!files) return std::unexpected(std::move(files).error());
  auto source = CertificateSource::open(std::move(*files));
  if (!source) return std::unexpected(std::move(source).error());
  certificates_ = std::move(*source);
  return {};
}

Result<void> Server::open_listeners() {
  struct Row {
    const char* name;
    const char* role;
    std::uint64_t port;
    bool tls;
    Entrance& entrance;
    std::uint16_t& bound;
  };
  const Row rows[] = {
      {"https", "edge", settings_.https_port, true, https_, ports_.https},
      {"http", "edge", settings_.http_port, false, http_, ports_.http},
      {"master", "master", settings_.master_port, true, master_entrance_, ports_.master},
      {"conference", "conference", settings_.conference_port, true, conference_entrance_, ports_.conference}};
  for (const Row& row : rows) {
    if (!settings_.has_role(row.role)) continue;
    ListenerSettings with{row.name, fmt::format("--{}-port", row.name), settings_.bind,
                          static_cast<std::uint16_t>(row.port), settings_.proxy_protocol};
    auto listener =
        Listener::open(workers_, std::move(with), limits_, row.tls ? certificates_.get() : nullptr);
    if (!listener) return std::unexpected(std::move(listener).error());
    row.bound = (*listener)->port();
    row.entrance.listener = std::move(*listener);
    log_info("listening",
             {{"listener", row.name}, {"bind", settings_.bind}, {"port", std::to_string(row.bound)}});
  }
  return open_loopback();
}

// Browsers trust the machine they run on without a certificate.
Result<void> Server::open_loopback() {
  if (settings_.loopback_port == 0 || !settings_.has_role("edge")) return {};
  ListenerSettings with{"loopback", "--loopback-port", "127.0.0.1",
                        static_cast<std::uint16_t>(settings_.loopback_port), false};
  auto listener = Listener::open(workers_, std::move(with), limits_, nullptr);
  if (!listener) return std::unexpected(std::move(listener).error());
  ports_.loopback = (*listener)->port();
  loopback_ = std::move(*listener);
  log_info("listening",
           {{"listener", "loopback"}, {"bind", "127.0.0.1"}, {"port", std::to_string(ports_.loopback)}});
  return {};
}

Result<void> Server::open_tokens() {
  if (settings_.has_role("master")) {
    auto seed = data_.token_seed();
    if (!seed) return std::unexpected(std::move(seed).error());
    signer_ = std::make_unique<TokenSigner>(*seed);
  }
  if (!settings_.has_role("conference")) return {};
  std::string keys = signer_ ? signer_->key_set() : "";
  if (!settings_.token_keys.empty()) {
    auto text = read_small_file(settings_.token_keys);
    if (!text) return base::within("token-keys", std::move(text).error());
    keys = std::move(*text);
  }
  auto verifier = TokenVerifier::from_key_set(keys);
  if (!verifier) return base::within(settings_.token_keys, std::move(verifier).error());
  verifier_ = std::make_shared<const TokenVerifier>(std::move(*verifier));
  return {};
}

Result<std::shared_ptr<const HttpClient>> Server::upstream(const std::string& url) const {
  const auto origin = parse_origin(url);
  if (!origin) return fail(ErrorKind::kInvalid, "{} is no address of a server", url);
  auto tls = transport::make_client_tls(settings_.upstream_ca_file);
  if (!tls) return std::unexpected(std::move(tls).error());
  return std::make_shared<const HttpClient>(*origin, std::move(*tls));
}

Result<void> Server::open_roles() {
  if (settings_.has_role("conference")) {
    conference::ConferenceSettings with;
    with.data = data_.path();
    with.max_rooms = static_cast<std::uint32_t>(settings_.max_rooms);
    with.max_participants_per_room = static_cast<std::uint32_t>(settings_.max_participants);
    auto role = conference::ConferenceRole::open(workers_, clock_, verifier_, std::move(with), registry_);
    if (!role) return std::unexpected(std::move(role).error());
    conference_ = std::move(*role);
  }
  if (!settings_.has_role("master")) return {};
  if (!conference_) {
    auto client = upstream(settings_.conference_at);
    if (!client) return std::unexpected(std::move(client).error());
    remote_conference_ = std::make_unique<master::RemoteConference>(**client, *signer_, clock_);
  }
  auto rooms = master::SqliteRooms::open(data_.path() / "master.db");
  if (!rooms) return std::unexpected(std::move(rooms).error());
  master::MasterSettings with;
  with.max_rooms = settings_.max_rooms;
  with.rooms_per_hour = settings_.max_rooms_per_hour;
  with.joins_per_minute = settings_.max_joins_per_minute;
  with.max_participants = static_cast<std::uint32_t>(settings_.max_participants);
  with.room_days = settings_.room_days;
  with.https_port = port_or(ports_.https, settings_.https_port);
  with.conference_port = port_or(ports_.conference, settings_.conference_port);
  ConferenceControl& control =
      conference_ ? static_cast<ConferenceControl&>(*conference_) : *remote_conference_;
  master_ = std::make_unique<master::MasterRole>(workers_, clock_, std::move(*rooms), *signer_, control, with,
                                                 registry_);
  return {};
}

Result<void> Server::make_routes() {
  auto allowed = Networks::parse(settings_.metrics_allow);
  if (!allowed) return std::unexpected(std::move(allowed).error());
  for (Entrance* entrance : {&https_, &master_entrance_, &conference_entrance_}) {
    register_status_routes(entrance->router, {[this] { return ready(); }, &registry_, *allowed});
  }
  if (master_) {
    master_->register_routes(https_.router);
    master_->register_routes(master_entrance_.router);
  }
  if (conference_) {
    conference_->register_routes(https_.router);
    conference_->register_routes(conference_entrance_.router);
  }
  if (!settings_.has_role("edge")) return {};
  return make_edge_routes();
}

Result<void> Server::make_edge_routes() {
  auto web_client = load_web_client();
  if (!web_client) return std::unexpected(std::move(web_client).error());
  edge::register_pages(https_.router, *web_client);
  edge::register_redirect(http_.router, ports_.https);
  edge::register_static_files(https_.router, std::move(*web_client));
  auto help = load_help();
  if (!help) return std::unexpected(std::move(help).error());
  edge::register_help(https_.router, std::move(*help));
  network_ = std::make_shared<edge::NetworkWatch>(network_facts(), data_.path() / "network.json", clock_);
  // Before the lists of /network/*.
  edge::register_probes(https_.router, registry_);
  edge::register_network(https_.router, network_);
  // The page's check asks them from a page of port 443.
  for (Entrance* entrance : {&master_entrance_, &conference_entrance_})
    edge::register_reach(entrance->router);
  if (!master_) {
    auto client = upstream(settings_.master_at);
    if (!client) return std::unexpected(std::move(client).error());
    edge::relay_master(https_.router, std::move(*client));
  }
  if (!conference_) {
    auto client = upstream(settings_.conference_at);
    if (!client) return std::unexpected(std::move(client).error());
    edge::relay_conference(https_.router, std::move(*client));
  }
  return {};
}

edge::NetworkFacts Server::network_facts() const {
  edge::NetworkFacts facts;
  facts.names = settings_.host_names;
  // Its first is the host's own name.
  if (facts.names.empty()) facts.names = {names_for_certificate({}).front()};
  facts.public_addresses = settings_.public_addresses;
  facts.bind = settings_.bind;
  const auto file = static_cast<std::uint16_t>(settings_.file_port);
  facts.ports = {
      {ports_.https, false, site::PortPurpose::kEverything, true},
      {ports_.http, false, site::PortPurpose::kRedirect, false},
      {port_or(ports_.master, settings_.master_port), false, site::PortPurpose::kMaster, false,
       ports_.master != 0},
      {port_or(ports_.conference, settings_.conference_port), false, site::PortPurpose::kConference, false,
       ports_.conference != 0},
      {file, false, site::PortPurpose::kFiles, false, false},
      {ports_.https, true, site::PortPurpose::kMedia, false, false},
  };
  return facts;
}

// Nothing where none is installed: the page at a meeting's link then tells how to join from a terminal.
Result<std::shared_ptr<const edge::WebFiles>> Server::load_web_client() const {
  std::filesystem::path folder = settings_.web_dir;
  if (folder.empty()) folder = edge::web_files_beside_program();
  if (folder.empty()) {
    log_info("no web client is installed", {{"remedy", "--web-dir names its folder"}});
    return nullptr;
  }
  return edge::WebFiles::load(folder);
}

// Nothing where none is installed: the help then says so.
Result<std::shared_ptr<const edge::HelpLibrary>> Server::load_help() const {
  std::filesystem::path folder = settings_.help_dir;
  if (folder.empty()) folder = edge::help_beside_program();
  if (folder.empty()) {
    log_info("no help is installed", {{"remedy", "--help-dir names the folder of its articles"}});
    return nullptr;
  }
  auto library = edge::HelpLibrary::load(folder);
  if (!library) return base::within("help-dir", std::move(library).error());
  return library;
}

void Server::start_listeners() {
  workers_.start();
  if (master_) master_->start();
  const Networks trusted = Networks::parse(settings_.trusted_proxies).value_or(Networks());
  HttpLimits limits;
  limits.body_bytes = settings_.max_body_bytes;
  for (Entrance* entrance : {&https_, &http_, &master_entrance_, &conference_entrance_}) {
    if (entrance->listener) entrance->listener->start({&entrance->router, &metrics_, trusted, limits});
  }
  if (loopback_) loopback_->start({&https_.router, &metrics_, trusted, limits});
  serving_ = true;
}

bool Server::ready() const {
  return serving_ && (!master_ || master_->ready()) && (!conference_ || conference_->ready());
}

void Server::check_certificates(bool force) {
  if (!certificate().ca.empty() && (force || clock_.wall() - renewal_checked_ >= kRenewalCheck)) {
    renewal_checked_ = clock_.wall();
    auto renewed = ensure_certificates(data_.path() / "tls", settings_.host_names, clock_.wall());
    if (!renewed) log_error("cannot renew the certificate", {{"error", renewed.error().message}});
  }
  auto changed = certificates_->check(force);
  if (!changed) {
    log_error("the new certificate is not usable; the old one stays", {{"error", changed.error().message}});
  } else if (*changed) {
    log_info("new certificate in use", {{"file", certificate().certificate.string()}});
  }
}

void Server::drain(std::function<void()> done) {
  serving_ = false;
  if (master_) master_->drain();
  auto run = [](conference::ConferenceRole* role, std::chrono::seconds limit) -> Task<void> {
    if (role != nullptr) co_await role->drain(limit);
  };
  const std::chrono::seconds limit(settings_.drain_seconds);
  asio::co_spawn(workers_.next(), run(conference_.get(), limit),
                 [done = std::move(done)](const std::exception_ptr&) { done(); });
}

}  // namespace vistime::server
