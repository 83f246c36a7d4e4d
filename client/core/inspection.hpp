// Does somebody between us and the server read along? A TLS-inspecting proxy shows a certificate of its own making; the
// server says in its answers which one it has shown.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "transport/stream.hpp"

namespace vistime::client {

// What the server puts into its answers: "sha256=HEX", several separated by commas.
inline constexpr std::string_view kCertificateField = "Vistime-Certificate";

// Who issued the certificate in place of the server's own; nothing where it is the server's, or where nothing is said.
std::optional<std::string> inspected_by(const std::optional<transport::PeerCertificate>& shown,
                                        std::string_view said);

}  // namespace vistime::client
