// What the doctor measured, in sentences for people.
#pragma once

#include <string>
#include <vector>

#include "client/cli/messages.hpp"
#include "client/core/doctor.hpp"

namespace vistime::cli {

// One finding each; empty where nothing carried.
std::vector<std::string> findings(const client::Diagnosis& diagnosis, Language language);

// Whose rule would help most (see site/network_rules.hpp): "squid" where a proxy that was reached or inspects is in the
// way, "nftables" where a firewall is; nothing where no rule would.
std::string_view rule_to_ask_for(const client::Diagnosis& diagnosis);

}  // namespace vistime::cli
