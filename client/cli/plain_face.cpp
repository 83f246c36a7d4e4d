// For pipes and logs: one line on stderr for what matters, chat on stdout.
#include <iostream>

#include "client/cli/face.hpp"
#include "client/cli/messages.hpp"
#include "client/cli/terminal_text.hpp"

namespace vistime::cli {
namespace {

class PlainFace final : public Face {
 public:
  explicit PlainFace(bool print_chat) : print_chat_(print_chat) {}

  void begin(client::Attendance& attendance) override { attendance_ = &attendance; }
  void on_event(const client::Event& event) override {
    if (const auto* chat = std::get_if<client::event::Chat>(&event); chat != nullptr && print_chat_) {
      std::cout << chat_line(chat->entry, attendance_->state(), words_) << std::endl;
      return;
    }
    const std::string line = describe(event, attendance_->state(), words_);
    if (!line.empty()) std::cerr << line << "\n";
  }
  bool wants_input() const override { return false; }
  void on_input(std::string_view) override {}
  void end(const base::Error& why, const std::vector<std::string>& recorded) override {
    for (const std::string& file : recorded)
      std::cerr << attendance_->settings().record_folder << "/" << file << "\n";
    std::cerr << "vistime: " << neutralised(why.message) << "\n";
  }

 private:
  bool print_chat_;
  Catalogue words_ = Catalogue::of_environment();
  client::Attendance* attendance_ = nullptr;
};

}  // namespace

std::unique_ptr<Face> make_plain_face(bool print_chat) { return std::make_unique<PlainFace>(print_chat); }

}  // namespace vistime::cli
