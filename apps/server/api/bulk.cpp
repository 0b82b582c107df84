#include "apps/server/api/bulk.hpp"

#include <algorithm>
#include <deque>
#include <fstream>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "api/documents.hpp"
#include "api/fields.hpp"
#include "api/result_json.hpp"
#include "apps/server/api/begin_job.hpp"
#include "apps/server/api/documents.hpp"
#include "apps/server/http/problem.hpp"

namespace lectern::server {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t batch_lines = 64;  // short batches, so that a delete need not wait long
constexpr std::size_t batch_bytes = 1U << 20U;
constexpr std::size_t max_results = 64U << 20U;  // bytes of results that are kept

// What a job keeps of the results of its lines.
struct Tally {
    std::uint64_t stored = 0;
    std::uint64_t deleted = 0;
    std::uint64_t failed = 0;
    json::array errors;  // the first ones
};
constexpr std::size_t most_errors = 100;

class Bulk : public BodySink {
 public:
    // `longest`: a line's bytes. `tally` has the results in place of the response.
    Bulk(Collections& collections, std::uint64_t longest, bool one_value, Tally* tally = nullptr)
        : collections_(collections), longest_(longest), one_value_(one_value), tally_(tally) {}

    Status add(std::string_view piece) override {
        rest_.append(piece);
        if (rest_.size() > longest_ && (one_value_ || lines_.empty()) &&
            rest_.find('\n') == std::string::npos)
            return {Code::resource_exhausted, "line " + std::to_string(next_) + " is larger than " +
                                                  std::to_string(longest_) + " bytes"};
        if (one_value_) {
            if (rest_.size() <= longest_) return {};
            return {Code::resource_exhausted,
                    "the body is larger than " + std::to_string(longest_) +
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
        const Status done = store_lines(call);
        return done.ok() ? Response{} : problem(done);
    }

    Response finish(Call& call) override {
        if (const Status bad = store_rest(call); !bad.ok()) return problem(bad);
        Response out{200, "application/x-ndjson", std::move(results_), {}};
        return out;
    }

    // The lines that have come.
    Status store_lines(Call& call) {
        // Said at once, and not of every line. One that is dropped later is said of each.
        if (!begun_) LECTERN_TRY(collections_.get(call.value("name")).status());
        begun_ = true;
        while (!lines_.empty() && !call.stop.stop_requested()) store(call);
        return {};
    }

    // What is left when the last byte has come.
    Status store_rest(Call& call) {
        if (one_value_)
            take_value();
        else if (!rest_.empty())
            take_line(rest_);
        rest_.clear();
        LECTERN_TRY(store_lines(call));
        return broken_;
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
            broken_ = value.status().within("the body");
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
        auto open = collections_.get(call.value("name"));
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
        if (tally_ != nullptr) {
            ++(!error.empty() ? tally_->failed : removes ? tally_->deleted : tally_->stored);
            if (!error.empty() && tally_->errors.size() < most_errors) {
                result.erase("status");
                tally_->errors.push_back(std::move(result));
            }
            return;
        }
        results_ += json::serialize(result) + "\n";
    }

    Collections& collections_;
    const std::uint64_t longest_;
    const bool one_value_;
    Tally* const tally_;
    bool begun_ = false;
    std::string rest_;  // bytes of a line that has not ended
    std::uint64_t next_ = 1;
    std::deque<Line> lines_;
    std::size_t bytes_ = 0;  // of lines_
    std::string results_;
    Status broken_;  // of a body that is one value
};

bool is_one_value(const Request& request) {
    return lists(request.header("Content-Type"), "application/json");
}

// ------------------------------------------------------------------- as a job

constexpr std::size_t upload_piece = 1U << 20U;
constexpr std::size_t name_bytes = 16;

fs::path uploads_of(const fs::path& data) {
    return data / ".uploads";
}

// Takes a body into a file, and begins the job at its end.
class Upload : public BodySink {
 public:
    Upload(Service& service, const Request& request)
        : service_(service),
          one_value_(is_one_value(request)),
          webhook_(request.parameter("webhook")),
          name_(hexadecimal(random_bytes(name_bytes))),
          file_(uploads_of(service.options.data) / name_) {}
    Upload(const Upload&) = delete;
    Upload& operator=(const Upload&) = delete;
    ~Upload() override {
        std::error_code error;
        if (!given_) fs::remove(file_, error);
    }

    Status add(std::string_view piece) override {
        held_.append(piece);
        return {};
    }
    [[nodiscard]] bool ready() const override { return held_.size() >= upload_piece; }

    Response work(Call& call) override {
        if (!out_.is_open())
            if (auto refused = refuse(call)) return std::move(*refused);
        out_.write(held_.data(), static_cast<std::streamsize>(held_.size()));
        bytes_ += held_.size();
        held_.clear();
        if (!out_.flush())
            return problem(507, "resource_exhausted", "the upload cannot be kept on the disk");
        return {};
    }

    Response finish(Call& call) override {
        if (Response failed = work(call); failed.status != 200) return failed;
        out_.close();
        const std::string& name = call.value("name");
        json::object settings{{"lines", name_}, {"bytes", bytes_}, {"one_value", one_value_}};
        if (webhook_) settings["webhook"] = *webhook_;
        Response out = begin_job(service_, "ingest", name, std::move(settings));
        if (out.status != 202) return out;
        given_ = true;
        out.headers.push_back({"Preference-Applied", "respond-async"});
        return out;
    }

 private:
    // Before anything is kept.
    std::optional<Response> refuse(Call& call) {
        const std::string& name = call.value("name");
        if (!call.may(Right::admin, name) || !call.scope().whole())
            return problem(403, "forbidden", "a job takes a key with the right to admin");
        if (service_.collections.in_cluster())
            return problem({Code::unsupported,
                            "a server of a cluster has no folder for the lines of a job; send them "
                            "without 'Prefer: respond-async'"});
        if (auto open = service_.collections.get(name); !open) return problem(open.status());
        if (webhook_)
            if (const auto found = service_.webhooks.rules().find(*webhook_); !found)
                return problem(400, "invalid_argument",
                               "the parameter 'webhook' is not taken: " + found.status().message());
        std::error_code error;
        fs::create_directories(file_.parent_path(), error);
        out_.open(file_, std::ios::binary | std::ios::trunc);
        if (!out_)
            return problem(507, "resource_exhausted", "the upload cannot be kept on the disk");
        return {};
    }

    Service& service_;
    const bool one_value_;
    std::optional<std::string> webhook_;
    const std::string name_;
    const fs::path file_;
    std::string held_;
    std::ofstream out_;
    std::uint64_t bytes_ = 0;
    bool given_ = false;  // to the job
};

// Nobody reads what a job's lines would stream.
class NoStream : public ResponseStream {
 public:
    using ResponseStream::begin;
    void begin(std::string_view, std::vector<Header>) override {}
    bool write(std::string_view) override { return true; }
    [[nodiscard]] bool begun() const override { return false; }
    void end(std::string) override {}
    [[nodiscard]] std::shared_ptr<ResponseStream> shared() override { return nullptr; }
};

}  // namespace

std::unique_ptr<BodySink> make_bulk(Service& service, const Request& request) {
    return std::make_unique<Bulk>(service.collections, service.options.limits.body,
                                  is_one_value(request));
}

bool wants_job(const Request& request) noexcept {
    return lists(request.header("Prefer"), "respond-async");
}

std::unique_ptr<BodySink> make_upload(Service& service, const Request& request) {
    return std::make_unique<Upload>(service, request);
}

Result<json::object> store_upload(Collections& collections, const fs::path& data,
                                  std::uint64_t longest_line, const JobRecord& record,
                                  JobFace& face) {
    struct Removed {
        fs::path file;
        ~Removed() {
            std::error_code error;
            fs::remove(file, error);
        }
    };
    const Removed upload{uploads_of(data) / std::string(record.settings.at("lines").as_string())};
    std::ifstream in(upload.file, std::ios::binary);
    if (!in) return Status{Code::not_found, "the upload is not there any more"};
    const auto total = record.settings.at("bytes").to_number<std::uint64_t>();
    Tally tally;
    Bulk bulk(collections, longest_line, record.settings.at("one_value").as_bool(), &tally);
    const Request request;
    NoStream stream;
    Call call{request, {{"name", record.collection}}, nullptr, face.stop(), stream, {}};
    std::string piece(upload_piece, '\0');
    for (std::uint64_t done = 0; in;) {
        in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        const auto count = static_cast<std::size_t>(in.gcount());
        LECTERN_TRY(bulk.add(std::string_view(piece).substr(0, count)));
        while (bulk.ready() && !face.stop().stop_requested()) LECTERN_TRY(bulk.store_lines(call));
        // What was stored before the stop stays; the same lines again change nothing.
        if (face.stop().stop_requested()) return Status{Code::cancelled, "cancelled"};
        done += count;
        face.progress(done, total);
    }
    LECTERN_TRY(bulk.store_rest(call));
    if (face.stop().stop_requested()) return Status{Code::cancelled, "cancelled"};
    return json::object{{"stored", tally.stored},
                        {"deleted", tally.deleted},
                        {"failed", tally.failed},
                        {"errors", std::move(tally.errors)}};
}

void forget_uploads(const fs::path& data) noexcept {
    std::error_code error;
    fs::remove_all(uploads_of(data), error);
}

}  // namespace lectern::server
