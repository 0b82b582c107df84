#include "corpus/opensearch/transport.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

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

// The node that was asked has asked one that is gone.
bool lost_another(long status, std::string_view body) {
    if (status < 500) return false;
    for (const std::string_view type :
         {"node_disconnected_exception", "node_not_connected_exception",
          "connect_transport_exception", "node_closed_exception"})
        if (body.find(type) != std::string_view::npos) return true;
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

Result<Reply> Transport::send(std::string_view method, const std::string& path,
                              std::string_view body) const {
    const auto end = Clock::now() + access_.timeout;
    auto pause = first_pause;
    const std::size_t count = address_.nodes.size();
    const std::size_t first = next_.fetch_add(1);
    std::string why;
    for (std::size_t attempt = 0;; ++attempt) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
        if (left <= 0) break;
        const Node& node = address_.nodes[(first + attempt) % count];
        const long own = count > 1 && reads(method, path)
                             ? std::max(static_cast<long>(left) / 2, silent_milliseconds)
                             : static_cast<long>(left);
        const Raw raw = exchange(node, method, path, body, std::min(own, static_cast<long>(left)));
        const bool blocked = held_up(raw.status, raw.body);
        const bool lost = lost_another(raw.status, raw.body);
        if (raw.error.empty() && !busy(raw.status) && !blocked && !lost) {
            Reply out{static_cast<int>(raw.status), {}};
            if (raw.body.empty()) return out;
            boost::json::parse_options options;
            options.max_depth = 100;
            boost::system::error_code error;
            out.body = boost::json::parse(raw.body, error, {}, options);
            if (error)
                return Status{Code::unavailable,
                              "what " + text_of(node) + " answers is not JSON (HTTP status " +
                                  std::to_string(raw.status) + "); is it an OpenSearch node?"};
            return out;
        }
        // What the last moment cuts off says less than what was there before.
        if (why.empty() || left >= least_milliseconds)
            why = text_of(node) + ": " +
                  (blocked             ? std::string(writes_held_up)
                   : raw.error.empty() ? "HTTP status " + std::to_string(raw.status)
                                       : raw.error);
        if ((attempt + 1) % count != 0) continue;  // another node, at once
        if (raw.untrusted)
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
    if (reply.status < 200 || reply.status > 299) return failure_of(reply.status, reply.body);
    return std::move(reply.body);
}

Result<std::unique_ptr<Transport>> connect(Address address) {
    LECTERN_ASSIGN(Access access, access_from_environment());
    return Transport::open(std::move(address), std::move(access));
}

Status failure_of(int status, const boost::json::value& body) {
    std::string reason = "HTTP status " + std::to_string(status);
    if (const auto* object = body.if_object())
        if (const auto* error = object->if_contains("error")) {
            const auto* details = error->if_object();
            const auto* text = details == nullptr ? nullptr : details->if_contains("reason");
            if (text != nullptr && text->is_string())
                reason = text->as_string().c_str();
            else if (error->is_string())
                reason = error->as_string().c_str();
        }
    const std::string message = "the cluster: " + reason;
    switch (status) {
        case 401:
        case 403:
            return {Code::invalid_argument,
                    message +
                        "; the user and password or the API key come from the environment "
                        "(LECTERN_OPENSEARCH_USER …, docs/cluster.md)"};
        case 404: return {Code::not_found, message};
        case 413: return {Code::resource_exhausted, message};
        case 400: return {Code::invalid_argument, message};
        default: return {Code::unavailable, message};
    }
}

}  // namespace lectern::corpus::opensearch
