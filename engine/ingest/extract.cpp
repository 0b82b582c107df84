// Sources to documents: reading, extracting and checking, and the stages of a pipeline's own.
#include <boost/json/parse.hpp>

#include "engine/ingest/document_id.hpp"
#include "engine/ingest/run.hpp"
#include "storage/store/content_hash.hpp"
#include "text/text.hpp"

namespace lectern {

namespace {

// What a custom stage may make of one document.
constexpr std::uint64_t most_records = 100'000;

}  // namespace

void IngestRun::read_sources(const IngestInput& input) {
    if (const auto* files = std::get_if<std::vector<SourceFile>>(&input)) {
        for (std::size_t i = next_.fetch_add(1); i < files->size(); i = next_.fetch_add(1)) {
            if (stopping()) return;
            const SourceFile& file = (*files)[i];
            auto bytes = FileBytes::open(file.path);
            std::uint64_t counted = 0;
            if (!bytes) {
                fail(file.name, bytes.status(), nullptr);
            } else {
                const storage::Hash128 hash =
                    output_.file_done ? storage::content_hash(bytes->bytes()) : storage::Hash128{};
                const auto of_file = std::make_shared<FileOfWork>(file, hash, output_.file_done);
                counted = extract(file.name, bytes->bytes(), of_file);
                if (stopping()) of_file->whole = false;
            }
            if (file.bytes > counted) bytes_read_ += file.bytes - counted;
            progress();
        }
    } else if (const auto* one = std::get_if<NamedBytes>(&input)) {
        bytes_read_ += one->bytes.size() - extract(std::string(one->name), one->bytes, nullptr);
    } else {
        for (const DocumentInput& document : std::get<std::span<const DocumentInput>>(input)) {
            if (stopping()) return;
            const host::Record given{document.id, document.title, document.text, document.metadata};
            (void)accept(document.id, document.text.size(), given, nullptr);
            bytes_read_ += document.text.size();
        }
    }
}

std::uint64_t IngestRun::extract(const std::string& name, std::string_view bytes,
                                 const FilePtr& file) {
    const std::string_view head = bytes.substr(0, 4096);
    const host::Stage* best = nullptr;
    unsigned best_fit = 0;
    for (const host::Stage* stage : pipeline_.extractors()) {
        const auto fit = host::fits(*stage, name, head);
        if (!fit) {
            fail(name, fit.status(), file);
            return 0;
        }
        if (*fit > best_fit) {
            best = stage;
            best_fit = *fit;
        }
    }
    if (best == nullptr) {
        fail(name,
             {Code::unsupported, bytes.empty()
                                     ? "the file is empty"
                                     : "no extractor of this pipeline takes this file; it is "
                                       "neither of a known kind nor UTF-8 text"},
             file);
        return 0;
    }
    const Busy busy(extract_counter_);
    std::uint64_t counted = 0;  // as read: a source of many documents is read bit by bit
    const host::RecordTaker taker{[&](const host::Record& record) {
                                      const std::uint64_t part = std::min<std::uint64_t>(
                                          record.text.size(), bytes.size() - counted);
                                      counted += part;
                                      bytes_read_ += part;
                                      return accept(name, bytes.size(), record, file);
                                  },
                                  [&](const std::string& what, Status why) {
                                      fail(name + ": " + what, std::move(why), file);
                                  }};
    const Status status = host::extract(*best, {.stop = options_.stop}, name, bytes, taker);
    if (!status.ok() && file != nullptr) file->whole = false;
    if (!status.ok() && !stopping()) fail(name, status, file);
    return counted;
}

Status IngestRun::accept(const std::string& source, std::uint64_t source_bytes,
                         const host::Record& document, const FilePtr& file) {
    if (stopping()) return {Code::cancelled, "cancelled"};
    const std::string_view id = document.id.empty() ? std::string_view(source) : document.id;
    const std::string label = source == id ? source : source + ": " + std::string(id);
    if (Status status = check(id, document); !status) {
        fail(label.empty() ? "document" : label, std::move(status), file);
        return {};
    }
    if (options_.keep_existing && output_.exists(id)) {
        const std::lock_guard lock(mutex_);
        report_.kept.emplace_back(id);
        return {};
    }
    const Clock::time_point asked = Clock::now();
    ByteLease lease = budget_.take(cost(document), before_waiting_, [this] { return stopping(); });
    // The extractor's call is still running: what it waited was not its work.
    const std::int64_t waited = (Clock::now() - asked).count();
    extract_counter_.wait_nanoseconds += waited;
    extract_counter_.busy_nanoseconds -= waited;

    std::uint64_t order = 0;
    {
        const std::lock_guard lock(mutex_);
        order = ++order_;
    }
    first_(begin_work(label, id, document, source_bytes, order, std::move(lease), file));
    return {};
}

WorkPtr IngestRun::begin_work(std::string label, std::string_view id, const host::Record& document,
                              std::uint64_t source_bytes, std::uint64_t order, ByteLease lease,
                              const FilePtr& file) {
    auto work = std::make_shared<Work>();
    work->file = file;
    if (file != nullptr) work->put.origin = {file->origin, output_.synced};
    work->lease = std::move(lease);
    work->source = std::move(label);
    work->order = order;
    work->put.id = id;
    work->put.title = document.title;
    work->put.text = document.text;
    work->put.metadata = document.metadata;
    work->put.source_bytes = source_bytes;
    work->upstream = std::make_unique<UpstreamToken>(upstream_, upstream_empty_);
    work->on_its_way = std::make_unique<OnItsWay>(on_their_way_, work->put.text.size());
    const std::lock_guard lock(mutex_);
    InFlight& same = in_flight_[work->put.id];
    same.latest = std::max(same.latest, order);
    ++same.count;
    return work;
}

Status IngestRun::check(std::string_view id, const host::Record& document) const {
    const std::string_view text = document.text;
    LECTERN_TRY(check_document_id(id));
    if (text.size() > pipeline_.config().max_document)
        return {Code::resource_exhausted,
                "the text of " + std::to_string(text.size()) +
                    " bytes is larger than the limit of " +
                    std::to_string(pipeline_.config().max_document) +
                    "; split it, or raise max_document in the pipeline file"};
    if (text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos)
        return {Code::invalid_argument, "there is no text in it"};
    for (const auto& [what, value] : {std::pair{"text", text}, {"title", document.title}}) {
        if (const std::size_t bad = text::invalid_utf8_at(value); bad != std::string_view::npos)
            return {
                Code::invalid_argument,
                std::string("the ") + what + " is not valid UTF-8 at byte " + std::to_string(bad)};
    }
    if (!document.metadata.empty()) {
        boost::system::error_code error;
        const auto value = boost::json::parse(document.metadata, error);
        if (error || !value.is_object())
            return {Code::invalid_argument, "the metadata is not a JSON object"};
    }
    return {};
}

void IngestRun::customise(const host::Stage& stage, StageCounter& counter, const WorkPtr& work,
                          DocumentPort& port) {
    if (stopping()) return drop(*work);
    std::vector<DocumentInput> records;
    const host::RecordTaker taker{
        [&](const host::Record& record) -> Status {
            records.push_back({record.id.empty() ? work->put.id : std::string(record.id),
                               std::string(record.title), std::string(record.text),
                               std::string(record.metadata)});
            return {};
        },
        [&](const std::string& what, Status why) {
            fail(work->source + ": " + what, std::move(why), work->file);
        },
        most_records, std::max(pipeline_.config().max_document, pipeline_.config().memory)};
    Status status;
    {
        const Busy busy(counter, 1, work->enqueued);
        status = host::process(stage, {.stop = options_.stop}, face_of(*work), taker);
    }
    if (!status) {
        fail_work(*work, std::move(status));
        return;
    }
    for (const DocumentInput& made : records) {
        const host::Record record{made.id, made.title, made.text, made.metadata};
        if (Status ok = check(made.id, record); !ok) {
            fail(work->source, ok.within(stage.describe()), work->file);
            continue;
        }
        // Bytes come without waiting: a task that waits would hold up what frees them.
        port.try_put(begin_work(work->source, made.id, record, work->put.source_bytes, work->order,
                                budget_.take_now(cost(record)), work->file));
    }
    work->settled = true;
    drop(*work);
}

}  // namespace lectern
