#include "client/core/model.hpp"

#include <array>
#include <utility>

namespace vistime::client {
namespace {

constexpr std::array kRoles = {"guest", "moderator", "host"};
constexpr std::array kKinds = {"unknown", "microphone", "camera", "screen", "screen-audio"};
constexpr std::array kCodecs = {"unknown", "opus", "vp8", "vp9", "h264", "av1"};
constexpr std::array kQualities = {"unknown", "good", "weak"};

// `from`: the first name that may be read.
template <typename Enum, std::size_t kSize>
std::optional<Enum> find(const std::array<const char*, kSize>& names, std::string_view text,
                         std::size_t from) {
  for (std::size_t i = from; i < kSize; ++i) {
    if (text == names[i]) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Role role) { return kRoles.at(static_cast<std::size_t>(role)); }
std::string_view to_string(TrackKind kind) { return kKinds.at(static_cast<std::size_t>(kind)); }
std::string_view to_string(Codec codec) { return kCodecs.at(static_cast<std::size_t>(codec)); }
std::string_view to_string(Quality quality) { return kQualities.at(static_cast<std::size_t>(quality)); }
std::optional<Role> parse_role(std::string_view text) { return find<Role>(kRoles, text, 0); }
std::optional<TrackKind> parse_track_kind(std::string_view text) { return find<TrackKind>(kKinds, text, 1); }
std::optional<Codec> parse_codec(std::string_view text) { return find<Codec>(kCodecs, text, 1); }

}  // namespace vistime::client
