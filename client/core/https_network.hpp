// The real network: master and links by whatever route leads there, over verified TLS.
#pragma once

#include <memory>
#include <string>

#include "client/core/master_client.hpp"
#include "client/core/network.hpp"
#include "transport/reach/connector.hpp"

namespace vistime::client {

struct NetworkSettings {
  Server server = {};
  std::string ca_file = {};                  // trusted beside the system's store; may be empty
  std::vector<Proxy> proxies = {};           // in the order in which they are tried
  OnRoute told = {};                         // called on the executor
  std::shared_ptr<RouteMemory> memory = {};  // may be null
};

class HttpsNetwork final : public Network {
 public:
  // Answers come on `executor`, whose context outlives this. Fails when the CA file cannot be read.
  static base::Result<std::unique_ptr<HttpsNetwork>> create(transport::Executor executor,
                                                            NetworkSettings settings);
  ~HttpsNetwork() override;

  // Also begins to connect to the room, so that the link is open when master has let us in.
  void room_info(const std::string& room, Done<RoomInfo> done) override;
  void join(const std::string& room, const JoinRequest& request, Done<JoinGrant> done) override;
  void connect(const std::string& path, Done<std::unique_ptr<transport::Carrier>> done) override;
  void connect_better(const std::string& path, Done<std::unique_ptr<transport::Carrier>> done) override;
  void was_cut(base::Duration age) override;
  std::optional<base::Duration> longest_session() const override;

 private:
  using CarrierPointer = std::unique_ptr<transport::Carrier>;
  // A link that is being opened, or was; taken by connect() when it is for the same path and still fresh.
  struct Ahead;

  HttpsNetwork(transport::Executor executor, NetworkSettings settings,
               std::unique_ptr<transport::reach::Connector> connector);
  transport::Task<base::Result<CarrierPointer>> open_link(std::string path,
                                                          std::vector<transport::reach::Route> routes);
  static transport::Task<void> open_ahead(HttpsNetwork* self, std::shared_ptr<Ahead> ahead);

  transport::Executor executor_;
  const NetworkSettings settings_;
  std::unique_ptr<transport::reach::Connector> connector_;
  const Ways ways_;
  MasterClient master_;
  std::optional<transport::reach::Route> route_;  // of the last connection
  std::shared_ptr<Ahead> ahead_;
};

}  // namespace vistime::client
