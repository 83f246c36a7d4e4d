// How libcurl is told of a proxy. Within transport/reach only.
#pragma once

#include <curl/curl.h>

#include <string>

#include "transport/reach/proxy.hpp"

namespace vistime::transport::reach {

struct CurlDeleter {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};

// Address, kind, sign-in, and TLS where the proxy is spoken to over it. `ca_file` is trusted beside the system's store; it may
// be empty, and outlives the handle's use.
void use_proxy(CURL* curl, const Proxy& proxy, std::string& ca_file);

}  // namespace vistime::transport::reach
