#include "client/core/master_api.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace vistime::client {

template <typename T, typename Call>
base::Result<T> MasterApi::run(Call call) {
  boost::asio::io_context context(1);  // outlives the connector, whose threads answer on it
  auto connector = transport::reach::Connector::create(ca_file_);
  if (!connector) return std::unexpected(connector.error());
  MasterClient client(**connector, settings_);
  base::Result<T> result = base::fail(base::ErrorKind::kInternal, "the call was not made");
  boost::asio::co_spawn(context.get_executor(), call(client),
                        [&](std::exception_ptr stray, base::Result<T> answer) {
                          if (stray) {
                            result = base::fail_as(base::ErrorKind::kUnreachable, "unreachable",
                                                   "the network failed in an unforeseen way");
                          } else {
                            result = std::move(answer);
                          }
                          context.stop();  // whoever lost the race need not be awaited
                        });
  context.run();
  return result;
}

base::Result<CreatedRoom> MasterApi::create_room(const NewRoom& room) {
  return run<CreatedRoom>([&](MasterClient& client) { return client.create_room(room); });
}

base::Result<RoomInfo> MasterApi::room_info(const std::string& room) {
  return run<RoomInfo>([&](MasterClient& client) { return client.room_info(room); });
}

base::Result<JoinGrant> MasterApi::join(const std::string& room, const JoinRequest& request) {
  return run<JoinGrant>([&](MasterClient& client) { return client.join(room, request); });
}

base::Result<void> MasterApi::close_room(const std::string& room, const std::string& host_key) {
  return run<void>([&](MasterClient& client) { return client.close_room(room, host_key); });
}

}  // namespace vistime::client
