// A first-in-first-out queue in one growing block of memory. Empty, it holds none: an idle link has five of them,
// and std::deque would cost each half a kilobyte.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace vistime::transport {

template <typename T>
class Ring {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  T& front() { return slots_[first_]; }
  const T& front() const { return slots_[first_]; }
  T& back() { return (*this)[size_ - 1]; }
  T& operator[](std::size_t i) { return slots_[(first_ + i) & (slots_.size() - 1)]; }
  const T& operator[](std::size_t i) const { return slots_[(first_ + i) & (slots_.size() - 1)]; }

  void push_back(T value) {
    if (size_ == slots_.size()) grow();
    slots_[(first_ + size_) & (slots_.size() - 1)] = std::move(value);
    ++size_;
  }
  void pop_front() {
    slots_[first_] = T();
    first_ = (first_ + 1) & (slots_.size() - 1);
    if (--size_ == 0) first_ = 0;
  }
  void clear() { *this = Ring(); }

 private:
  // The number of slots is a power of two, so that an index wraps by a mask.
  void grow() {
    std::vector<T> larger(slots_.empty() ? 4 : slots_.size() * 2);
    for (std::size_t i = 0; i < size_; ++i) larger[i] = std::move((*this)[i]);
    slots_ = std::move(larger);
    first_ = 0;
  }

  std::vector<T> slots_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace vistime::transport
