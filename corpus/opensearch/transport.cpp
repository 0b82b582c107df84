#include "corpus/opensearch/transport.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "corpus/opensearch/json_build.hpp"

namespace lectern::corpus::opensearch {
namespace {

using Clock = std::chrono::steady_clock;

constexpr long least_milliseconds = 1000;  // for an attempt whose failure says something
constexpr long connect_milliseconds = 3000;
// For a node that has taken a request and is silent, where others can be asked instead. A write
// that is given up so early may still be waiting there, and come after others.
constexpr long silent_milliseconds = 10'000;
constexpr auto first_pause = std::chrono::milliseconds(50);
constexpr auto longest_pause = std::chrono::milliseconds(1000);
constexpr std::size_t most_idle = 32;
// So often all nodes are asked when they fail, and none says why it might be over soon.
constexpr unsigned most_failed_rounds = 3;

struct Closer {
    void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, Closer>;

struct ListCloser {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using Headers = std::unique_ptr<curl_slist, ListCloser>;

void add(Headers& headers, const std::string& line) {
    curl_slist* const longer = curl_slist_append(headers.get(), line.c_str());
    if (longer == nullptr) return;
    (void)headers.release();
    headers.reset(longer);
}

std::size_t take(char* bytes, std::size_t size, std::size_t count, void* to) {
    static_cast<std::string*>(to)->append(bytes, size * count);
    return size * count;
}

// The node is there and does not do it now.
bool busy(long status) {
    return status == 429 || status == 502 || status == 503 || status == 504;
}

// Of errors that may pass: what the engine calls them.
constexpr std::string_view passing_types[] = {
    // the node that was asked has asked one that is gone, or is going itself
    "node_disconnected_exception", "node_not_connected_exception", "connect_transport_exception",
    "node_closed_exception", "send_request_transport_exception",
    "receive_timeout_transport_exception", "transport_exception", "no_node_available_exception",
    // a copy is on its way to another node, or back
    "no_shard_available_action_exception", "unavailable_shards_exception",
    "shard_not_found_exception", "index_shard_closed_exception",
    "index_shard_not_started_exception", "index_shard_recovering_exception",
    "illegal_index_shard_state_exception", "shard_not_in_primary_mode_exception",
    "retry_on_primary_exception", "retry_on_replica_exception", "already_closed_exception",
    "engine_closed_exception",
    // nobody manages the cluster
    "cluster_manager_not_discovered_exception", "master_not_discovered_exception",
    "not_cluster_manager_exception", "not_master_exception",
    "failed_to_commit_cluster_state_exception", "process_cluster_event_timeout_exception",
    // too much at once
    "rejected_execution_exception", "circuit_breaking_exception", "task_cancelled_exception"};

// Whether an error, as the nodes write it, names such a type, also as the cause of another.
bool passes(long status, std::string_view body) {
    if (status < 400) return false;
    constexpr std::string_view key = "\"type\":\"";
    for (std::size_t at = body.find(key); at != std::string_view::npos; at = body.find(key, at)) {
        at += key.size();
        if (may_pass(body.substr(at, body.find('"', at) - at))) return true;
    }
    return false;
}

// A backup does it for a moment.
bool held_up(long status, std::string_view body) {
    return status == 403 && body.find("cluster_block_exception") != std::string_view::npos;
}

bool reads(std::string_view method, std::string_view path) {
    const auto has = [path](std::string_view part) {
        return path.find(part) != std::string_view::npos;
    };
    return method == "GET" || has("/_search") || has("/_msearch") || has("/_mget") ||
           has("/_refresh");
}

std::string text_of(const Node& node) {
    return node.host + ":" + std::to_string(node.port);
}

// "HTTP status 400 (index_closed_exception: closed)"
std::string said_in(long status, const boost::json::value& body) {
    const std::string type = text_at(body, "error", "type");
    std::string reason = text_at(body, "error", "reason");
    if (reason.empty()) reason = text_at(body, "error");
    const std::string cause = text_at(body, "error", "caused_by", "reason");
    if (!cause.empty() && cause != reason) reason += reason.empty() ? cause : ": " + cause;
    std::string out = type;
    if (!type.empty() && !reason.empty()) out += ": ";
    out += reason;
    const std::string code = "HTTP status " + std::to_string(status);
    return out.empty() ? code : code + " (" + out + ")";
}
std::string said_in(long status, const std::string& body) {
    boost::system::error_code error;
    const boost::json::value value = boost::json::parse(body, error);
    return said_in(status, error ? boost::json::value() : value);
}

}  // namespace

struct Transport::Handles {
    Handle take() {
        {
            const std::lock_guard lock(mutex);
            if (!idle.empty()) {
                Handle out = std::move(idle.back());
                idle.pop_back();
                return out;
            }
        }
        return Handle(curl_easy_init());
    }
    void give_back(Handle handle) {
        const std::lock_guard lock(mutex);
        if (idle.size() < most_idle) idle.push_back(std::move(handle));
    }
    std::mutex mutex;
    std::vector<Handle> idle;
};

Transport::Transport(Address address, Access access)
    : address_(std::move(address)),
      access_(std::move(access)),
      handles_(std::make_unique<Handles>()) {}
Transport::~Transport() = default;

Result<std::unique_ptr<Transport>> Transport::open(Address address, Access access) {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (ready != CURLE_OK) return Status{Code::internal, "libcurl cannot be used"};
    return std::unique_ptr<Transport>(new Transport(std::move(address), std::move(access)));
}

Transport::Raw Transport::exchange(const Node& node, std::string_view method,
                                   const std::string& path, std::string_view body,
                                   long milliseconds) const {
    Raw out;
    Handle handle = handles_->take();
    if (handle == nullptr) {
        out.error = "there is no memory for a connection";
        return out;
    }
    CURL* const curl = handle.get();
    curl_easy_reset(curl);  // connections stay
    const std::string url = (address_.tls ? "https://" : "http://") + text_of(node) + path;
    const std::string verb(method);
    Headers headers;
    add(headers, "Content-Type: application/json");
    add(headers, "Expect:");
    if (!access_.api_key.empty()) add(headers, "Authorization: ApiKey " + access_.api_key);
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, verb.c_str());
    if (method == "HEAD") curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    if (!body.empty()) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
    }
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &out.body);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");  // the nodes that were named, and no others
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, address_.tls ? "https" : "http");
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, std::min(connect_milliseconds, milliseconds));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, milliseconds);
    if (!access_.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, access_.ca_file.c_str());
    if (!access_.user.empty()) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
        curl_easy_setopt(curl, CURLOPT_USERNAME, access_.user.c_str());
        curl_easy_setopt(curl, CURLOPT_PASSWORD, access_.password.c_str());
    }
    if (const CURLcode code = curl_easy_perform(curl); code != CURLE_OK) {
        out.error = curl_easy_strerror(code);
        out.untrusted = code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE;
        return out;
    }
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &out.status);
    handles_->give_back(std::move(handle));
    return out;
}

