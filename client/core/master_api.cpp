#include "client/core/master_api.hpp"

#include <curl/curl.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <memory>

#include "protocol/version.hpp"

namespace vistime::client {
namespace {

using base::ErrorKind;

constexpr std::size_t kMaxAnswer = 1 << 20;

struct CurlDeleter {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};
struct HeadersDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// What the callbacks of one call fill in; outlives the call.
struct Progress {
  const std::atomic<bool>* cancelled = nullptr;
  std::string ca_file;
  bool ca_file_unreadable = false;
  std::string body;
  std::string retry_after;
  std::string issuer;      // of the certificate that failed
  std::string tls_reason;  // OpenSSL's words for why
};

std::size_t on_body(char* data, std::size_t, std::size_t size, void* user) {
  auto& progress = *static_cast<Progress*>(user);
  if (progress.body.size() + size > kMaxAnswer) return 0;
  progress.body.append(data, size);
  return size;
}

std::size_t on_header(char* data, std::size_t, std::size_t size, void* user) {
  constexpr std::string_view kName = "retry-after:";
  std::string_view line(data, size);
  if (line.size() > kName.size() && curl_strnequal(line.data(), kName.data(), kName.size()) != 0) {
    line.remove_prefix(kName.size());
    const auto first = line.find_first_not_of(" \t");
    const auto last = line.find_last_not_of(" \t\r\n");
    if (first != std::string_view::npos) {
      static_cast<Progress*>(user)->retry_after = std::string(line.substr(first, last - first + 1));
    }
  }
  return size;
}

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Progress*>(user)->cancelled->load() ? 1 : 0;
}

// OpenSSL's own verification, unchanged; only remembers what it found.
int verify_and_remember(X509_STORE_CTX* store, void* user) {
  const int verified = X509_verify_cert(store);
  if (verified != 1) {
    auto& progress = *static_cast<Progress*>(user);
    progress.tls_reason = X509_verify_cert_error_string(X509_STORE_CTX_get_error(store));
    X509* certificate = X509_STORE_CTX_get_current_cert(store);
    if (certificate == nullptr) certificate = X509_STORE_CTX_get0_cert(store);
    if (certificate != nullptr) {
      std::array<char, 256> name{};
      X509_NAME* issuer = X509_get_issuer_name(certificate);
      if (X509_NAME_get_text_by_NID(issuer, NID_commonName, name.data(), static_cast<int>(name.size())) < 0) {
        X509_NAME_oneline(issuer, name.data(), static_cast<int>(name.size()));
      }
      progress.issuer = name.data();
    }
  }
  return verified;
}

// Adds our file to the system's store, which curl has already loaded.
CURLcode on_tls_context(CURL*, void* context, void* user) {
  auto* tls = static_cast<SSL_CTX*>(context);
  auto& progress = *static_cast<Progress*>(user);
  if (!progress.ca_file.empty() &&
      SSL_CTX_load_verify_locations(tls, progress.ca_file.c_str(), nullptr) != 1) {
    progress.ca_file_unreadable = true;
    return CURLE_SSL_CACERT_BADFILE;
  }
  SSL_CTX_set_cert_verify_callback(tls, verify_and_remember, user);
  return CURLE_OK;
}

base::Error transport_error(CURLcode code, const Progress& progress, const Server& server,
                            std::string_view detail) {
  const std::string where = server.authority();
  if (progress.ca_file_unreadable) {
    return {ErrorKind::kInvalid, "ca-file",
            fmt::format("--ca-file {}: not readable, or no certificate in PEM form", progress.ca_file)};
  }
  switch (code) {
    case CURLE_ABORTED_BY_CALLBACK: return {ErrorKind::kClosed, "cancelled", "cancelled"};
    case CURLE_PEER_FAILED_VERIFICATION: {
      std::string why = progress.tls_reason.empty() ? std::string(detail) : progress.tls_reason;
      std::string by = progress.issuer.empty() ? "" : fmt::format(", issued by '{}'", progress.issuer);
      return {
          ErrorKind::kRefused, "tls-not-trusted",
          fmt::format(
              "the certificate of {}{} is not trusted ({}). If it is your organisation's own, give its CA "
              "with --ca-file FILE; the server's operator has it",
              where, by, why)};
    }
    case CURLE_COULDNT_RESOLVE_HOST:
      return {ErrorKind::kUnreachable, "unreachable",
              fmt::format("{} cannot be found by name; check the link and your network", server.host)};
    case CURLE_OPERATION_TIMEDOUT:
      return {ErrorKind::kUnreachable, "unreachable", fmt::format("{} did not answer in time", where)};
    case CURLE_WRITE_ERROR:
      return {ErrorKind::kInternal, "bad-answer", fmt::format("{} answered with more than 1 MiB", where)};
    default:
      return {ErrorKind::kUnreachable, "unreachable", fmt::format("{} cannot be reached: {}", where, detail)};
  }
}

}  // namespace

