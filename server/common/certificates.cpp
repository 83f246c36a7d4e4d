#include "server/common/certificates.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "server/common/data_folder.hpp"
#include "server/common/networks.hpp"

namespace vistime::server {

using base::ErrorKind;
using base::fail;
using base::Result;
namespace fs = std::filesystem;

namespace {

constexpr auto kCaLife = std::chrono::days(3652);
// What browsers and Apple's systems accept at most is 398 days.
constexpr auto kServerLife = std::chrono::days(397);
constexpr auto kRenewBefore = std::chrono::days(30);
// Clocks of clients may be behind ours.
constexpr auto kBackdate = std::chrono::hours(1);

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using Extension = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, Deleter<GENERAL_NAMES_free>>;

std::time_t to_time_t(base::WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

struct Issue {
  std::string common_name;
  std::vector<std::string> names;  // empty for a CA
  std::chrono::days life;
};

bool add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

std::string alternative_names(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += fmt::format("{}{}:{}", text.empty() ? "" : ",", parse_address(name) ? "IP" : "DNS", name);
  }
  return text;
}

bool add_extensions(X509* certificate, X509* issuer, const Issue& issue) {
  const bool ca = issue.names.empty();
  bool done = add_extension(certificate, issuer, NID_basic_constraints,
                            ca ? "critical,CA:TRUE,pathlen:0" : "CA:FALSE");
  done = done && add_extension(certificate, issuer, NID_key_usage,
                               ca ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
  done = done && add_extension(certificate, issuer, NID_subject_key_identifier, "hash");
  done = done && add_extension(certificate, issuer, NID_authority_key_identifier, "keyid:always");
  if (ca) return done;
  done = done && add_extension(certificate, issuer, NID_ext_key_usage, "serverAuth");
  return done && add_extension(certificate, issuer, NID_subject_alt_name, alternative_names(issue.names));
}

bool set_serial_and_times(X509* certificate, std::chrono::days life, base::WallTime now) {
  std::array<unsigned char, 16> serial{};
  RAND_bytes(serial.data(), serial.size());
  serial[0] = static_cast<unsigned char>((serial[0] & 0x7f) | 0x40);  // positive, and always as long
  const std::unique_ptr<BIGNUM, Deleter<BN_free>> number(BN_bin2bn(serial.data(), serial.size(), nullptr));
  return X509_set_version(certificate, X509_VERSION_3) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr &&
         ASN1_TIME_set(X509_getm_notBefore(certificate), to_time_t(now - kBackdate)) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), to_time_t(now - kBackdate + life)) != nullptr;
}

// Signed by `issuer_key`; by itself when `issuer` is null.
Certificate make_certificate(const Issue& issue, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key,
                             base::WallTime now) {
  Certificate certificate(X509_new());
  X509* raw = certificate.get();
  if (raw == nullptr || !set_serial_and_times(raw, issue.life, now)) return nullptr;
  X509_NAME* subject = X509_get_subject_name(raw);
  const auto* name = reinterpret_cast<const unsigned char*>(issue.common_name.c_str());
  // 64 characters is what RFC 5280 allows for a common name.
  const int length = static_cast<int>(std::min<std::size_t>(issue.common_name.size(), 64));
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, name, length, -1, 0);
  if (issuer == nullptr) issuer = raw;
  const bool done = X509_set_issuer_name(raw, X509_get_subject_name(issuer)) == 1 &&
                    X509_set_pubkey(raw, key) == 1 && add_extensions(raw, issuer, issue) &&
                    X509_sign(raw, issuer_key, EVP_sha256()) > 0;
  return done ? std::move(certificate) : nullptr;
}