Result<Reply> Transport::reply_of(const Node& node, const Raw& raw) {
    Reply out{static_cast<int>(raw.status), {}, text_of(node)};
    if (raw.body.empty()) return out;
    boost::json::parse_options options;
    options.max_depth = 100;
    boost::system::error_code error;
    out.body = boost::json::parse(raw.body, error, {}, options);
    if (error)
        return Status{Code::unavailable, "what " + out.node + " answers is not JSON (HTTP status " +
                                             std::to_string(raw.status) +
                                             "); is it an OpenSearch node?"};
    return out;
}

Result<Reply> Transport::send(std::string_view method, const std::string& path,
                              std::string_view body) const {
    const auto end = Clock::now() + access_.timeout;
    auto pause = first_pause;
    const std::size_t count = address_.nodes.size();
    const std::size_t first = next_.fetch_add(1);
    std::string why;
    bool hope = false;              // somebody may answer soon, in this round
    const Node* failing = nullptr;  // the last that fails, as it seems for good
    Raw failure;                    // what it said
    unsigned failed_rounds = 0;
    for (std::size_t attempt = 0;; ++attempt) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
        if (left <= 0) break;
        const Node& node = address_.nodes[(first + attempt) % count];
        const long own = count > 1 && reads(method, path)
                             ? std::max(static_cast<long>(left) / 2, silent_milliseconds)
                             : static_cast<long>(left);
        Raw raw = exchange(node, method, path, body, std::min(own, static_cast<long>(left)));
        const bool answered = raw.error.empty();
        const bool blocked = held_up(raw.status, raw.body);
        const bool later = busy(raw.status) || blocked || passes(raw.status, raw.body);
        if (answered && !later && raw.status < 500) return reply_of(node, raw);
        const bool untrusted = raw.untrusted;
        // What the last moment cuts off says less than what was there before.
        if (why.empty() || left >= least_milliseconds)
            why = text_of(node) + ": " +
                  (blocked    ? std::string(writes_held_up)
                   : answered ? said_in(raw.status, raw.body)
                              : raw.error);
        hope = hope || later;
        if (answered && !later) {
            failing = &node;
            failure = std::move(raw);
        }
        if ((attempt + 1) % count != 0) continue;  // another node, at once
        // One that cannot be reached would hardly say another thing than those that fail.
        if (failing != nullptr && !hope && ++failed_rounds == most_failed_rounds)
            return reply_of(*failing, failure);
        hope = false;
        failing = nullptr;
        if (untrusted)
            return Status{Code::invalid_argument,
                          why +
                              "; LECTERN_OPENSEARCH_CA names the file of the authority that "
                              "signed the certificates of the nodes (docs/cluster.md)"};
        std::this_thread::sleep_for(
            std::min<Clock::duration>(pause, std::max<Clock::duration>(end - Clock::now(), {})));
        pause = std::min(pause * 2, longest_pause);
    }
    return Status{Code::unavailable, "no node of the cluster has answered within " +
                                         std::to_string(access_.timeout.count()) + " s (" + why +
                                         "); see that the cluster runs, then do it again"};
}

