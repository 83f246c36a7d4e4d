#include "transport/socket_writer.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace vistime::transport {
namespace {

bool is_full(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

int bio_write(BIO* bio, const char* data, int size) {
  auto& writer = *static_cast<SocketWriter*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  if (writer.write(base::as_bytes({data, static_cast<std::size_t>(size)}))) return size;
  errno = writer.error();
  return -1;
}

int bio_read(BIO* bio, char* data, int size) {
  const auto& writer = *static_cast<const SocketWriter*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  ssize_t bytes = 0;
  do {
    bytes = ::recv(writer.handle(), data, static_cast<std::size_t>(size), 0);
  } while (bytes < 0 && errno == EINTR);
  if (bytes < 0 && is_full(errno)) BIO_set_retry_read(bio);
  return static_cast<int>(bytes);
}

long bio_control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

struct MethodDeleter {
  void operator()(BIO_METHOD* method) const { BIO_meth_free(method); }
};

std::unique_ptr<BIO_METHOD, MethodDeleter> make_method() {
  std::unique_ptr<BIO_METHOD, MethodDeleter> method(
      BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK | BIO_TYPE_DESCRIPTOR, "vistime socket"));
  if (!method || BIO_meth_set_write(method.get(), bio_write) != 1 ||
      BIO_meth_set_read(method.get(), bio_read) != 1 || BIO_meth_set_ctrl(method.get(), bio_control) != 1) {
    return nullptr;
  }
  return method;
}

}  // namespace

std::size_t SocketWriter::send(base::BytesView bytes) {
  while (true) {
    const ssize_t sent = ::send(handle_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) return static_cast<std::size_t>(sent);
    if (errno == EINTR) continue;
    if (!is_full(errno)) error_ = errno;
    return 0;
  }
}

bool SocketWriter::write(base::BytesView bytes) {
  if (error_ != 0) return false;
  const std::size_t sent = kept_.empty() ? send(bytes) : 0;
  if (error_ != 0) return false;
  kept_.insert(kept_.end(), bytes.begin() + static_cast<std::ptrdiff_t>(sent), bytes.end());
  return true;
}

bool SocketWriter::flush() {
  while (error_ == 0 && kept_sent_ < kept_.size()) {
    const std::size_t sent = send(base::BytesView(kept_).subspan(kept_sent_));
    if (sent == 0) return false;
    kept_sent_ += sent;
  }
  kept_ = {};  // freed: most connections are idle
  kept_sent_ = 0;
  return error_ == 0;
}

BIO* make_bio(SocketWriter& writer) {
  static const auto method = make_method();
  BIO* bio = method ? BIO_new(method.get()) : nullptr;
  if (bio == nullptr) return nullptr;
  BIO_set_data(bio, &writer);
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace vistime::transport
