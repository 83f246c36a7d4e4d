// The real network: master by libcurl on a thread of its own, links by WebSocket, both over verified TLS.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <string>

#include "client/core/master_api.hpp"
#include "client/core/network.hpp"
#include "transport/websocket.hpp"

namespace vistime::client {

class HttpsNetwork final : public Network {
 public:
  // Answers come on `executor`. Fails when `ca_file` cannot be read.
  static base::Result<std::unique_ptr<HttpsNetwork>> create(transport::Executor executor, Server server,
                                                            const std::string& ca_file);
  ~HttpsNetwork() override;

  void room_info(const std::string& room, Done<RoomInfo> done) override;
  void join(const std::string& room, const JoinRequest& request, Done<JoinGrant> done) override;
  void connect(const std::string& path, Done<std::unique_ptr<transport::Carrier>> done) override;

 private:
  HttpsNetwork(transport::Executor executor, Server server, const std::string& ca_file,
               transport::TlsContext tls);
  // Runs `call` on the thread and its answer on the executor.
  template <typename T, typename Call>
  void off_thread(Call call, Done<T> done);

  transport::Executor executor_;
  Server server_;
  transport::TlsContext tls_;
  MasterApi master_;
  boost::asio::thread_pool thread_{1};
};

}  // namespace vistime::client