struct MasterApi::Call {
  const char* method = "GET";
  std::string path;
  std::string body;
  std::string bearer;
};

base::Result<std::string> MasterApi::perform(const Call& call) {
  const std::unique_ptr<CURL, CurlDeleter> handle(curl_easy_init());
  if (!handle) return base::fail(ErrorKind::kInternal, "libcurl could not be started: not enough memory");
  CURL* curl = handle.get();
  Progress progress;
  progress.cancelled = &cancelled_;
  progress.ca_file = settings_.ca_file;
  std::array<char, CURL_ERROR_SIZE> detail{};
  std::unique_ptr<curl_slist, HeadersDeleter> headers;
  const auto add_header = [&](const std::string& line) {
    headers.reset(curl_slist_append(headers.release(), line.c_str()));
  };
  add_header("Accept: application/json, application/problem+json");
  add_header("Content-Type: application/json");
  add_header("Expect:");
  if (!call.bearer.empty()) add_header("Authorization: Bearer " + call.bearer);

  curl_easy_setopt(curl, CURLOPT_URL, (settings_.server.print() + call.path).c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call.method);
  if (!call.body.empty()) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call.body.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_USERAGENT, fmt::format("vistime/{}", protocol::release()).c_str());
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings_.connect_limit.count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(settings_.limit.count()));
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail.data());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &on_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &progress);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &on_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &progress);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &on_progress);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &progress);
  curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, &on_tls_context);
  curl_easy_setopt(curl, CURLOPT_SSL_CTX_DATA, &progress);

  const CURLcode code = curl_easy_perform(curl);
  if (code != CURLE_OK) {
    const std::string_view words = detail[0] != 0 ? detail.data() : curl_easy_strerror(code);
    return std::unexpected(transport_error(code, progress, settings_.server, words));
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  if (status < 200 || status >= 300) {
    return std::unexpected(
        problem_to_error(static_cast<unsigned>(status), progress.body, progress.retry_after));
  }
  return std::move(progress.body);
}

base::Result<CreatedRoom> MasterApi::create_room(const NewRoom& room) {
  const auto body = perform({.method = "POST", .path = "/api/v1/rooms", .body = encode(room), .bearer = {}});
  if (!body) return std::unexpected(body.error());
  return parse_created_room(*body);
}

base::Result<RoomInfo> MasterApi::room_info(const std::string& room) {
  const auto body = perform({.method = "GET", .path = "/api/v1/rooms/" + room, .body = {}, .bearer = {}});
  if (!body) return std::unexpected(body.error());
  return parse_room_info(*body);
}

base::Result<JoinGrant> MasterApi::join(const std::string& room, const JoinRequest& request) {
  const auto body = perform(
      {.method = "POST", .path = "/api/v1/rooms/" + room + "/join", .body = encode(request), .bearer = {}});
  if (!body) return std::unexpected(body.error());
  return parse_join_grant(*body);
}

base::Result<void> MasterApi::close_room(const std::string& room, const std::string& host_key) {
  const auto body =
      perform({.method = "DELETE", .path = "/api/v1/rooms/" + room, .body = {}, .bearer = host_key});
  if (!body) return std::unexpected(body.error());
  return {};
}

}  // namespace vistime::client
