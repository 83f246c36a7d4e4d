#include "server/common/logging.hpp"

#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

namespace vistime::server {
namespace {

// ASCII's own separators: no event and no field of ours holds them.
constexpr char kFieldSeparator = '\x1e';
constexpr char kValueSeparator = '\x1f';

struct Line {
  std::string_view event;
  std::vector<std::pair<std::string_view, std::string_view>> fields;
};

Line unpack(std::string_view message) {
  Line line;
  std::size_t end = std::min(message.find(kFieldSeparator), message.size());
  line.event = message.substr(0, end);
  while (end < message.size()) {
    message.remove_prefix(end + 1);
    end = std::min(message.find(kFieldSeparator), message.size());
    const std::string_view field = message.substr(0, end);
    const std::size_t value = std::min(field.find(kValueSeparator), field.size());
    line.fields.emplace_back(field.substr(0, value), field.substr(std::min(value + 1, field.size())));
  }
  return line;
}

bool is_plain(std::string_view value) {
  return !value.empty() && std::all_of(value.begin(), value.end(), [](char character) {
    return character > ' ' && character != '"' && character != '=' && character != '\\' &&
           character != '\x7f';
  });
}

// A line stays a line whatever a client called itself.
std::string quoted(std::string_view value) {
  if (is_plain(value)) return std::string(value);
  return nlohmann::json(std::string(value)).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

class LineFormatter final : public spdlog::formatter {
 public:
  explicit LineFormatter(std::string format) : format_(std::move(format)) {}
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const auto milliseconds =
        std::chrono::floor<std::chrono::milliseconds>(message.time.time_since_epoch()).count();
    const std::time_t seconds = milliseconds / 1000;
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    const std::string time =
        fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", utc.tm_year + 1900, utc.tm_mon + 1,
                    utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, milliseconds % 1000);
    const auto level = spdlog::level::to_string_view(message.level);
    const std::string line = format_log_line(format_, time, {level.data(), level.size()},
                                             {message.payload.data(), message.payload.size()});
    out.append(line.data(), line.data() + line.size());
    out.push_back('\n');
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<LineFormatter>(format_);
  }

 private:
  const std::string format_;
};

void log(spdlog::level::level_enum level, std::string_view event, LogFields fields) {
  auto* logger = spdlog::default_logger_raw();
  if (!logger->should_log(level)) return;
  const std::string message = pack_log_message(event, fields);
  logger->log(level, spdlog::string_view_t(message.data(), message.size()));
}

}  // namespace

void log_debug(std::string_view event, LogFields fields) { log(spdlog::level::debug, event, fields); }
void log_info(std::string_view event, LogFields fields) { log(spdlog::level::info, event, fields); }
void log_warning(std::string_view event, LogFields fields) { log(spdlog::level::warn, event, fields); }
void log_error(std::string_view event, LogFields fields) { log(spdlog::level::err, event, fields); }

std::string pack_log_message(std::string_view event, LogFields fields) {
  std::string message(event);
  for (const auto& [name, value] : fields) {
    message.push_back(kFieldSeparator);
    message += name;
    message.push_back(kValueSeparator);
    const auto start = static_cast<std::ptrdiff_t>(message.size());
    message += value;
    std::replace(message.begin() + start, message.end(), kFieldSeparator, ' ');
  }
  return message;
}

std::string format_log_line(std::string_view format, std::string_view time, std::string_view level,
                            std::string_view message) {
  const Line line = unpack(message);
  if (format == "json") {
    nlohmann::ordered_json object = {{"time", time}, {"level", level}, {"event", line.event}};
    for (const auto& [name, value] : line.fields) object[std::string(name)] = value;
    return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
  std::string text = fmt::format("time={} level={} event={}", time, level, quoted(line.event));
  for (const auto& [name, value] : line.fields) text += fmt::format(" {}={}", name, quoted(value));
  return text;
}

void set_up_logging(std::string_view level, std::string_view format) {
  auto logger =
      std::make_shared<spdlog::logger>("vistimed", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_formatter(std::make_unique<LineFormatter>(std::string(format)));
  logger->set_level(spdlog::level::from_str(std::string(level)));
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace vistime::server