std::string text_of(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

Result<void> write_pair(const CertificateFiles& files, X509* certificate, X509* issuer, EVP_PKEY* key) {
  const Bio key_text(BIO_new(BIO_s_mem()));
  const Bio chain(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(key_text.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  PEM_write_bio_X509(chain.get(), certificate);
  if (issuer != nullptr) PEM_write_bio_X509(chain.get(), issuer);
  // The key first: a start between the two finds a certificate that does not fit and makes both anew.
  if (auto written = write_file_atomically(files.key, text_of(key_text)); !written) return written;
  return write_file_atomically(files.certificate, text_of(chain));
}

Certificate read_certificate(const fs::path& path) {
  auto text = read_small_file(path);
  if (!text) return nullptr;
  const Bio bio(BIO_new_mem_buf(text->data(), static_cast<int>(text->size())));
  return Certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

Key read_key(const fs::path& path) {
  auto text = read_small_file(path);
  if (!text) return nullptr;
  const Bio bio(BIO_new_mem_buf(text->data(), static_cast<int>(text->size())));
  return Key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
}

base::WallTime expiry_of(const X509* certificate) {
  std::tm time{};
  ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &time);
  return base::WallTime(std::chrono::seconds(timegm(&time)));
}

std::vector<std::string> names_of(X509* certificate) {
  std::vector<std::string> found;
  const Names names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int at = 0; names && at < sk_GENERAL_NAME_num(names.get()); ++at) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), at);
    int type = 0;
    const auto* value = static_cast<const ASN1_STRING*>(GENERAL_NAME_get0_value(name, &type));
    if (type != GEN_DNS && type != GEN_IPADD) continue;
    const auto* data = ASN1_STRING_get0_data(value);
    const auto size = static_cast<std::size_t>(ASN1_STRING_length(value));
    if (type == GEN_DNS) {
      found.emplace_back(reinterpret_cast<const char*>(data), size);
    } else if (size == 4 || size == 16) {
      AddressBytes address{};
      if (size == 4) address[10] = address[11] = 0xff;
      std::copy(data, data + size, address.end() - static_cast<std::ptrdiff_t>(size));
      found.push_back(format_address(address));
    }
  }
  return found;
}

struct Authority {
  Certificate certificate;
  Key key;
  bool made = false;
};

Result<Authority> ensure_authority(const fs::path& folder, base::WallTime now) {
  const CertificateFiles files{folder / "ca.pem", folder / "ca.key", {}};
  const bool any = fs::exists(files.certificate) || fs::exists(files.key);
  Authority authority{read_certificate(files.certificate), read_key(files.key)};
  if (any) {
    if (!authority.certificate || !authority.key ||
        X509_check_private_key(authority.certificate.get(), authority.key.get()) != 1) {
      return fail(ErrorKind::kInvalid,
                  "{} and {} do not belong together or cannot be read: put both there, or delete both so "
                  "that a new CA "
                  "is made (clients must then trust it anew)",
                  files.certificate.string(), files.key.string());
    }
    return authority;
  }
  authority.key.reset(EVP_EC_gen("P-256"));
  const Issue issue{"Vistime private CA " + base::hex(base::random_bytes(4)), {}, kCaLife};
  if (authority.key) {
    authority.certificate = make_certificate(issue, authority.key.get(), nullptr, authority.key.get(), now);
  }
  if (!authority.certificate) return fail(ErrorKind::kInternal, "OpenSSL cannot make a CA");
  auto written = write_pair(files, authority.certificate.get(), nullptr, authority.key.get());
  if (!written) return std::unexpected(std::move(written).error());
  authority.made = true;
  return authority;
}

bool still_good(const CertificateFiles& files, const Authority& authority, std::vector<std::string> names,
                base::WallTime now) {
  const Certificate certificate = read_certificate(files.certificate);
  const Key key = read_key(files.key);
  if (!certificate || !key || X509_check_private_key(certificate.get(), key.get()) != 1) return false;
  if (X509_verify(certificate.get(), authority.key.get()) != 1) return false;
  if (expiry_of(certificate.get()) < now + kRenewBefore) return false;
  auto present = names_of(certificate.get());
  std::sort(present.begin(), present.end());
  std::sort(names.begin(), names.end());
  return present == names;
}

}  // namespace

std::vector<std::string> names_for_certificate(const std::vector<std::string>& host_names) {
  std::vector<std::string> names = host_names;
  std::array<char, 256> own{};
  if (host_names.empty() && gethostname(own.data(), own.size() - 1) == 0 && own[0] != 0)
    names.emplace_back(own.data());
  for (const char* local : {"localhost", "127.0.0.1", "::1"}) names.emplace_back(local);
  std::vector<std::string> unique;
  for (std::string& name : names) {
    if (const auto address = parse_address(name)) name = format_address(*address);
    if (std::find(unique.begin(), unique.end(), name) == unique.end()) unique.push_back(std::move(name));
  }
  return unique;
}

CertificateFiles certificate_files(const fs::path& folder) {
  return {folder / "server.pem", folder / "server.key", folder / "ca.pem"};
}

