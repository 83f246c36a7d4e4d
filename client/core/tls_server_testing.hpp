// An HTTPS server for tests: one certificate of its own making for "localhost", one canned answer, one connection after
// the other on a thread.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "base/bytes.hpp"
#include "transport/reach/quiet_pipes.hpp"

namespace vistime::client {

class TlsServerForTest {
 public:
  // The certificate is valid from and until so many seconds from now.
  explicit TlsServerForTest(std::string answer, long from_s = -3600, long until_s = 3600)
      : answer_(std::move(answer)), from_s_(from_s), until_s_(until_s) {
    make_certificate();
    listen_on_any_port();
    thread_ = std::thread([this] { serve(); });
  }
  TlsServerForTest(const TlsServerForTest&) = delete;
  TlsServerForTest& operator=(const TlsServerForTest&) = delete;
  ~TlsServerForTest() {
    stopping_ = true;
    thread_.join();
    ::close(listener_);
    SSL_CTX_free(context_);
    std::filesystem::remove(certificate_file_);
  }

  std::uint16_t port() const { return port_; }
  const std::string& certificate_file() const { return certificate_file_; }
  // The request's head and body, as read; after the client has its answer.
  const std::string& request() const { return request_; }

 private:
  void make_certificate() {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), from_s_);
    X509_gmtime_adj(X509_getm_notAfter(certificate), until_s_);
    X509_set_pubkey(certificate, key);
    X509_NAME* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("Test authority"), -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost");
    X509_add_ext(certificate, names, -1);
    X509_EXTENSION_free(names);
    X509_sign(certificate, key, EVP_sha256());
    certificate_file_ =
        (std::filesystem::temp_directory_path() / ("vistime-test-" + base::random_id(8))).string();
    std::FILE* file = std::fopen(certificate_file_.c_str(), "w");
    PEM_write_X509(file, certificate);
    (void)std::fclose(file);
    context_ = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(context_, certificate);
    SSL_CTX_use_PrivateKey(context_, key);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }

  void listen_on_any_port() {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    (void)::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    (void)::listen(listener_, 4);
    (void)::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }

  void serve() {
    const transport::reach::QuietPipes quiet;  // a client may leave before its answer
    while (!stopping_) {
      pollfd waiting{listener_, POLLIN, 0};
      if (::poll(&waiting, 1, 20) <= 0) continue;
      const int connection = ::accept(listener_, nullptr, nullptr);
      SSL* ssl = SSL_new(context_);
      SSL_set_fd(ssl, connection);
      if (SSL_accept(ssl) == 1) answer(ssl);
      SSL_free(ssl);
      ::close(connection);
    }
  }

  void answer(SSL* ssl) {
    request_.clear();
    std::string part(4096, 0);
    while (!whole(request_)) {
      const int size = SSL_read(ssl, part.data(), static_cast<int>(part.size()));
      if (size <= 0) return;
      request_.append(part.data(), static_cast<std::size_t>(size));
    }
    (void)SSL_write(ssl, answer_.data(), static_cast<int>(answer_.size()));
    SSL_shutdown(ssl);
  }

  static bool whole(const std::string& request) {
    const auto end = request.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    const auto length = request.find("Content-Length: ");
    if (length == std::string::npos || length > end) return true;
    return request.size() >= end + 4 + std::stoul(request.substr(length + 16));
  }

  std::string answer_;
  const long from_s_, until_s_;
  std::string certificate_file_;
  SSL_CTX* context_ = nullptr;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::string request_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

inline std::string http_answer(const std::string& status, const std::string& body,
                               const std::string& headers = {}) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers +
         "Content-Type: application/json\r\nConnection: close\r\n\r\n" + body;
}

}  // namespace vistime::client
