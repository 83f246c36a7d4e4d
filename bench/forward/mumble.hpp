// mumble-server as the peer: TLS, voice tunnelled through it, as from a client whose UDP is blocked.
#pragma once

#include <filesystem>

#include "load.hpp"
#include "process.hpp"

namespace vistime::bench {

// Starts it in `folder` with the certificate and key given (both servers use the same), and waits until it listens.
base::Result<std::unique_ptr<Meeting>> start_mumble(asio::io_context& context,
                                                    const std::filesystem::path& folder,
                                                    const std::string& certificate, const std::string& key,
                                                    const std::string& ca_file, int cpu);

}  // namespace vistime::bench
