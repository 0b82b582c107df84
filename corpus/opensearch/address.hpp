// corpus/opensearch/address.hpp: opensearch://HOST[:PORT],HOST2…/NAME, and how to get in.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/status.hpp"

namespace lectern::corpus::opensearch {

struct Node {
    std::string host;  // a name, an IPv4 address, or an IPv6 address in brackets
    unsigned port = 9200;
};

struct Address {
    bool tls = false;
    std::vector<Node> nodes;  // at least one
    std::string name;         // of the index
};

// Whether it means a cluster and no folder.
[[nodiscard]] bool is_address(std::string_view text) noexcept;
// invalid_argument says which part is wrong. A user or a password in the address is refused: it
// would stand in logs and lists of processes.
[[nodiscard]] Result<Address> parse_address(std::string_view text);

// Without a name: opensearch://HOST[:PORT],HOST2…, also with a slash behind it.
[[nodiscard]] Result<Address> parse_cluster(std::string_view text);

// From the environment (docs/cluster.md); none of it is ever part of a message.
struct Access {
    std::string user;
    std::string password;
    std::string api_key;
    std::string ca_file;  // PEM; "": the system's
    std::chrono::seconds timeout{30};
};
[[nodiscard]] Result<Access> access_from_environment();

}  // namespace lectern::corpus::opensearch
