#include "plugins/remote/connection.hpp"

#include <curl/curl.h>

#include <exception>
#include <mutex>
#include <utility>
#include <vector>

#include "lectern/plugin.hpp"

namespace lectern::remote {
namespace {

using plugin::Failure;
using Clock = std::chrono::steady_clock;

struct FreeEasy {
    void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
};
struct FreeMulti {
    void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
};
struct FreeList {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using Headers = std::unique_ptr<curl_slist, FreeList>;

void start_curl() {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

void append(Headers& headers, const std::string& line) {
    curl_slist* longer = curl_slist_append(headers.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    static_cast<void>(headers.release());
    headers.reset(longer);
}

template <typename Value>
void set(CURL* easy, CURLoption option, Value value) {
    const CURLcode code = curl_easy_setopt(easy, option, value);
    if (code != CURLE_OK)
        throw Failure(LECTERN_INTERNAL,
                      std::string("libcurl refused an option: ") + curl_easy_strerror(code));
}

// One transfer in progress, as libcurl's callbacks see it. Nothing is thrown through libcurl.
struct Transfer {
    CURL* easy = nullptr;
    const Connection::Body* body = nullptr;
    Reply reply;
    Clock::time_point last = Clock::now();
    std::exception_ptr failure;
    bool enough = false;

    void read_head() {
        if (reply.status != 0) return;
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &reply.status);
        const char* type = nullptr;
        curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &type);
        if (type != nullptr) reply.media_type = type;
    }
};

std::size_t on_bytes(char* bytes, std::size_t size, std::size_t count, void* data) noexcept {
    auto& transfer = *static_cast<Transfer*>(data);
    transfer.last = Clock::now();
    try {
        transfer.read_head();
        if ((*transfer.body)(transfer.reply, {bytes, size * count})) return size * count;
        transfer.enough = true;
    } catch (...) {
        transfer.failure = std::current_exception();
    }
    return 0;  // ends the transfer
}

lectern_code code_of(CURLcode code) {
    switch (code) {
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_URL_MALFORMAT:
        case CURLE_UNSUPPORTED_PROTOCOL: return LECTERN_INVALID_ARGUMENT;
        default: return LECTERN_UNAVAILABLE;
    }
}

}  // namespace

struct Connection::Handles {
    std::unique_ptr<CURLM, FreeMulti> multi{curl_multi_init()};
    std::unique_ptr<CURL, FreeEasy> easy{curl_easy_init()};
};

struct Connection::Pool {
    std::mutex mutex;
    std::vector<std::unique_ptr<Handles>> idle;

    std::unique_ptr<Handles> take() {
        {
            const std::lock_guard lock(mutex);
            if (!idle.empty()) {
                auto out = std::move(idle.back());
                idle.pop_back();
                return out;
            }
        }
        auto out = std::make_unique<Handles>();
        if (out->multi == nullptr || out->easy == nullptr) throw std::bad_alloc();
        return out;
    }
    void give(std::unique_ptr<Handles> handles) {
        const std::lock_guard lock(mutex);
        if (idle.size() < 8) idle.push_back(std::move(handles));
    }
};

Connection::Connection(ConnectionOptions options)
    : options_(std::move(options)), pool_(std::make_unique<Pool>()) {
    start_curl();
}

Connection::~Connection() = default;

Reply Connection::post(const std::string& json, const Cancelled& cancelled,
                       const Body& body) const {
    auto handles = pool_->take();
    CURL* easy = handles->easy.get();
    CURLM* multi = handles->multi.get();
    curl_easy_reset(easy);
    Headers headers;
    append(headers, "Content-Type: application/json");
    append(headers, "Accept: text/event-stream, application/json");
    append(headers, "Expect:");
    if (!options_.key.empty()) append(headers, "Authorization: Bearer " + options_.key);

    Transfer transfer;
    transfer.easy = easy;
    transfer.body = &body;
    std::vector<char> message(CURL_ERROR_SIZE);
    set(easy, CURLOPT_URL, options_.url.c_str());
    set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    set(easy, CURLOPT_FOLLOWLOCATION, 0L);  // a key goes to no other server
    set(easy, CURLOPT_NOSIGNAL, 1L);
    set(easy, CURLOPT_HTTPHEADER, headers.get());
    set(easy, CURLOPT_POST, 1L);
    set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(json.size()));
    set(easy, CURLOPT_POSTFIELDS, json.c_str());
    set(easy, CURLOPT_CONNECTTIMEOUT, static_cast<long>(options_.connect_timeout.count()));
    set(easy, CURLOPT_USERAGENT, "lectern");
    set(easy, CURLOPT_WRITEFUNCTION, &on_bytes);
    set(easy, CURLOPT_WRITEDATA, &transfer);
    set(easy, CURLOPT_ERRORBUFFER, message.data());
    if (!options_.ca_file.empty()) set(easy, CURLOPT_CAINFO, options_.ca_file.c_str());

    curl_multi_add_handle(multi, easy);
    struct Removed {  // the error buffer and the transfer end with this call
        CURLM* multi;
        CURL* easy;
        ~Removed() { curl_multi_remove_handle(multi, easy); }
    };
    CURLcode code = CURLE_OK;
    {
        const Removed removed{multi, easy};
        for (int running = 1; running > 0;) {
            if (cancelled()) throw Failure(LECTERN_CANCELLED, "cancelled");
            if (Clock::now() - transfer.last > options_.silence_timeout)
                throw Failure(LECTERN_UNAVAILABLE,
                              "the server at " + options_.url + " was silent for " +
                                  std::to_string(options_.silence_timeout.count()) +
                                  " seconds ('timeout_seconds')");
            if (curl_multi_perform(multi, &running) != CURLM_OK ||
                (running > 0 && curl_multi_poll(multi, nullptr, 0, 100, nullptr) != CURLM_OK))
                throw Failure(LECTERN_INTERNAL, "libcurl failed");
        }
        int left = 0;
        while (const CURLMsg* done = curl_multi_info_read(multi, &left))
            if (done->msg == CURLMSG_DONE) code = done->data.result;
        transfer.read_head();
    }
    if (transfer.failure) std::rethrow_exception(transfer.failure);
    if (code != CURLE_OK && !transfer.enough) {
        const std::string said = message[0] == '\0' ? curl_easy_strerror(code) : message.data();
        throw Failure(code_of(code), "the server at " + options_.url + ": " + said);
    }
    pool_->give(std::move(handles));
    return transfer.reply;
}

}  // namespace lectern::remote
