#include "apps/server/api/keys.hpp"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "index/metadata/date.hpp"
#include "index/metadata/parser.hpp"
#include "system/descriptor.hpp"

namespace lectern::server {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t hash_bytes = 32;

Result<std::string> unhex(std::string_view text) {
    const auto digit = [](char c) {
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    };
    if (text.size() != 2 * hash_bytes)
        return Status{Code::invalid_argument, "must have 64 hexadecimal digits"};
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = digit(text[i]);
        const int low = digit(text[i + 1]);
        if (high < 0 || low < 0)
            return Status{Code::invalid_argument, "must have 64 lower-case hexadecimal digits"};
        out.push_back(static_cast<char>(high * 16 + low));
    }
    return out;
}

Result<Key> parse_key(const json::value& value) {
    const auto wrong = [](std::string_view what) {
        return Status{Code::invalid_argument, std::string(what)};
    };
    if (!value.is_object()) return wrong("must be an object");
    Key key;
    for (const auto& [name, field] : value.get_object()) {
        if (name == "name" && field.is_string()) {
            key.name = std::string(field.get_string());
        } else if (name == "sha256" && field.is_string()) {
            auto hash = unhex(field.get_string());
            if (!hash) return hash.status().within("sha256");
            key.sha256 = std::move(*hash);
        } else if (name == "rights" && field.is_array()) {
            key.right = Right::none;
            for (const json::value& right : field.get_array()) {
                Right named = Right::none;
                for (const Right known : {Right::read, Right::write, Right::admin})
                    if (right.is_string() && right.get_string() == server::name(known))
                        named = known;
                if (named == Right::none) return wrong("rights: must be read, write or admin");
                key.right = std::max(key.right, named);
            }
        } else if (name == "collections" && field.is_array()) {
            for (const json::value& collection : field.get_array()) {
                if (!collection.is_string()) return wrong("collections: must be strings");
                key.collections.emplace_back(collection.get_string());
            }
            if (key.collections.empty())
                return wrong("collections: is empty; leave it out for all");
        } else if (name == "max_concurrent" && field.is_int64() && field.get_int64() > 0) {
            key.max_concurrent = static_cast<std::size_t>(field.get_int64());
        } else if (name == "max_per_minute" && field.is_int64() && field.get_int64() > 0) {
            key.max_per_minute = static_cast<std::size_t>(field.get_int64());
        } else if (name == "filter" && field.is_string()) {
            key.filter = std::string(field.get_string());
            if (key.filter.empty()) return wrong("filter: is empty; leave it out for all");
        } else if (name == "expires" && field.is_string()) {
            key.expires = std::string(field.get_string());
            if (key.expires.empty()) return wrong("expires: is empty; leave it out for never");
        } else {
            return wrong("'" + std::string(std::string_view(name)) +
                         "' is unknown or has a value of the wrong kind");
        }
    }
    if (key.name.empty()) return wrong("has no name");
    if (key.sha256.size() != hash_bytes) return wrong("has no sha256");
    if (std::find(key.collections.begin(), key.collections.end(), "*") != key.collections.end())
        key.collections.clear();
    LECTERN_TRY(check_key(key));
    return key;
}

}  // namespace

std::string_view name(Right right) noexcept {
    switch (right) {
        case Right::none: return "none";
        case Right::read: return "read";
        case Right::write: return "write";
        case Right::admin: return "admin";
    }
    return "none";
}

bool Key::reaches(std::string_view collection) const noexcept {
    return collections.empty() ||
           std::find(collections.begin(), collections.end(), collection) != collections.end();
}

bool Key::expired() const noexcept {
    if (expires_at == 0) return false;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count() >= expires_at;
}

Status check_key(Key& key) {
    if (key.name.empty()) return {Code::invalid_argument, "a key needs a name"};
    key.expires_at = 0;
    if (!key.expires.empty()) {
        const auto span = filter::parse_date(key.expires);
        if (!span)
            return {Code::invalid_argument,
                    "expires: '" + key.expires +
                        "' is no date; write 2027-01-31 or 2027-01-31T18:00:00Z"};
        key.expires_at = span->end;
    }
    if (key.filter.empty()) return {};
    // What is administered is of all documents.
    if (key.right == Right::admin)
        return {Code::invalid_argument, "a key with a filter may read or write, not administer"};
    return check_filter(key.filter);
}

