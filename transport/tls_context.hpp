// TLS settings shared by all connections: versions, ciphers, certificates.
#pragma once

#include <string>

#include "transport/stream.hpp"

namespace vistime::transport {

// TLS 1.2 and later; trusts the system's store and, when not empty, the certificates of `ca_file` as well.
base::Result<TlsContext> make_client_tls(const std::string& ca_file);
// TLS 1.2 and later with this chain and key (PEM files). The error names the file and what is wrong with it.
base::Result<TlsContext> make_server_tls(const std::string& certificate_file, const std::string& key_file);

}  // namespace vistime::transport
