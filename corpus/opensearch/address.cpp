#include "corpus/opensearch/address.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

namespace lectern::corpus::opensearch {
namespace {

constexpr std::string_view plain_scheme = "opensearch://";
constexpr std::string_view tls_scheme = "opensearch+https://";
constexpr std::size_t longest_name = 200;  // the engine's limit is 255 bytes
constexpr std::string_view form = "opensearch://HOST[:PORT],HOST2…/NAME";

Status wrong(std::string_view text, const std::string& what) {
    return {Code::invalid_argument,
            "the address '" + std::string(text) + "': " + what + "; it is " + std::string(form)};
}

bool lower_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool host_character(char c) {
    return lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_';
}

Status check_name(std::string_view text, std::string_view name) {
    const bool sound =
        !name.empty() && name.size() <= longest_name && lower_or_digit(name.front()) &&
        std::all_of(name.begin(), name.end(),
                    [](char c) { return lower_or_digit(c) || c == '-' || c == '_'; });
    if (sound) return {};
    return wrong(text, "'" + std::string(name) +
                           "' is no name of an index: lower-case letters, digits, '-' and '_', the "
                           "first a letter or a digit");
}

Result<Node> parse_node(std::string_view text, std::string_view part) {
    Node out;
    std::string_view port;
    if (part.starts_with('[')) {
        const std::size_t end = part.find(']');
        if (end == std::string_view::npos) return wrong(text, "a ']' is missing");
        out.host = part.substr(0, end + 1);
        port = part.substr(end + 1);
    } else {
        const std::size_t end = std::min(part.find(':'), part.size());
        out.host = part.substr(0, end);
        port = part.substr(end);
        if (out.host.empty() || !std::all_of(out.host.begin(), out.host.end(), host_character))
            return wrong(text, "'" + std::string(part) + "' is no host");
    }
    if (port.empty()) return out;
    const char* const end = port.data() + port.size();
    const auto [at, error] = std::from_chars(port.data() + 1, end, out.port);
    if (port.front() != ':' || error != std::errc() || at != end || out.port == 0 ||
        out.port > 65535)
        return wrong(text, "'" + std::string(part) + "' has no port of 1 to 65535");
    return out;
}

std::string_view behind_scheme(std::string_view text) {
    return text.substr((text.starts_with(tls_scheme) ? tls_scheme : plain_scheme).size());
}

// The nodes alone.
Result<Address> parse_nodes(std::string_view text) {
    Address out;
    out.tls = text.starts_with(tls_scheme);
    const std::string_view rest = behind_scheme(text);
    if (rest.find('@') != std::string_view::npos)
        return Status{Code::invalid_argument,
                      "the address of a cluster takes no user and no password: they are read from "
                      "LECTERN_OPENSEARCH_USER and LECTERN_OPENSEARCH_PASSWORD"};
    std::string_view hosts = rest.substr(0, std::min(rest.find('/'), rest.size()));
    while (true) {
        const std::size_t comma = std::min(hosts.find(','), hosts.size());
        LECTERN_ASSIGN(Node node, parse_node(text, hosts.substr(0, comma)));
        out.nodes.push_back(std::move(node));
        if (comma == hosts.size()) return out;
        hosts.remove_prefix(comma + 1);
    }
}

std::string variable(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

// Of the variable NAME, or of the file that NAME_FILE names, without its last line end.
Result<std::string> secret(const std::string& name) {
    std::string value = variable(name.c_str());
    const std::string file = variable((name + "_FILE").c_str());
    if (file.empty() || !value.empty()) return value;
    std::ifstream in(file, std::ios::binary);
    if (!in)
        return Status{Code::invalid_argument,
                      "the file '" + file + "' of " + name + "_FILE cannot be read"};
    value.assign(std::istreambuf_iterator<char>(in), {});
    while (value.ends_with('\n') || value.ends_with('\r')) value.pop_back();
    return value;
}

}  // namespace

bool is_address(std::string_view text) noexcept {
    return text.starts_with(plain_scheme) || text.starts_with(tls_scheme);
}

Result<Address> parse_address(std::string_view text) {
    LECTERN_ASSIGN(Address out, parse_nodes(text));
    const std::size_t slash = behind_scheme(text).find('/');
    if (slash == std::string_view::npos) return wrong(text, "the name of the index is missing");
    out.name = behind_scheme(text).substr(slash + 1);
    LECTERN_TRY(check_name(text, out.name));
    return out;
}

Result<Address> parse_cluster(std::string_view text) {
    if (!is_address(text))
        return wrong(text, "it does not begin with " + std::string(plain_scheme));
    LECTERN_ASSIGN(Address out, parse_nodes(text));
    const std::string_view rest = behind_scheme(text);
    if (const std::size_t slash = rest.find('/'); slash < rest.size() - 1)
        return wrong(text, "a cluster is meant, and '" + std::string(rest.substr(slash + 1)) +
                               "' names an index of it; leave that out");
    return out;
}

Result<Access> access_from_environment() {
    Access out;
    out.user = variable("LECTERN_OPENSEARCH_USER");
    LECTERN_ASSIGN(out.password, secret("LECTERN_OPENSEARCH_PASSWORD"));
    LECTERN_ASSIGN(out.api_key, secret("LECTERN_OPENSEARCH_API_KEY"));
    out.ca_file = variable("LECTERN_OPENSEARCH_CA");
    if (const std::string given = variable("LECTERN_OPENSEARCH_TIMEOUT"); !given.empty()) {
        int seconds = 0;
        const char* const end = given.data() + given.size();
        const auto [at, error] = std::from_chars(given.data(), end, seconds);
        if (error != std::errc() || at != end || seconds < 1 || seconds > 3600)
            return Status{Code::invalid_argument, "LECTERN_OPENSEARCH_TIMEOUT is '" + given +
                                                      "'; it is a number of seconds, 1 to 3600"};
        out.timeout = std::chrono::seconds(seconds);
    }
    return out;
}

}  // namespace lectern::corpus::opensearch
