#include "transport/stream.hpp"

#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <time.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>

#include "base/bytes.hpp"

namespace vistime::transport {
namespace {

std::string openssl_reason() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  if (code == 0) return "the connection was cut";
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "TLS failed";
}

std::string sha256_of(const X509* certificate) {
  base::Bytes digest(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  if (certificate == nullptr || X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) return {};
  digest.resize(size);
  return base::hex(digest);
}

std::string text_of(const X509_NAME* name, int field) {
  const int at = X509_NAME_get_index_by_NID(name, field, -1);
  if (at < 0) return {};
  unsigned char* text = nullptr;
  const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
  if (size < 0) return {};
  std::string out(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
  OPENSSL_free(text);
  return out;
}

std::string day_of(const std::tm& time) {
  return fmt::format("{:04}-{:02}-{:02}", time.tm_year + 1900, time.tm_mon + 1, time.tm_mday);
}
std::string day_of(const ASN1_TIME* time) {
  std::tm out{};
  return ASN1_TIME_to_tm(time, &out) == 1 ? day_of(out) : "?";
}
std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm out{};
  gmtime_r(&now, &out);
  return day_of(out);
}

// The names that a certificate is for, the first few.
std::string names_of(const X509* certificate) {
  constexpr int kMost = 4;
  auto* names =
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  std::string out;
  for (int i = 0; i < std::min(sk_GENERAL_NAME_num(names), kMost); ++i) {
    int kind = 0;
    const void* value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, i), &kind);
    if (kind != GEN_DNS) continue;
    const auto* text = static_cast<const ASN1_STRING*>(value);
    out += (out.empty() ? "" : ", ") + std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                                                   static_cast<std::size_t>(ASN1_STRING_length(text)));
  }
  GENERAL_NAMES_free(names);
  return out.empty() ? "no name at all" : out;
}

// Why a certificate is not trusted, and who can mend it.
std::string why_refused(const X509* certificate, int error) {
  std::array<char, 256> issuer{};
  X509_NAME_oneline(X509_get_issuer_name(certificate), issuer.data(), static_cast<int>(issuer.size()));
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return fmt::format(
          "it expired on {}; the server's operator must renew it, unless this computer's clock is wrong (it "
          "says {})",
          day_of(X509_get0_notAfter(certificate)), today());
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return fmt::format("it is valid from {} on; set this computer's clock, if it is wrong (it says {})",
                         day_of(X509_get0_notBefore(certificate)), today());
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return fmt::format("it is for {}; check the link, or something else answers in the server's place",
                         names_of(certificate));
    default: return fmt::format("{} (issued by {})", X509_verify_cert_error_string(error), issuer.data());
  }
}

// Notes why a certificate fails: afterwards OpenSSL has forgotten it.
int on_verified(int fine, X509_STORE_CTX* store) {
  if (fine == 1) return fine;
  const auto* ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* why = static_cast<std::string*>(SSL_get_app_data(ssl));
  const X509* certificate = X509_STORE_CTX_get_current_cert(store);
  if (why != nullptr && certificate != nullptr)
    *why = why_refused(certificate, X509_STORE_CTX_get_error(store));
  return fine;
}

}  // namespace

Stream::Stream(Socket socket) : socket_(std::move(socket)) {
  ErrorCode ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(tcp::no_delay(true), ignored);
  writer_ = std::make_unique<SocketWriter>(socket_.native_handle());
}

Stream::Stream(Stream&&) noexcept = default;
Stream::~Stream() = default;

bool Stream::use_context(const TlsContext& context) {
  ssl_.reset(SSL_new(context.get()));
  BIO* bio = ssl_ ? make_bio(*writer_) : nullptr;
  if (bio == nullptr) return false;
  SSL_set_bio(ssl_.get(), bio, bio);
  return true;
}

base::Result<void> Stream::start_tls_server(const TlsContext& context) {
  if (!use_context(context)) {
    return base::fail(base::ErrorKind::kOverloaded, "no memory for a TLS connection: {}", openssl_reason());
  }
  SSL_set_accept_state(ssl_.get());
  return {};
}

base::Result<void> Stream::start_tls_client(const TlsContext& context, const std::string& host) {
  if (!use_context(context)) {
    return base::fail(base::ErrorKind::kOverloaded, "no memory for a TLS connection: {}", openssl_reason());
  }
  SSL_set_connect_state(ssl_.get());
  refused_ = std::make_unique<std::string>();
  SSL_set_app_data(ssl_.get(), refused_.get());
  SSL_set_verify(ssl_.get(), SSL_VERIFY_PEER, on_verified);
  ErrorCode not_an_address;
  (void)asio::ip::make_address(host, not_an_address);
  bool set = false;
  if (!not_an_address) {  // RFC 6066: no SNI for addresses
    set = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), host.c_str()) == 1;
  } else {
    std::string name = host;  // the macro SSL_set_tlsext_host_name, without its cast
    set = SSL_set1_host(ssl_.get(), host.c_str()) == 1 &&
          SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) == 1;
  }
  if (!set) return base::fail(base::ErrorKind::kInvalid, "'{}' is no host name", host);
  return {};
}

bool Stream::refused_certificate() const { return ssl_ && SSL_get_verify_result(ssl_.get()) != X509_V_OK; }