Result<std::vector<Key>> parse_keys(std::string_view text) {
    boost::system::error_code error;
    const json::value root = json::parse(text, error);
    if (error) return Status{Code::invalid_argument, "is not valid JSON: " + error.message()};
    const json::array* list = nullptr;
    if (root.is_object() && root.get_object().size() == 1)
        if (const json::value* keys = root.get_object().if_contains("keys"))
            list = keys->if_array();
    if (list == nullptr) return Status{Code::invalid_argument, "must be {\"keys\": [...]}"};
    std::vector<Key> out;
    for (std::size_t i = 0; i < list->size(); ++i) {
        auto key = parse_key((*list)[i]);
        if (!key) return key.status().within("keys[" + std::to_string(i) + "]");
        out.push_back(std::move(*key));
    }
    return out;
}

Status Keys::load(const fs::path& file) {
    {
        const std::lock_guard lock(mutex_);
        file_ = file;
    }
    return reload();
}

Status Keys::reload() {
    fs::path file;
    {
        const std::lock_guard lock(mutex_);
        file = file_;
    }
    if (file.empty()) return {};
    std::error_code error;
    const auto written = fs::last_write_time(file, error);
    if (!error) {
        const std::lock_guard lock(mutex_);
        tried_ = written;
    }
    LECTERN_ASSIGN(std::vector<Key> keys, read_keys(file));
    if (keys.empty())
        return {Code::invalid_argument,
                file.string() + ": has no key; make one with 'lectern key'"};
    std::vector<std::shared_ptr<const Key>> fresh;
    const std::lock_guard lock(mutex_);
    for (Key& key : keys) {
        // What runs under a key that stays goes on counting.
        for (const auto& old : keys_)
            if (old->sha256 == key.sha256) {
                key.running = old->running;
                key.meter = old->meter;
            }
        fresh.push_back(std::make_shared<const Key>(std::move(key)));
    }
    keys_ = std::move(fresh);
    return {};
}

bool Keys::changed() const {
    const std::lock_guard lock(mutex_);
    if (file_.empty()) return false;
    std::error_code error;
    const auto written = fs::last_write_time(file_, error);
    return !error && written != tried_;
}

std::vector<std::shared_ptr<const Key>> Keys::all() const {
    const std::lock_guard lock(mutex_);
    return keys_;
}

Result<std::string> Keys::add(const Key& key) {
    fs::path file;
    {
        const std::lock_guard lock(mutex_);
        file = file_;
    }
    LECTERN_ASSIGN(std::string text, add_key(file, key));
    LECTERN_TRY(reload());
    return text;
}

Status Keys::remove(const std::string& name) {
    fs::path file;
    {
        const std::lock_guard lock(mutex_);
        file = file_;
        const auto stays = [&name](const auto& key) {
            return key->name != name && key->right == Right::admin && key->collections.empty() &&
                   !key->expired();
        };
        const bool known = std::any_of(keys_.begin(), keys_.end(),
                                       [&name](const auto& key) { return key->name == name; });
        if (known && std::none_of(keys_.begin(), keys_.end(), stays))
            return {Code::invalid_argument, "'" + name +
                                                "' is the last key that may administer all "
                                                "collections; make another one first"};
    }
    LECTERN_TRY(remove_key(file, name));
    return reload();
}

bool Keys::required() const {
    const std::lock_guard lock(mutex_);
    return !file_.empty();
}

std::shared_ptr<const Key> Keys::find(std::string_view text) const {
    const std::string hash = sha256(text);
    std::shared_ptr<const Key> found;
    const std::lock_guard lock(mutex_);
    for (const auto& key : keys_)
        if (CRYPTO_memcmp(hash.data(), key->sha256.data(), hash_bytes) == 0) found = key;
    return found;
}

Result<std::vector<Key>> read_keys(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in)
        return Status{Code::not_found, "the file of keys '" + file.string() + "' cannot be read: " +
                                           std::generic_category().message(errno)};
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    auto keys = parse_keys(text);
    if (!keys) return keys.status().within(file.string());
    return keys;
}

