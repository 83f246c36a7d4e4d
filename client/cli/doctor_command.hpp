// `vistime doctor URL`: examines the way to a server and prints a report for people, for IT, or for programs.
#pragma once

#include <string>

#include "client/cli/arguments.hpp"
#include "client/cli/messages.hpp"
#include "client/core/doctor.hpp"

namespace vistime::cli {

// 0: the preferred route carries; 1: a meeting works by a fallback; 2: none works; 3: wrong use.
int run_doctor(const Arguments& arguments, const DoctorArguments& doctor);

// What the code of a failed route means, and who can change what. Empty for codes that are not known.
struct Remedy {
  std::string meaning;
  std::string action;
};
Remedy remedy_for(std::string_view code, const client::Diagnosis& diagnosis, Language language);

std::string doctor_text(const client::Diagnosis& diagnosis, Language language);
// One page without anything to fetch, to be mailed.
std::string doctor_html(const client::Diagnosis& diagnosis, Language language);
std::string doctor_json(const client::Diagnosis& diagnosis);

}  // namespace vistime::cli
