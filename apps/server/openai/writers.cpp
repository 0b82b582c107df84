#include "apps/server/openai/writers.hpp"

#include <utility>

#include "api/json_text.hpp"
#include "api/result_json.hpp"
#include "apps/server/api/keys.hpp"
#include "apps/server/http/problem.hpp"
#include "apps/server/http/sse.hpp"

namespace lectern::server {

namespace json = boost::json;

namespace {

std::string new_id(const char* prefix) {
    return prefix + hexadecimal(random_bytes(12));
}

std::string unnamed_event(std::string_view data) {
    return "data: " + std::string(data) + "\n\n";
}

json::object tokens_of(const Written& done) {
    return {{"prompt_tokens", done.prompt_tokens},
            {"completion_tokens", done.generated_tokens},
            {"total_tokens", done.prompt_tokens + done.generated_tokens}};
}

// Before any text a failure of room is the prompt's (plugin.h, lectern_generator). As a failure of
// the server, clients would send it again.
Response failure_of_text(const Status& status, bool begun, std::string_view field) {
    return status.code() == Code::resource_exhausted && !begun ? too_long(field, status)
                                                               : problem(status);
}

}  // namespace

// ---------------------------------------------------------------- with choices

ChoicesWriter::ChoicesWriter(Call& call, Form form, Wishes wishes)
    : call_(call),
      form_(form),
      wishes_(std::move(wishes)),
      id_(new_id(form == Form::chat ? "chatcmpl-" : "cmpl-")) {}

bool ChoicesWriter::piece(std::string_view text) {
    if (!wishes_.streams) return true;
    begin();
    if (!chat()) return send_chunk({{"text", api::clean(text)}}, nullptr, nullptr);
    return send_chunk({{"delta", json::object{{"content", api::clean(text)}}}}, nullptr, nullptr);
}

Response ChoicesWriter::finish(const Written& done) {
    const char* reason = done.truncated ? "length" : "stop";
    if (!wishes_.streams) {
        json::object choice{{"index", 0}, {"logprobs", nullptr}, {"finish_reason", reason}};
        if (chat())
            choice["message"] = json::object{
                {"role", "assistant"}, {"content", api::clean(done.text)}, {"refusal", nullptr}};
        else
            choice["text"] = api::clean(wishes_.before + done.text);
        json::object out = head(false);
        out["choices"] = json::array{std::move(choice)};
        out["usage"] = tokens_of(done);
        if (done.lectern) out["lectern"] = *done.lectern;
        Response response = json_response(out);
        response.headers = wishes_.headers;
        return response;
    }
    begin();
    json::object last;
    if (chat())
        last["delta"] = json::object{};
    else
        last["text"] = "";
    send_chunk(std::move(last), reason, done.lectern ? &*done.lectern : nullptr);
    if (wishes_.usage) {
        json::object usage = head(true);
        usage["choices"] = json::array{};
        usage["usage"] = tokens_of(done);
        call_.stream.write(unnamed_event(api::json_text(usage)));
    }
    Response response;
    response.last_piece = unnamed_event("[DONE]");
    return response;
}

Response ChoicesWriter::fail(const Status& status) {
    Response failed = failure_of_text(status, begun(), chat() ? "messages" : "prompt");
    if (begun()) failed.last_piece = unnamed_event(as_openai_error(failed).body);
    return failed;
}

void ChoicesWriter::begin() {
    if (begun()) return;
    call_.stream.begin("text/event-stream", wishes_.headers);
    if (chat())
        send_chunk({{"delta", json::object{{"role", "assistant"}, {"content", ""}}}}, nullptr,
                   nullptr);
    else if (!wishes_.before.empty())
        send_chunk({{"text", api::clean(wishes_.before)}}, nullptr, nullptr);
}

json::object ChoicesWriter::head(bool chunk) const {
    const char* object = !chat() ? "text_completion"
                         : chunk ? "chat.completion.chunk"
                                 : "chat.completion";
    return {{"id", id_}, {"object", object}, {"created", created_}, {"model", wishes_.model}};
}

bool ChoicesWriter::send_chunk(json::object choice, const char* finish,
                               const json::object* lectern) {
    json::value reason;
    if (finish != nullptr) reason = finish;
    choice["index"] = 0;
    choice["logprobs"] = nullptr;
    choice["finish_reason"] = std::move(reason);
    json::object out = head(true);
    out["choices"] = json::array{std::move(choice)};
    if (wishes_.usage) out["usage"] = nullptr;  // it comes in a last chunk
    if (lectern != nullptr) out["lectern"] = *lectern;
    return call_.stream.write(unnamed_event(api::json_text(out)));
}

// ------------------------------------------------------------------- responses

ResponsesWriter::ResponsesWriter(Call& call, std::string model, bool streams, json::object repeated,
                                 std::vector<Header> headers)
    : call_(call),
      model_(std::move(model)),
      streams_(streams),
      repeated_(std::move(repeated)),
      headers_(std::move(headers)),
      id_(new_id("resp_")),
      message_id_(new_id("msg_")) {}

json::object ResponsesWriter::response(std::string_view status) const {
    json::object out{
        {"id", id_},        {"object", "response"},    {"created_at", created_},
        {"status", status}, {"error", nullptr},        {"incomplete_details", nullptr},
        {"model", model_},  {"output", json::array{}}, {"previous_response_id", nullptr},
        {"store", false}};
    for (const auto& item : repeated_) out[item.key()] = item.value();
    return out;
}

json::object ResponsesWriter::text_part(std::string_view text, const Written* done) {
    json::array annotations;
    // What an answer cites, as a file each.
    if (done != nullptr && done->lectern)
        if (const json::value* citations = done->lectern->if_contains("citations");
            citations != nullptr && citations->is_array())
            for (const json::value& citation : citations->get_array()) {
                const json::value& document = citation.at("document");
                annotations.push_back(json::object{{"type", "file_citation"},
                                                   {"file_id", document},
                                                   {"filename", document},
                                                   {"index", annotations.size()}});
            }
    return {{"type", "output_text"},
            {"text", api::clean(text)},
            {"annotations", std::move(annotations)},
            {"logprobs", json::array{}}};
}

json::object ResponsesWriter::message(std::string_view status, std::string_view text,
                                      const Written* done) const {
    json::array content;
    if (done != nullptr) content.push_back(text_part(text, done));
    return {{"type", "message"},
            {"id", message_id_},
            {"status", status},
            {"role", "assistant"},
            {"content", std::move(content)}};
}

std::string ResponsesWriter::numbered(std::string_view type, json::object data) {
    json::object out{{"type", type}, {"sequence_number", next_++}};
    for (auto& item : data) out[item.key()] = std::move(item.value());
    return event(type, out);
}

std::string ResponsesWriter::of_part(std::string_view type, json::object data) {
    json::object out{{"item_id", message_id_}, {"output_index", 0}, {"content_index", 0}};
    for (auto& item : data) out[item.key()] = std::move(item.value());
    return numbered(type, std::move(out));
}

void ResponsesWriter::begin() {
    if (begun()) return;
    call_.stream.begin("text/event-stream", headers_);
    for (const char* type : {"response.created", "response.in_progress"})
        call_.stream.write(numbered(type, {{"response", response("in_progress")}}));
    call_.stream.write(
        numbered("response.output_item.added",
                 {{"output_index", 0}, {"item", message("in_progress", "", nullptr)}}));
    call_.stream.write(of_part("response.content_part.added", {{"part", text_part("", nullptr)}}));
}

bool ResponsesWriter::piece(std::string_view text) {
    if (!streams_) return true;
    begin();
    return call_.stream.write(of_part("response.output_text.delta",
                                      {{"delta", api::clean(text)}, {"logprobs", json::array{}}}));
}

Response ResponsesWriter::finish(const Written& done) {
    const char* status = done.truncated ? "incomplete" : "completed";
    const json::object item = message(status, done.text, &done);
    json::object whole = response(status);
    if (done.truncated) whole["incomplete_details"] = json::object{{"reason", "max_output_tokens"}};
    whole["output"] = json::array{item};
    whole["usage"] = json::object{{"input_tokens", done.prompt_tokens},
                                  {"input_tokens_details", json::object{{"cached_tokens", 0}}},
                                  {"output_tokens", done.generated_tokens},
                                  {"output_tokens_details", json::object{{"reasoning_tokens", 0}}},
                                  {"total_tokens", done.prompt_tokens + done.generated_tokens}};
    if (done.lectern) whole["lectern"] = *done.lectern;
    if (!streams_) {
        Response out = json_response(whole);
        out.headers = headers_;
        return out;
    }
    begin();
    call_.stream.write(of_part("response.output_text.done",
                               {{"text", api::clean(done.text)}, {"logprobs", json::array{}}}));
    call_.stream.write(
        of_part("response.content_part.done", {{"part", text_part(done.text, &done)}}));
    call_.stream.write(
        numbered("response.output_item.done", {{"output_index", 0}, {"item", item}}));
    Response out;
    out.last_piece = numbered(std::string("response.") + status, {{"response", std::move(whole)}});
    return out;
}

Response ResponsesWriter::fail(const Status& status) {
    Response failed = failure_of_text(status, begun(), "input");
    if (!begun()) return failed;
    json::object whole = response("failed");
    whole["error"] = json::object{{"code", "server_error"}, {"message", failed.failure->detail}};
    failed.last_piece = numbered("response.failed", {{"response", std::move(whole)}});
    return failed;
}

}  // namespace lectern::server