Result<boost::json::value> Transport::ask(std::string_view method, const std::string& path,
                                          std::string_view body) const {
    LECTERN_ASSIGN(Reply reply, send(method, path, body));
    if (reply.status < 200 || reply.status > 299) return failure_of(reply);
    return std::move(reply.body);
}

Result<std::unique_ptr<Transport>> connect(Address address) {
    LECTERN_ASSIGN(Access access, access_from_environment());
    return Transport::open(std::move(address), std::move(access));
}

bool may_pass(std::string_view type) noexcept {
    return std::find(std::begin(passing_types), std::end(passing_types), type) !=
           std::end(passing_types);
}

Status failure_of(const Reply& reply) {
    const std::string message =
        "the cluster's node " + reply.node + ": " + said_in(reply.status, reply.body);
    switch (reply.status) {
        case 401:
        case 403:
            return {Code::invalid_argument,
                    message +
                        "; the user and password or the API key come from the environment "
                        "(LECTERN_OPENSEARCH_USER …, docs/cluster.md)"};
        case 404:
            return {Code::not_found,
                    message + "; see that the address names an OpenSearch node and what it has"};
        case 413:
            return {Code::resource_exhausted,
                    message + "; let the nodes take more at once (http.max_content_length)"};
        case 400:
            return {Code::invalid_argument,
                    message +
                        "; it would say so again: see that the cluster is OpenSearch 2.19 with its "
                        "k-NN plugin and that the index is open, and read the node's log"};
        default: break;
    }
    return {Code::unavailable,
            message + (reply.status < 500
                           ? "; see that it is an OpenSearch node, and read its log"
                           : "; all nodes that answer fail: read the log of this one, and see GET "
                             "/_cluster/health, then do it again")};
}

}  // namespace lectern::corpus::opensearch
