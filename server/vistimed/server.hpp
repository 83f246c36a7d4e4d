// Puts the roles together: opens the data, binds the ports, gives each listener the routes of its role, and takes it
// all down again in order.
#pragma once

#include <prometheus/registry.h>

#include <functional>
#include <memory>
#include <vector>

#include "base/clock.hpp"
#include "server/common/certificates.hpp"
#include "server/common/conference_control.hpp"
#include "server/common/data_folder.hpp"
#include "server/common/http_client.hpp"
#include "server/common/http_metrics.hpp"
#include "server/common/listener.hpp"
#include "server/common/settings.hpp"
#include "server/common/tokens.hpp"
#include "server/conference/conference_role.hpp"
#include "server/edge/help_library.hpp"
#include "server/edge/network_watch.hpp"
#include "server/edge/web_files.hpp"
#include "server/master/master_role.hpp"

namespace vistime::server {

// As bound; 0 where the role is not here.
struct Ports {
  std::uint16_t https = 0, http = 0, master = 0, conference = 0, loopback = 0;
};

// Which certificate the settings mean; makes one when none is given. Tells `made` when that happened.
base::Result<CertificateFiles> prepare_certificates(const Settings& settings,
                                                    const std::filesystem::path& data,
                                                    const base::Clock& clock, bool& made);

class Server {
 public:
  // Serves when it returns. The clock outlives it. All calls come from one thread.
  static base::Result<std::unique_ptr<Server>> start(Settings settings, const base::Clock& clock);
  ~Server();

  Ports ports() const { return ports_; }
  const CertificateFiles& certificate() const { return certificates_->files(); }
  bool certificate_made() const { return certificate_made_; }
  // Every few seconds: takes a changed certificate, renews our own.
  void check_certificates(bool force);
  // Takes nobody new, tells the rooms; `done` is called once, on another thread.
  void drain(std::function<void()> done);

 private:
  Server(Settings settings, const base::Clock& clock, DataFolder data);
  base::Result<void> open_certificates();
  base::Result<void> open_listeners();
  base::Result<void> open_loopback();
  base::Result<Listener*> listen(std::string name, std::uint64_t port, bool tls);
  base::Result<void> open_tokens();
  base::Result<void> open_roles();
  base::Result<std::shared_ptr<const HttpClient>> upstream(const std::string& url) const;
  base::Result<void> make_routes();
  base::Result<void> make_edge_routes();
  edge::NetworkFacts network_facts() const;
  base::Result<std::shared_ptr<const edge::WebFiles>> load_web_client() const;
  base::Result<std::shared_ptr<const edge::HelpLibrary>> load_help() const;
  void start_listeners();
  bool ready() const;

  const Settings settings_;
  const base::Clock& clock_;
  DataFolder data_;
  prometheus::Registry registry_;
  HttpMetrics metrics_;
  Workers workers_;  // outlives all that runs on it; stopped first
  bool certificate_made_ = false;
  base::WallTime renewal_checked_;
  std::unique_ptr<CertificateSource> certificates_;
  std::unique_ptr<TokenSigner> signer_;
  std::shared_ptr<const TokenVerifier> verifier_;
  std::unique_ptr<conference::ConferenceRole> conference_;
  std::unique_ptr<ConferenceControl> remote_conference_;
  std::unique_ptr<master::MasterRole> master_;
  std::shared_ptr<edge::NetworkWatch> network_;
  struct Entrance {
    Router router;
    std::unique_ptr<Listener> listener;
  };
  Entrance https_, http_, master_entrance_, conference_entrance_;
  std::unique_ptr<Listener> loopback_;  // serves https_.router
  std::shared_ptr<ConnectionLimits> limits_;
  Ports ports_;
  std::atomic<bool> serving_ = false;
};

}  // namespace vistime::server
