#include "apps/server/api/bulk.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <utility>

#include "api/documents.hpp"
#include "api/fields.hpp"
#include "api/result_json.hpp"
#include "apps/server/api/documents.hpp"
#include "apps/server/http/problem.hpp"

namespace lectern::server {
namespace {

namespace json = boost::json;

constexpr std::size_t batch_lines = 64;  // short batches, so that a delete need not wait long
constexpr std::size_t batch_bytes = 1U << 20U;
constexpr std::size_t max_results = 64U << 20U;  // bytes of results that are kept

class Bulk : public BodySink {
 public:
    Bulk(Service& service, bool one_value) : service_(service), one_value_(one_value) {}

    Status add(std::string_view piece) override {
        rest_.append(piece);
        if (rest_.size() > service_.options.limits.body && (one_value_ || lines_.empty()) &&
            rest_.find('\n') == std::string::npos)
            return {Code::resource_exhausted, "line " + std::to_string(next_) + " is larger than " +
                                                  std::to_string(service_.options.limits.body) +
                                                  " bytes"};
        if (one_value_) {
            if (rest_.size() <= service_.options.limits.body) return {};
            return {Code::resource_exhausted,
                    "the body is larger than " + std::to_string(service_.options.limits.body) +
                        " bytes; send it as application/x-ndjson, one document a line"};
        }
        std::size_t begin = 0;
        for (std::size_t end; (end = rest_.find('\n', begin)) != std::string::npos; begin = end + 1)
            take_line(std::string_view(rest_).substr(begin, end - begin));
        rest_.erase(0, begin);
        if (results_.size() > max_results)
            return {Code::resource_exhausted,
                    "the results of this request are larger than 64 MiB; send fewer lines at once"};
        return {};
    }

    [[nodiscard]] bool ready() const override {
        return lines_.size() >= batch_lines || bytes_ >= batch_bytes;
    }

    Response work(Call& call) override {
        // Said at once, and not of every line. One that is dropped later is said of each.
        if (!begun_)
            if (auto open = service_.collections.get(call.value("name")); !open)
                return problem(open.status());
        begun_ = true;
        while (!lines_.empty() && !call.stop.stop_requested()) store(call);
        return {};
    }

    Response finish(Call& call) override {
        if (one_value_)
            take_value();
        else if (!rest_.empty())
            take_line(rest_);
        rest_.clear();
        if (Response failed = work(call); failed.status != 200) return failed;
        if (!broken_.empty()) return problem(400, "invalid_argument", broken_);
        Response out{200, "application/x-ndjson", std::move(results_), {}};
        return out;
    }

 private:
    struct Line {
        std::uint64_t number = 0;
        Result<DocumentInput> document = Status{Code::internal, "not read"};
        std::string removes;  // the id, when it is a removal
    };

    void take_line(std::string_view text) {
        const std::uint64_t number = next_++;
        if (text.find_first_not_of(" \t\r") == std::string_view::npos) return;
        auto value = api::parse_json(text);
        bytes_ += text.size();
        if (!value)
            lines_.push_back({number, value.status(), {}});
        else
            take_item(number, std::move(*value));
    }

    void take_item(std::uint64_t number, json::value value) {
        if (const auto* object = value.if_object();
            object != nullptr && object->contains("delete")) {
            api::Fields fields(*object);
            std::string id = fields.text("delete");
            Status bad = fields.done();
            if (bad.ok() && id.empty())
                bad = {Code::invalid_argument, "the field 'delete' must be an id"};
            if (bad.ok())
                lines_.push_back({number, DocumentInput{}, std::move(id)});
            else
                lines_.push_back({number, bad, {}});
            return;
        }
        if (value.is_array())
            lines_.push_back({number,
                              Status{Code::invalid_argument,
                                     "a line is one document; a list of them is sent with the "
                                     "header Content-Type: application/json"},
                              {}});
        else
            lines_.push_back({number, api::document_input(std::move(value)), {}});
    }

    // One JSON value: a document, or a list of them.
    void take_value() {
        auto value = api::parse_json(rest_);
        if (!value) {
            broken_ = value.status().within("the body").message();
        } else if (auto* array = value->if_array()) {
            for (json::value& item : *array) take_item(next_++, std::move(item));
        } else {
            take_item(next_++, std::move(*value));
        }
    }

