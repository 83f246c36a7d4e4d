// A vistimed of our own, in a folder of its own, as the measured one.
#pragma once

#include <filesystem>

#include "load.hpp"
#include "process.hpp"

namespace vistime::bench {

// Starts `program` with its data in `folder` and creates a room on it. Its certificate is then in folder/tls.
base::Result<std::unique_ptr<Meeting>> start_vistimed(asio::io_context& context, const std::string& program,
                                                      const std::filesystem::path& folder, int cpu);

}  // namespace vistime::bench
