#include "digest/hasher.hpp"

#include <ocimux/base/error.hpp>

#include "base/handle.hpp"

#include <openssl/evp.h>

#include <array>
#include <string>

namespace ocimux {

struct Hasher::State {
  std::string algorithm;
  Handle<EVP_MD_CTX, EVP_MD_CTX_free> context;
};

namespace {

void check(int ok) {
  if (ok != 1) throw Error(Errc::io, "OpenSSL refused to hash");
}

std::string hex(std::span<const unsigned char> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const unsigned char byte : bytes) {
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

}  // namespace

Hasher::Hasher(std::string_view algorithm)
    : state_(std::make_unique<State>(
          State{std::string(algorithm), Handle<EVP_MD_CTX, EVP_MD_CTX_free>(EVP_MD_CTX_new())})) {
  if (!state_->context) throw Error(Errc::io, "OpenSSL has no memory for a hash");
  check(EVP_DigestInit_ex(state_->context.get(),
                          algorithm == "sha512" ? EVP_sha512() : EVP_sha256(), nullptr));
}

Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;
Hasher::~Hasher() = default;

void Hasher::update(Bytes bytes) {
  check(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()));
}

Digest Hasher::digest() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned int length = 0;
  check(EVP_DigestFinal_ex(state_->context.get(), raw.data(), &length));
  return Digest::parse(state_->algorithm + ":" +
                       hex(std::span<const unsigned char>(raw).first(length)));
}

}  // namespace ocimux