std::string Stream::own_certificate() const {
  return ssl_ && SSL_is_server(ssl_.get()) == 1 ? sha256_of(SSL_get_certificate(ssl_.get())) : std::string();
}

std::optional<PeerCertificate> Stream::peer_certificate() const {
  const X509* certificate = ssl_ ? SSL_get0_peer_certificate(ssl_.get()) : nullptr;
  if (certificate == nullptr) return std::nullopt;
  const X509_NAME* issuer = X509_get_issuer_name(certificate);
  std::string name = text_of(issuer, NID_commonName);
  if (name.empty()) name = text_of(issuer, NID_organizationName);
  return PeerCertificate{.sha256 = sha256_of(certificate), .issuer = std::move(name)};
}

Stream::Step Stream::tls_step(int result) {
  const int system_error = errno;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ: return {{}, 0, Want::kRead};
    case SSL_ERROR_WANT_WRITE: return {{}, 0, Want::kWrite};
    case SSL_ERROR_ZERO_RETURN: return {asio::error::eof, 0, Want::kNothing};
    case SSL_ERROR_SYSCALL: {
      tls_error_ = openssl_reason();
      if (result == 0 || system_error == 0) return {asio::error::connection_reset, 0, Want::kNothing};
      return {ErrorCode(system_error, boost::system::system_category()), 0, Want::kNothing};
    }
    default: break;
  }
  if (SSL_get_verify_result(ssl_.get()) != X509_V_OK) {
    tls_error_ = refused_ && !refused_->empty()
                     ? *refused_
                     : X509_verify_cert_error_string(SSL_get_verify_result(ssl_.get()));
    ERR_clear_error();
  } else {
    tls_error_ = openssl_reason();
  }
  return {asio::error::connection_aborted, 0, Want::kNothing};
}

Stream::Step Stream::try_flush() {
  if (writer_->empty() || writer_->flush()) return {};
  if (writer_->error() == 0) return {{}, 0, Want::kWrite};
  return {ErrorCode(writer_->error(), boost::system::system_category()), 0, Want::kNothing};
}

Stream::Step Stream::try_handshake() {
  if (const Step left = try_flush(); left.error || left.want != Want::kNothing) return left;
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (!writer_->empty()) return {{}, 0, Want::kWrite};
  if (result == 1) return {};
  return tls_step(result);
}

Stream::Step Stream::try_read(void* data, std::size_t size) {
  if (ssl_) {
    ERR_clear_error();
    std::size_t bytes = 0;
    const int result = SSL_read_ex(ssl_.get(), data, size, &bytes);
    if (result == 1) return {{}, bytes, Want::kNothing};
    return tls_step(result);
  }
  ErrorCode error;
  const std::size_t bytes = socket_.receive(asio::buffer(data, size), 0, error);
  if (error == asio::error::would_block) return {{}, 0, Want::kRead};
  return {error, bytes, Want::kNothing};
}

Stream::Step Stream::try_write(const void* data, std::size_t size) {
  if (ssl_) {
    ERR_clear_error();
    std::size_t bytes = 0;
    const int result = SSL_write_ex(ssl_.get(), data, std::min(size, kGather), &bytes);
    if (result == 1) return {{}, bytes, Want::kNothing};
    return tls_step(result);
  }
  const std::size_t bytes = std::min(size, kGather);
  if (writer_->write({static_cast<const std::uint8_t*>(data), bytes})) return {{}, bytes, Want::kNothing};
  return {ErrorCode(writer_->error(), boost::system::system_category()), 0, Want::kNothing};
}

Stream::Written Stream::write_now(base::BytesView bytes) {
  while (!bytes.empty()) {
    const Step step = try_write(bytes.data(), bytes.size());
    if (step.error) return {step.error, false};
    bytes = bytes.subspan(step.bytes);
  }
  return {{}, writer_->empty()};
}

void Stream::shutdown_send() {
  if (ssl_ && SSL_is_init_finished(ssl_.get()) == 1) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
  }
  ErrorCode ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

void Stream::close() {
  ErrorCode ignored;
  socket_.close(ignored);
}

base::Result<Stream> Stream::move_to(Stream stream, const Executor& executor) {
  ErrorCode error;
  const auto endpoint = stream.socket_.local_endpoint(error);
  if (error) return base::fail(base::ErrorKind::kClosed, "the connection is gone: {}", error.message());
  const auto handle = stream.socket_.release(error);
  if (error)
    return base::fail(base::ErrorKind::kClosed, "the connection cannot be moved: {}", error.message());
  Socket socket(executor);
  socket.assign(endpoint.protocol(), handle, error);
  if (error) {
    ::close(handle);
    return base::fail(base::ErrorKind::kClosed, "the connection cannot be moved: {}", error.message());
  }
  Stream moved(std::move(socket));
  moved.writer_ = std::move(stream.writer_);  // the file descriptor stays the same
  moved.ssl_ = std::move(stream.ssl_);
  moved.refused_ = std::move(stream.refused_);
  return moved;
}

void beast_close_socket(Stream& stream) { stream.close(); }

void teardown(boost::beast::role_type, Stream& stream, ErrorCode& error) {
  error = {};
  stream.shutdown_send();
}

}  // namespace vistime::transport
