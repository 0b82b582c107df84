#include "engine/c/handles.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "api/code_word.hpp"
#include "api/json_text.hpp"

namespace lectern::c {

lectern_code report(lectern_error** error, Code code, std::string_view message,
                    std::string_view place) noexcept {
    if (error != nullptr) {
        try {
            *error =
                std::make_unique<lectern_error>(
                    lectern_error{code, api::word(code), std::string(message), std::string(place)})
                    .release();
        } catch (...) {
            *error = nullptr;
        }
    }
    return static_cast<lectern_code>(code);
}

Failure null(std::string_view what) {
    return {{Code::invalid_argument, "the " + std::string(what) + " is NULL"}};
}

char* copy(std::string_view text) {
    auto* out = static_cast<char*>(std::malloc(text.size() + 1));
    if (out == nullptr) throw std::bad_alloc();
    std::copy(text.begin(), text.end(), out);
    out[text.size()] = '\0';
    return out;
}

char* text_of(const boost::json::value& value) {
    return copy(api::json_text(value));
}

Result<api::Fields> read_fields(const char* request, std::string& place) {
    if (request == nullptr || *request == '\0') return api::Fields(boost::json::object{});
    std::size_t bad = 0;
    auto value = api::parse_json(request, &bad);
    if (!value) {
        place = "byte " + std::to_string(bad);
        return value.status().within("the request");
    }
    if (!value->is_object())
        return Status{Code::invalid_argument, "the request must be a JSON object"};
    return api::Fields(std::move(value->get_object()));
}

Failure wrong(const api::Fields& fields) {
    return {fields.done(), fields.place()};
}

Watch::Watch(const lectern_watch* watch) {
    if (watch == nullptr) return;
    std::memcpy(&caller_, watch, std::min<std::size_t>(watch->struct_size, sizeof caller_));
    if (caller_.cancel != nullptr)
        linked_.emplace(caller_.cancel->source.get_token(), RequestStop{stop_});
}

void Watch::text(std::string_view piece) {
    const std::lock_guard lock(calling_);
    if (enough_ || caller_.on_text == nullptr) return;
    if (caller_.on_text(caller_.data, piece.data(), piece.size()) != 0) return;
    enough_ = true;
    stop_.request_stop();
}

void Watch::event(const char* name, const boost::json::value& value) {
    const std::lock_guard lock(calling_);
    if (enough_ || caller_.on_event == nullptr) return;
    if (caller_.on_event(caller_.data, name, api::json_text(value).c_str()) != 0) return;
    enough_ = true;
    stop_.request_stop();
}

Status Watch::ended() const {
    const std::lock_guard lock(calling_);
    if (enough_) return {Code::cancelled, "the callback had enough"};
    if (stop_.stop_requested()) return {Code::cancelled, "the call was cancelled"};
    return {};
}

}  // namespace lectern::c

const char* lectern_version(void) {
    return LECTERN_VERSION;
}

lectern_code lectern_error_code(const lectern_error* error) {
    return error == nullptr ? LECTERN_OK : static_cast<lectern_code>(error->code);
}

const char* lectern_error_word(const lectern_error* error) {
    return error == nullptr ? "ok" : error->word.c_str();
}

const char* lectern_error_message(const lectern_error* error) {
    return error == nullptr ? "" : error->message.c_str();
}

const char* lectern_error_place(const lectern_error* error) {
    return error == nullptr ? "" : error->place.c_str();
}

void lectern_error_free(lectern_error* error) {
    const std::unique_ptr<lectern_error> ended(error);
}

void lectern_string_free(char* text) {
    std::free(text);
}

lectern_cancel* lectern_cancel_new(void) {
    try {
        return std::make_unique<lectern_cancel>().release();
    } catch (...) {
        return nullptr;
    }
}

void lectern_cancel_request(lectern_cancel* cancel) {
    if (cancel != nullptr) cancel->source.request_stop();
}

void lectern_cancel_free(lectern_cancel* cancel) {
    const std::unique_ptr<lectern_cancel> ended(cancel);
}
