#include "server/vistimed/commands.hpp"

#include <cstdio>

#include "server/common/certificates.hpp"
#include "server/common/data_folder.hpp"
#include "server/common/tokens.hpp"
#include "server/vistimed/server.hpp"

namespace vistime::server {
namespace {

ExitCode complain(const base::Error& error) {
  std::fprintf(stderr, "vistimed: %s\n", error.message.c_str());
  return exit_code_of(error);
}

base::Result<void> check_files(const Settings& settings) {
  if (!settings.tls_cert.empty()) {
    auto source = CertificateSource::open({settings.tls_cert, settings.tls_key, {}});
    if (!source) return std::unexpected(std::move(source).error());
  }
  if (!settings.upstream_ca_file.empty()) {
    auto context = transport::make_client_tls(settings.upstream_ca_file);
    if (!context) return base::within("upstream-ca-file", std::move(context).error());
  }
  if (!settings.token_keys.empty()) {
    auto text = read_small_file(settings.token_keys);
    if (!text) return base::within("token-keys", std::move(text).error());
    auto verifier = TokenVerifier::from_key_set(*text);
    if (!verifier) return base::within("token-keys: " + settings.token_keys, std::move(verifier).error());
  }
  return {};
}

}  // namespace

ExitCode check_config(const Settings& settings) {
  if (auto checked = check_files(settings); !checked) {
    std::ignore = complain(checked.error());
    return kExitConfiguration;
  }
  std::puts("the settings are right");
  return kExitOk;
}

ExitCode print_token_keys(const Settings& settings) {
  // The folder's lock is the running server's; the key never changes once made.
  auto seed = existing_token_seed(settings.data);
  if (!seed && seed.error().kind == base::ErrorKind::kNotFound) {
    auto data = DataFolder::open(settings.data);
    if (!data) return complain(data.error());
    seed = data->token_seed();
  }
  if (!seed) return complain(seed.error());
  std::puts(TokenSigner(*seed).key_set().c_str());
  return kExitOk;
}

ExitCode print_certificate(const Settings& settings, const base::Clock& clock) {
  const std::filesystem::path folder(settings.data);
  CertificateFiles files = certificate_files(folder / "tls");
  if (!settings.tls_cert.empty() || !std::filesystem::exists(files.certificate)) {
    bool made = false;
    auto data =
        settings.tls_cert.empty() ? DataFolder::open(folder) : base::Result<DataFolder>(std::unexpect);
    if (settings.tls_cert.empty() && !data) return complain(data.error());
    auto prepared = prepare_certificates(settings, folder, clock, made);
    if (!prepared) return complain(prepared.error());
    files = std::move(*prepared);
  }
  auto facts = certificate_facts(files.certificate);
  if (!facts) return complain(facts.error());
  std::fputs(how_to_trust(files).c_str(), stdout);
  std::printf("The server's certificate is for %s\n  SHA-256 %s\n",
              fmt::format("{}", fmt::join(facts->names, ", ")).c_str(), facts->fingerprint.c_str());
  return kExitOk;
}

}  // namespace vistime::server
