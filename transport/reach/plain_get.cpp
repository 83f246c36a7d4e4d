#include "transport/reach/plain_get.hpp"

#include <cerrno>
#include <memory>

#include "protocol/version.hpp"
#include "transport/reach/curl_proxy.hpp"
#include "transport/reach/quiet_pipes.hpp"

namespace vistime::transport::reach {
namespace {

constexpr std::size_t kMaxBody = 64 * 1024;
constexpr long kConnectMs = 4'000;  // as connect.cpp

std::size_t append(char* data, std::size_t, std::size_t size, void* user) {
  auto& body = *static_cast<std::string*>(user);
  if (body.size() + size > kMaxBody) return 0;
  body.append(data, size);
  return size;
}

const char* code_of(CURLcode code, CURL* curl, bool proxied) {
  long error = 0;
  curl_off_t connected_us = 0;
  curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &error);
  curl_easy_getinfo(curl, CURLINFO_CONNECT_TIME_T, &connected_us);
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST: return "dns";
    case CURLE_COULDNT_RESOLVE_PROXY: return "proxy-unreachable";
    case CURLE_COULDNT_CONNECT:
      if (proxied) return "proxy-unreachable";
      return error == ECONNREFUSED || error == ECONNRESET ? "tcp-refused" : "tcp-unreachable";
    case CURLE_OPERATION_TIMEDOUT:
      if (connected_us > 0) return "http-timeout";
      return proxied ? "proxy-timeout" : "tcp-timeout";
    default: return "http-failed";
  }
}

}  // namespace

base::Result<PlainAnswer> plain_get(const std::string& url, const std::optional<Proxy>& proxy,
                                    std::chrono::milliseconds limit) {
  const QuietPipes quiet;
  const std::unique_ptr<CURL, CurlDeleter> handle(curl_easy_init());
  if (!handle) return base::fail(base::ErrorKind::kInternal, "libcurl could not be started");
  CURL* curl = handle.get();
  PlainAnswer answer;
  std::string no_ca_file;
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, kConnectMs);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(limit.count()));
  curl_easy_setopt(curl, CURLOPT_USERAGENT, fmt::format("vistime/{}", protocol::release()).c_str());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &append);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
  if (proxy) {
    use_proxy(curl, *proxy, no_ca_file);
  } else {
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  }
  const CURLcode code = curl_easy_perform(curl);
  if (code == CURLE_WRITE_ERROR)
    return base::fail_as(base::ErrorKind::kInternal, "bad-answer", "{} answers with too much", url);
  if (code != CURLE_OK) {
    return base::fail_as(base::ErrorKind::kUnreachable, code_of(code, curl, proxy.has_value()), "{}: {}", url,
                         curl_easy_strerror(code));
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  char* text = nullptr;
  if (curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &text) == CURLE_OK && text != nullptr)
    answer.location = text;
  if (curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &text) == CURLE_OK && text != nullptr)
    answer.type = text;
  return answer;
}

}  // namespace vistime::transport::reach