namespace {

// The file as it is, or one without keys where there is none.
Result<json::object> read_root(const fs::path& file) {
    std::error_code error;
    if (!fs::exists(file, error)) return json::object{{"keys", json::array{}}};
    LECTERN_TRY(read_keys(file).status());
    std::ifstream in(file, std::ios::binary);
    return json::parse(std::string{std::istreambuf_iterator<char>(in), {}}).as_object();
}

// One change of the files of a folder at a time, whichever process makes it.
class FolderLock {
 public:
    explicit FolderLock(const fs::path& file)
        : descriptor_(::open(file.has_parent_path() ? file.parent_path().c_str() : ".",
                             O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
        if (descriptor_.is_open()) (void)::flock(descriptor_.get(), LOCK_EX);
    }

 private:
    sys::Descriptor descriptor_;
};

Status write_root(const fs::path& file, const json::object& root) {
    fs::path part = file;
    part += ".part";
    const mode_t before = ::umask(0077);
    std::ofstream out(part, std::ios::binary | std::ios::trunc);
    ::umask(before);
    out << json::serialize(root) << '\n';
    out.close();
    std::error_code error;
    struct stat now {};
    const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    if (::stat(file.c_str(), &now) == 0) {
        // Another one's file stays theirs, if we may give it away.
        if (out && ::chown(part.c_str(), now.st_uid, now.st_gid) == 0)
            (void)::chmod(part.c_str(), now.st_mode & 07777U);
    } else if (::stat(folder.c_str(), &now) == 0 && (now.st_mode & S_ISGID) != 0) {
        (void)::chmod(part.c_str(), 0640);
    }
    if (out) fs::rename(part, file, error);
    if (!out || error)
        return {Code::unavailable, "the file of keys '" + file.string() + "' cannot be written"};
    return {};
}

}  // namespace

Status check_key_name(std::string_view name) {
    constexpr std::size_t longest = 256;
    if (name.empty()) return {Code::invalid_argument, "a key needs a name"};
    if (name.size() > longest)
        return {Code::invalid_argument, "a key's name has at most 256 bytes"};
    if (name == "." || name == "..")
        return {Code::invalid_argument,
                "a key's name must be more than dots: a path of it, by "
                "which it is taken out, would lead elsewhere"};
    if (std::any_of(name.begin(), name.end(),
                    [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }))
        return {Code::invalid_argument, "a key's name must have no control characters"};
    return {};
}

Result<std::string> add_key(const fs::path& file, const Key& key) {
    Key checked = key;
    LECTERN_TRY(check_key_name(key.name));
    LECTERN_TRY(check_key(checked));
    const FolderLock lock(file);
    LECTERN_ASSIGN(json::object root, read_root(file));
    json::array& entries = root["keys"].as_array();
    for (const json::value& other : entries)
        if (other.at("name").as_string() == key.name)
            return Status{Code::invalid_argument,
                          file.string() + ": has a key named '" + key.name +
                              "'; use another name, or take it out first with --remove"};
    std::string text = "lectern-" + hexadecimal(random_bytes(32));
    json::object entry{{"name", key.name},
                       {"sha256", hexadecimal(sha256(text))},
                       {"rights", json::array{json::value(name(key.right))}}};
    if (!key.collections.empty()) entry["collections"] = json::value_from(key.collections);
    if (key.max_concurrent > 0) entry["max_concurrent"] = key.max_concurrent;
    if (key.max_per_minute > 0) entry["max_per_minute"] = key.max_per_minute;
    if (!key.filter.empty()) entry["filter"] = key.filter;
    if (!key.expires.empty()) entry["expires"] = key.expires;
    entries.push_back(std::move(entry));
    LECTERN_TRY(write_root(file, root));
    return text;
}

Status remove_key(const fs::path& file, const std::string& name) {
    const FolderLock lock(file);
    LECTERN_TRY(read_keys(file).status());
    LECTERN_ASSIGN(json::object root, read_root(file));
    json::array& entries = root["keys"].as_array();
    const auto entry = std::find_if(entries.begin(), entries.end(), [&name](const auto& one) {
        return one.at("name").as_string() == name;
    });
    if (entry == entries.end())
        return {Code::not_found, file.string() + ": has no key named '" + name + "'"};
    if (entries.size() == 1)
        return {Code::invalid_argument, file.string() + ": '" + name +
                                            "' is the last key, and a server needs one; make "
                                            "another one first"};
    entries.erase(entry);
    return write_root(file, root);
}

Status check_filter(std::string_view filter) {
    return filter::parse(filter).status();
}

}  // namespace lectern::server
