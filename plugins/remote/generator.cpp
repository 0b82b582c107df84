#include "plugins/remote/generator.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/remote/event_lines.hpp"
#include "plugins/shared/text_stream.hpp"

namespace lectern::remote {
namespace {

using plugin::Failure;
using Clock = std::chrono::steady_clock;

constexpr std::size_t most_body = 4U << 20;  // of an answer that is not streamed, or an error's

bool is_loopback(std::string_view url) {
    std::string_view host = url.substr(url.find("://") + 3);
    return host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("[::1]");
}

// Without line ends and blanks around it; a header cannot hold control characters.
std::string key_from(std::string value, const std::string& where) {
    const char* blanks = " \t\r\n";
    value.erase(0, std::min(value.find_first_not_of(blanks), value.size()));
    value.erase(value.find_last_not_of(blanks) + 1);
    if (value.empty()) throw Failure(LECTERN_INVALID_ARGUMENT, where + " holds no key");
    if (std::any_of(value.begin(), value.end(),
                    [](unsigned char c) { return c <= 0x20 || c >= 0x7F; }))
        throw Failure(LECTERN_INVALID_ARGUMENT,
                      where + " holds characters that no key has (blanks, control or non-ASCII)");
    return value;
}

std::vector<std::string> stop_strings(const lectern_generation& request) {
    std::vector<std::string> out;
    for (std::uint64_t i = 0; i < request.stop_count; ++i)
        if (request.stop[i].size > 0) out.emplace_back(plugin::view(request.stop[i]));
    return out;
}

lectern_code code_of(long status) {
    if (status == 408 || status == 429 || status >= 500) return LECTERN_UNAVAILABLE;
    if (status == 404) return LECTERN_NOT_FOUND;
    return LECTERN_INVALID_ARGUMENT;
}

const char* advice(long status) {
    switch (status) {
        case 401:
        case 403: return "; check the key ('key_file' or 'key_variable')";
        case 404: return "; check 'url' and 'model'";
        case 429: return "; the server has too many requests";
        default: return "";
    }
}

}  // namespace

std::string completions_url(const std::string& url) {
    const bool known = url.starts_with("http://") || url.starts_with("https://");
    const std::string rest = known ? url.substr(url.find("://") + 3) : std::string();
    const std::string host = rest.substr(0, rest.find_first_of("/?#"));
    if (!known || host.empty())
        throw Failure(LECTERN_INVALID_ARGUMENT,
                      "the option 'url' is \"" + url +
                          "\"; it must be an address such as http://127.0.0.1:8080/v1");
    if (host.find('@') != std::string::npos)
        throw Failure(LECTERN_INVALID_ARGUMENT,
                      "the option 'url' holds a name or password; put the key into a file "
                      "('key_file') or the environment ('key_variable')");
    if (rest.find_first_of("?#") != std::string::npos)
        throw Failure(LECTERN_INVALID_ARGUMENT, "the option 'url' is \"" + url +
                                                    "\"; it must end with a path, without ? or #");
    std::string out = url;
    while (out.ends_with('/')) out.pop_back();
    constexpr std::string_view path = "/chat/completions";
    return out.ends_with(path) ? out : out + std::string(path);
}

std::string read_key(const std::string& file, const std::string& variable) {
    if (!file.empty() && !variable.empty())
        throw Failure(LECTERN_INVALID_ARGUMENT,
                      "'key_file' and 'key_variable' are both set; one is enough");
    if (!variable.empty()) {
        const char* value = std::getenv(variable.c_str());
        return key_from(value == nullptr ? "" : value,
                        "the environment variable " + variable + " ('key_variable')");
    }
    if (file.empty()) return {};
    std::ifstream in(file);
    std::string line;
    if (!in || !std::getline(in, line))
        throw Failure(LECTERN_NOT_FOUND,
                      "the file of the key, " + file + " ('key_file'), cannot be read or is empty");
    return key_from(std::move(line), "the file " + file + " ('key_file')");
}

RemoteGenerator::RemoteGenerator(RemoteOptions options, plugin::Host host)
    : options_(std::move(options)),
      connection_({completions_url(options_.url), options_.key, options_.ca_file,
                   std::chrono::seconds(options_.connect_seconds),
                   std::chrono::seconds(options_.timeout_seconds)}) {
    info_.context_tokens = options_.context_tokens;
    info_.model = options_.chat.model.empty() ? options_.url : options_.chat.model;
    info_.fingerprint = options_.url + " " + options_.chat.model;
    if (!options_.key.empty() && options_.url.starts_with("http://") && !is_loopback(options_.url))
        host.log(LECTERN_LOG_WARNING, "the key and all that is asked go to " + options_.url +
                                          " without encryption; use https");
}

void RemoteGenerator::generate(const plugin::Call& call, const lectern_generation& request,
                               const plugin::TextSink& sink,
                               lectern_generation_report& report) const {
    const Clock::time_point begin = Clock::now();
    Clock::time_point first = begin;
    bool any = false;
    bool ended = false;
    shared::TextStream stream(stop_strings(request), [&](std::string_view piece) {
        if (!std::exchange(any, true)) first = Clock::now();
        return sink.text(piece);
    });
    const auto take = [&](std::string_view json) {
        if (ended || json == "[DONE]") return;
        const Delta delta = parse_completion(json);
        if (!delta.error.empty())
            throw Failure(LECTERN_UNAVAILABLE,
                          "the server at " + options_.url + " says: " + delta.error);
        if (delta.prompt_tokens > 0) report.prompt_tokens = delta.prompt_tokens;
        if (delta.answer_tokens > 0) report.answer_tokens = delta.answer_tokens;
        if (delta.truncated) report.truncated = 1;
        if (!delta.text.empty()) ended = !stream.append(delta.text);
    };
    EventLines events(take);
    std::string whole;  // what is not a stream
    const auto body = [&](const Reply& reply, std::string_view bytes) {
        if (reply.status == 200 && reply.media_type.starts_with("text/event-stream")) {
            if (!events.append(bytes))
                throw Failure(LECTERN_CORRUPT, "the server sent a line of over 1 MiB");
            return !ended;
        }
        if (whole.size() + bytes.size() > most_body)
            throw Failure(LECTERN_CORRUPT, "the server sent an answer of over 4 MiB");
        whole += bytes;
        return true;
    };
    const Reply reply = connection_.post(
        request_body(request, options_.chat), [&call] { return call.cancelled(); }, body);
    if (reply.status != 200)
        throw Failure(code_of(reply.status), "the server at " + options_.url + " answered " +
                                                 std::to_string(reply.status) + ": " +
                                                 error_message(whole) + advice(reply.status));
    if (!ended) {
        if (reply.media_type.starts_with("text/event-stream"))
            events.finish();
        else
            take(whole);
    }
    if (!ended) stream.finish();
    report.prefill_seconds = std::chrono::duration<double>(first - begin).count();
    report.decode_seconds = std::chrono::duration<double>(Clock::now() - first).count();
}

}  // namespace lectern::remote