Result<bool> ensure_certificates(const fs::path& folder, const std::vector<std::string>& host_names,
                                 base::WallTime now) {
  std::error_code error;
  fs::create_directories(folder, error);
  fs::permissions(folder, fs::perms::owner_all, error);
  auto authority = ensure_authority(folder, now);
  if (!authority) return std::unexpected(std::move(authority).error());
  const CertificateFiles files = certificate_files(folder);
  const auto names = names_for_certificate(host_names);
  if (still_good(files, *authority, names, now)) return authority->made;
  const Key key(EVP_EC_gen("P-256"));
  if (!key) return fail(ErrorKind::kInternal, "OpenSSL cannot make a key");
  const Issue issue{names.front(), names, kServerLife};
  const Certificate certificate =
      make_certificate(issue, key.get(), authority->certificate.get(), authority->key.get(), now);
  if (!certificate)
    return fail(ErrorKind::kInternal, "OpenSSL cannot make a certificate for {}", names.front());
  auto written = write_pair(files, certificate.get(), authority->certificate.get(), key.get());
  if (!written) return std::unexpected(std::move(written).error());
  return true;
}

Result<CertificateFacts> certificate_facts(const fs::path& file) {
  const Certificate certificate = read_certificate(file);
  if (!certificate) return fail(ErrorKind::kInvalid, "{} is no readable certificate (PEM)", file.string());
  CertificateFacts facts;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  X509_digest(certificate.get(), EVP_sha256(), digest.data(), &size);
  for (unsigned at = 0; at < size; ++at)
    facts.fingerprint += fmt::format("{}{:02X}", at == 0 ? "" : ":", digest[at]);
  const Bio subject(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(subject.get(), X509_get_subject_name(certificate.get()), 0, XN_FLAG_RFC2253);
  facts.subject = text_of(subject);
  facts.names = names_of(certificate.get());
  facts.expires = expiry_of(certificate.get());
  return facts;
}

std::string how_to_trust(const CertificateFiles& files) {
  const auto facts = certificate_facts(files.ca.empty() ? files.certificate : files.ca);
  if (!facts) return facts.error().message + "\n";
  if (files.ca.empty()) return fmt::format("{}\nSHA-256 {}\n", facts->subject, facts->fingerprint);
  const std::string ca = files.ca.string();
  return fmt::format(
      "This server's certificate is signed by its own CA:\n"
      "  {0}\n"
      "  {1}\n"
      "  SHA-256 {2}\n"
      "To trust it, copy that file to the client, compare the fingerprint, and there\n"
      "  for one command:   vistime join LINK --ca-file ca.pem\n"
      "  for Debian:        sudo cp ca.pem /usr/local/share/ca-certificates/vistime.crt && sudo "
      "update-ca-certificates\n"
      "  for Firefox:       Settings, Certificates, Authorities, Import\n",
      ca, facts->subject, facts->fingerprint);
}

CertificateSource::CertificateSource(CertificateFiles files, transport::TlsContext context, Stamp stamp)
    : files_(std::move(files)), stamp_(stamp), context_(std::move(context)) {}

CertificateSource::Stamp CertificateSource::stamp_of(const CertificateFiles& files) {
  std::error_code ignored;
  return {fs::last_write_time(files.certificate, ignored), fs::last_write_time(files.key, ignored)};
}

Result<std::unique_ptr<CertificateSource>> CertificateSource::open(CertificateFiles files) {
  // OpenSSL does not say why it cannot open a file.
  for (const fs::path& file : {files.certificate, files.key}) {
    if (auto text = read_small_file(file); !text) {
      return base::fail_as(ErrorKind::kInvalid, "certificate", "{}: mend tls-cert and tls-key",
                           text.error().message);
    }
  }
  const Stamp stamp = stamp_of(files);
  auto context = transport::make_server_tls(files.certificate.string(), files.key.string());
  if (!context) return std::unexpected(std::move(context).error());
  return std::unique_ptr<CertificateSource>(
      new CertificateSource(std::move(files), std::move(*context), stamp));
}

transport::TlsContext CertificateSource::current() const {
  const std::lock_guard lock(mutex_);
  return context_;
}

Result<bool> CertificateSource::check(bool force) {
  const Stamp stamp = stamp_of(files_);
  if (stamp == stamp_ && !force) return false;
  stamp_ = stamp;
  auto context = transport::make_server_tls(files_.certificate.string(), files_.key.string());
  if (!context) return std::unexpected(std::move(context).error());
  const std::lock_guard lock(mutex_);
  context_ = std::move(*context);
  return true;
}

}  // namespace vistime::server
