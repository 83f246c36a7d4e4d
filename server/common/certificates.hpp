// The certificate that the server shows: its own private CA's, made at the first start, or one that is given.
//
// DATA/tls/ca.pem, ca.key: EC P-256, ten years. A CA that lies there is used, so that several hosts can share one.
// DATA/tls/server.pem, server.key: for the host's names, 397 days, made anew in time.
#pragma once

#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "transport/tls_context.hpp"

namespace vistime::server {

struct CertificateFiles {
  std::filesystem::path certificate;
  std::filesystem::path key;
  std::filesystem::path ca;  // empty: not ours
};

// Makes what is absent, names other hosts, or has fewer than 30 days left. True when something was made.
base::Result<bool> ensure_certificates(const std::filesystem::path& folder,
                                       const std::vector<std::string>& host_names, base::WallTime now);
CertificateFiles certificate_files(const std::filesystem::path& folder);
// The names for which a certificate is made: those given, this host's own, localhost, 127.0.0.1, ::1.
std::vector<std::string> names_for_certificate(const std::vector<std::string>& host_names);

struct CertificateFacts {
  std::string fingerprint;  // SHA-256, "AB:CD:…"
  std::string subject;
  std::vector<std::string> names;
  base::WallTime expires;
};
base::Result<CertificateFacts> certificate_facts(const std::filesystem::path& file);
// Fingerprint and the commands that make Debian, Firefox and vistime trust the CA.
std::string how_to_trust(const CertificateFiles& files);

// Holds the context for new connections. check() is called every few seconds by one thread, current() by all.
class CertificateSource {
 public:
  static base::Result<std::unique_ptr<CertificateSource>> open(CertificateFiles files);
  transport::TlsContext current() const;
  // Loads the files when they have changed, or when forced. An error leaves the old certificate in place and is told
  // once for each change. True when a new one is in use.
  base::Result<bool> check(bool force = false);
  const CertificateFiles& files() const { return files_; }

 private:
  using Stamp = std::pair<std::filesystem::file_time_type, std::filesystem::file_time_type>;
  CertificateSource(CertificateFiles files, transport::TlsContext context, Stamp stamp);
  static Stamp stamp_of(const CertificateFiles& files);

  const CertificateFiles files_;
  Stamp stamp_;
  mutable std::mutex mutex_;  // guards context_
  transport::TlsContext context_;
};

}  // namespace vistime::server
