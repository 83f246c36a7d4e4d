#include "transport/reach/curl_proxy.hpp"

#include <openssl/ssl.h>

namespace vistime::transport::reach {
namespace {

long kind_of(Proxy::Kind kind) {
  switch (kind) {
    case Proxy::Kind::kHttp: return CURLPROXY_HTTP;
    case Proxy::Kind::kHttps: return CURLPROXY_HTTPS;
    case Proxy::Kind::kSocks4a: return CURLPROXY_SOCKS4A;
    case Proxy::Kind::kSocks5: return CURLPROXY_SOCKS5_HOSTNAME;
  }
  return CURLPROXY_HTTP;
}

CURLcode trust_also(CURL*, void* context, void* file) {
  const auto* path = static_cast<const char*>(file);
  return SSL_CTX_load_verify_locations(static_cast<SSL_CTX*>(context), path, nullptr) == 1
             ? CURLE_OK
             : CURLE_SSL_CACERT_BADFILE;
}

}  // namespace

void use_proxy(CURL* curl, const Proxy& proxy, std::string& ca_file) {
  curl_easy_setopt(curl, CURLOPT_PROXYTYPE, kind_of(proxy.kind));
  const bool brackets = proxy.host.find(':') != std::string::npos;
  curl_easy_setopt(curl, CURLOPT_PROXY, (brackets ? "[" + proxy.host + "]" : proxy.host).c_str());
  curl_easy_setopt(curl, CURLOPT_PROXYPORT, static_cast<long>(proxy.port));
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "");  // whoever names a proxy has looked already
  curl_easy_setopt(curl, CURLOPT_PROXY_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!ca_file.empty()) {
    curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, &trust_also);
    curl_easy_setopt(curl, CURLOPT_SSL_CTX_DATA, ca_file.data());
  }
  if (!proxy.user.empty()) {
    curl_easy_setopt(curl, CURLOPT_PROXYUSERNAME, proxy.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PROXYPASSWORD, proxy.password.c_str());
    // libcurl takes the strongest that the proxy offers; a password goes out in the clear only where nothing else is.
    curl_easy_setopt(curl, CURLOPT_PROXYAUTH,
                     static_cast<long>(CURLAUTH_BASIC | CURLAUTH_DIGEST | CURLAUTH_NTLM));
  } else if (!proxy.is_socks()) {
    // Who is signed in to the system with Kerberos is signed in here.
    curl_easy_setopt(curl, CURLOPT_PROXYUSERPWD, ":");
    curl_easy_setopt(curl, CURLOPT_PROXYAUTH, static_cast<long>(CURLAUTH_NEGOTIATE));
  }
}

}  // namespace vistime::transport::reach
