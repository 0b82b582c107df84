// engine/c/handles.hpp: what is behind the handles of lectern.h, and the gate through which every
// function of it passes: nothing is thrown out of one, and every failure becomes an error object.
#pragma once

#include <boost/json/value.hpp>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "api/fields.hpp"
#include "lectern/lectern.h"
#include "lectern/lectern.hpp"

struct lectern_engine {
    lectern::Engine engine;
};

struct lectern_collection {
    std::shared_ptr<lectern::Collection> collection;  // also of the walks over its documents
};

struct lectern_cancel {
    std::stop_source source;
};

struct lectern_error {
    lectern::Code code = lectern::Code::internal;
    std::string word;
    std::string message;
    std::string place;
};

namespace lectern::c {

// A failure, and the field of the request that it is about ("": none).
struct Failure {
    Status status;
    std::string place = {};
};

// `error` may be nullptr, and receives nullptr when there is no memory for it.
lectern_code report(lectern_error** error, Code code, std::string_view message,
                    std::string_view place) noexcept;

// Calls `body`: Failure(), whose status may be ok.
template <typename Body>
lectern_code guarded(lectern_error** error, const Body& body) noexcept {
    if (error != nullptr) *error = nullptr;
    try {
        const Failure failure = body();
        if (failure.status.ok()) return LECTERN_OK;
        return report(error, failure.status.code(), failure.status.message(), failure.place);
    } catch (const std::bad_alloc&) {
        return report(error, Code::resource_exhausted, "out of memory", {});
    } catch (const std::exception& defect) {
        return report(error, Code::internal, defect.what(), {});
    } catch (...) {
        return report(error, Code::internal, "an exception that says nothing", {});
    }
}

// `what` is NULL: "the collection is NULL".
[[nodiscard]] Failure null(std::string_view what);
// The same text, for lectern_string_free.
[[nodiscard]] char* copy(std::string_view text);
[[nodiscard]] char* text_of(const boost::json::value& value);

// The fields of a request; NULL and "" have none.
[[nodiscard]] Result<api::Fields> read_fields(const char* request, std::string& place);
// What is wrong with fields that were read.
[[nodiscard]] Failure wrong(const api::Fields& fields);

// The callbacks and the cancel handle of a caller, for the time of one call. Any thread.
class Watch {
 public:
    // Takes what the caller's struct has.
    explicit Watch(const lectern_watch* watch);
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch() = default;

    // Stops when the handle does, or when a callback has had enough.
    [[nodiscard]] std::stop_token stop() const noexcept { return stop_.get_token(); }
    [[nodiscard]] bool wants_text() const noexcept { return caller_.on_text != nullptr; }
    [[nodiscard]] bool wants_events() const noexcept { return caller_.on_event != nullptr; }
    void text(std::string_view piece);
    void event(const char* name, const boost::json::value& value);
    // Of a call that is over: cancelled when a callback has had enough or the handle was used, even
    // where the work had ended before it noticed.
    [[nodiscard]] Status ended() const;

 private:
    struct RequestStop {
        std::stop_source source;
        void operator()() noexcept { source.request_stop(); }
    };

    lectern_watch caller_{};
    mutable std::mutex calling_;  // one callback at a time
    bool enough_ = false;         // guarded by calling_
    std::stop_source stop_;
    std::optional<std::stop_callback<RequestStop>> linked_;
};

}  // namespace lectern::c