    // The next lines, up to a batch of documents or of removals.
    void store(Call& call) {
        std::vector<Line> batch;
        std::vector<DocumentInput> documents;
        std::vector<std::string> removed;
        std::size_t size = 0;
        while (!lines_.empty() && batch.size() < batch_lines && size < batch_bytes) {
            Line& line = lines_.front();
            const bool removes = !line.removes.empty();
            // Order is kept: a removal is not stored with the documents before it.
            if (removes ? !documents.empty() : !removed.empty()) break;
            if (removes) {
                removed.push_back(line.removes);
            } else if (line.document.ok()) {
                size += line.document->text.size();
                documents.push_back(std::move(*line.document));
                line.document->id = documents.back().id;
            }
            batch.push_back(std::move(line));
            lines_.pop_front();
        }
        bytes_ = 0;
        const Failures failures = commit(call, std::move(documents), removed);
        for (const Line& line : batch) write(line, failures);
    }

    struct Failures {
        Status all;
        std::map<std::string, std::string> by_id;
    };

    Failures commit(Call& call, std::vector<DocumentInput> documents,
                    const std::vector<std::string>& removed) {
        Failures out;
        if (documents.empty() && removed.empty()) return out;
        auto open = service_.collections.get(call.value("name"));
        if (!open) return out.all = open.status(), out;
        const std::lock_guard lock((*open)->writing);
        Collection& collection = (*open)->collection;
        const Scope scope = call.scope();
        if (!removed.empty()) {
            std::vector<std::string> mine;
            for (const std::string& id : removed) {
                const auto seen = scope.sees(collection, id);
                if (!seen) return out.all = seen.status(), out;
                if (*seen) mine.push_back(id);
            }
            out.all = collection.remove(mine).status();
            return out;
        }
        if (!scope.whole()) {
            // Of an id that is refused in one line no other is stored either: results are by id.
            for (const DocumentInput& document : documents)
                if (const Status bad = scope.may_store(collection, document); !bad.ok())
                    out.by_id.insert_or_assign(document.id, bad.message());
            std::erase_if(documents, [&](const DocumentInput& document) {
                return out.by_id.contains(document.id);
            });
            if (documents.empty()) return out;
        }
        IngestOptions options;
        options.stop = call.stop;
        auto report = collection.ingest_documents(documents, options);
        if (!report) return out.all = report.status(), out;
        if (call.stop.stop_requested()) return out.all = {Code::cancelled, "cancelled"}, out;
        for (const IngestFailure& failure : report->failed) {
            const bool known = std::any_of(documents.begin(), documents.end(),
                                           [&](const auto& one) { return one.id == failure.path; });
            if (known)
                out.by_id.emplace(failure.path, failure.error.message());
            else  // whose it is cannot be told, so none of them counts as stored
                out.all = failure.error.within(failure.path);
        }
        call.observed.tokens_in += report->tokens;
        call.observed.stages = std::move(report->stages);
        return out;
    }

    void write(const Line& line, const Failures& failures) {
        json::object result{{"line", line.number}};
        const bool removes = !line.removes.empty();
        std::string error;
        if (removes) {
            result["document"] = api::clean(line.removes);
        } else if (line.document.ok()) {
            result["document"] = api::clean(line.document.value().id);
            const auto failed = failures.by_id.find(line.document.value().id);
            if (failed != failures.by_id.end()) error = failed->second;
        } else {
            error = line.document.status().message();
        }
        if (error.empty() && !failures.all.ok()) error = failures.all.message();
        result["status"] = !error.empty() ? "failed" : removes ? "deleted" : "stored";
        if (!error.empty()) result["error"] = api::clean(error);
        results_ += json::serialize(result) + "\n";
    }

    Service& service_;
    const bool one_value_;
    bool begun_ = false;
    std::string rest_;  // bytes of a line that has not ended
    std::uint64_t next_ = 1;
    std::deque<Line> lines_;
    std::size_t bytes_ = 0;  // of lines_
    std::string results_;
    std::string broken_;
};

}  // namespace

std::unique_ptr<BodySink> make_bulk(Service& service, const Request& request) {
    return std::make_unique<Bulk>(service,
                                  lists(request.header("Content-Type"), "application/json"));
}

}  // namespace lectern::server
