#include "transport/tls_context.hpp"

#include <openssl/err.h>

namespace vistime::transport {
namespace {

std::string reason() {
  const char* text = ERR_reason_error_string(ERR_peek_error());
  const std::string copy = text != nullptr ? text : "unknown";
  ERR_clear_error();
  return copy;
}

base::Result<TlsContext> make_context(const SSL_METHOD* method) {
  TlsContext context(SSL_CTX_new(method), SslContextDeleter());
  if (!context) return base::fail(base::ErrorKind::kInternal, "OpenSSL: {}", reason());
  SSL_CTX* raw = context.get();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_mode(
      raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  // One system call for a record instead of one for its head and one for its body.
  SSL_CTX_set_read_ahead(raw, 1);
  // AES-128 first: half the rounds for the same practical strength; most traffic is sealed end to end besides.
  SSL_CTX_set_ciphersuites(raw, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256");
  return context;
}

}  // namespace

base::Result<TlsContext> make_client_tls(const std::string& ca_file) {
  auto context = make_context(TLS_client_method());
  if (!context) return context;
  SSL_CTX_set_verify(context->get(), SSL_VERIFY_PEER, nullptr);
  if (SSL_CTX_set_default_verify_paths(context->get()) != 1) {
    return base::fail(base::ErrorKind::kInternal, "the system's certificates cannot be read: {}", reason());
  }
  if (!ca_file.empty() && SSL_CTX_load_verify_file(context->get(), ca_file.c_str()) != 1) {
    return base::fail_as(base::ErrorKind::kInvalid, "ca-file", "{} holds no readable certificate (PEM): {}",
                         ca_file, reason());
  }
  return context;
}

base::Result<TlsContext> make_server_tls(const std::string& certificate_file, const std::string& key_file) {
  auto context = make_context(TLS_server_method());
  if (!context) return context;
  SSL_CTX* raw = context->get();
  SSL_CTX_set_options(raw, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  // No tickets and no cache: a meeting makes one connection and keeps it; both would cost memory for each.
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(raw, 0);
  SSL_CTX_set_options(raw, SSL_OP_NO_TICKET);
  if (SSL_CTX_use_certificate_chain_file(raw, certificate_file.c_str()) != 1) {
    return base::fail_as(base::ErrorKind::kInvalid, "certificate",
                         "{} is no readable certificate chain (PEM): {}", certificate_file, reason());
  }
  if (SSL_CTX_use_PrivateKey_file(raw, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return base::fail_as(base::ErrorKind::kInvalid, "certificate", "{} is no readable private key (PEM): {}",
                         key_file, reason());
  }
  if (SSL_CTX_check_private_key(raw) != 1) {
    return base::fail_as(base::ErrorKind::kInvalid, "certificate",
                         "the key {} does not belong to the certificate {}", key_file, certificate_file);
  }
  SSL_CTX_set_alpn_select_cb(
      raw,
      [](SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
         unsigned int in_size, void*) {
        static constexpr unsigned char kHttp11[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
        unsigned char* chosen = nullptr;
        if (SSL_select_next_proto(&chosen, out_size, kHttp11, sizeof kHttp11, in, in_size) !=
            OPENSSL_NPN_NEGOTIATED) {
          return SSL_TLSEXT_ERR_NOACK;
        }
        *out = chosen;
        return SSL_TLSEXT_ERR_OK;
      },
      nullptr);
  return context;
}

}  // namespace vistime::transport
