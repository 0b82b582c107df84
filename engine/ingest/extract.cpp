// Sources to documents: reading, extracting and checking, and the stages of a pipeline's own.
#include <boost/json/parse.hpp>

#include "engine/ingest/document_id.hpp"
#include "engine/ingest/run.hpp"
#include "text/text.hpp"

namespace lectern {

using host::CallContext;

void IngestRun::read_sources(const IngestInput& input) {
    if (const auto* files = std::get_if<std::vector<SourceFile>>(&input)) {
        for (std::size_t i = next_.fetch_add(1); i < files->size(); i = next_.fetch_add(1)) {
            if (stopping()) return;
            const SourceFile& file = (*files)[i];
            auto bytes = FileBytes::open(file.path);
            std::uint64_t counted = 0;
            if (!bytes) {
                fail(file.name, bytes.status());
            } else {
                counted = extract(file.name, bytes->bytes());
            }
            if (file.bytes > counted) bytes_read_ += file.bytes - counted;
            progress();
        }
    } else if (const auto* one = std::get_if<NamedBytes>(&input)) {
        bytes_read_ += one->bytes.size() - extract(std::string(one->name), one->bytes);
    } else {
        for (const DocumentInput& document : std::get<std::span<const DocumentInput>>(input)) {
            if (stopping()) return;
            const lectern_document given{sizeof(lectern_document), 0,
                                         span(document.id),        span(document.title),
                                         span(document.text),      span(document.metadata)};
            (void)accept(document.id, document.text.size(), given);
            bytes_read_ += document.text.size();
        }
    }
}

lectern_code IngestRun::take_document(const lectern_document_sink* face,
                                      const lectern_document* document) {
    Sink& sink = *static_cast<Sink*>(face->host_data);
    const std::uint64_t bytes =
        std::min<std::uint64_t>(document->text.size, sink.source_bytes - sink.counted);
    sink.counted += bytes;
    sink.run->bytes_read_ += bytes;
    return sink.run->accept(*sink.source, sink.source_bytes, *document);
}

void IngestRun::take_failure(const lectern_document_sink* face, lectern_text what,
                             lectern_code code, lectern_text message) {
    const Sink& sink = *static_cast<const Sink*>(face->host_data);
    const Status status(host::to_code(code), host::clean_text(message, 4096));
    sink.run->fail(*sink.source + ": " + host::clean_text(what, 256), status);
}

std::uint64_t IngestRun::extract(const std::string& name, std::string_view bytes) {
    const std::string_view head = bytes.substr(0, 4096);
    const host::Stage* best = nullptr;
    unsigned best_fit = 0;
    for (const host::Stage* stage : pipeline_.extractors()) {
        const unsigned fit =
            stage->table<lectern_extractor>()->fits(stage->get(), span(name), span(head));
        if (fit > best_fit) {
            best = stage;
            best_fit = fit;
        }
    }
    if (best == nullptr) {
        fail(name, {Code::unsupported, bytes.empty()
                                           ? "the file is empty"
                                           : "no extractor of this pipeline takes this file; it is "
                                             "neither of a known kind nor UTF-8 text"});
        return 0;
    }
    const Busy busy(extract_counter_);
    Sink sink{this, &name, bytes.size(), 0};
    const lectern_document_sink face{sizeof(lectern_document_sink), 0, &sink, &take_document,
                                     &take_failure};
    const lectern_source source{sizeof(lectern_source), 0, span(name), {nullptr, 0}, span(bytes)};
    CallContext call({.stop = options_.stop});
    const Status status = call.status(
        best->table<lectern_extractor>()->extract(best->get(), call.get(), &source, &face),
        best->describe());
    if (!status.ok() && !stopping()) fail(name, status);
    return sink.counted;
}

lectern_code IngestRun::accept(const std::string& source, std::uint64_t source_bytes,
                               const lectern_document& document) {
    if (stopping()) return LECTERN_CANCELLED;
    const std::string_view id = document.id.size > 0 ? view(document.id) : source;
    const std::string label = source == id ? source : source + ": " + std::string(id);
    if (Status status = check(id, document); !status) {
        fail(label.empty() ? "document" : label, std::move(status));
        return LECTERN_OK;
    }
    if (options_.keep_existing && output_.exists(id)) {
        const std::lock_guard lock(mutex_);
        report_.kept.emplace_back(id);
        return LECTERN_OK;
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
    first_(begin_work(label, id, document, source_bytes, order, std::move(lease)));
    return LECTERN_OK;
}

WorkPtr IngestRun::begin_work(std::string label, std::string_view id,
                              const lectern_document& document, std::uint64_t source_bytes,
                              std::uint64_t order, ByteLease lease) {
    auto work = std::make_shared<Work>();
    work->lease = std::move(lease);
    work->source = std::move(label);
    work->order = order;
    work->put.id = id;
    work->put.title = view(document.title);
    work->put.text = view(document.text);
    work->put.metadata = view(document.metadata);
    work->put.source_bytes = source_bytes;
    work->upstream = std::make_unique<UpstreamToken>(upstream_, upstream_empty_);
    work->on_its_way = std::make_unique<OnItsWay>(on_their_way_, work->put.text.size());
    const std::lock_guard lock(mutex_);
    InFlight& same = in_flight_[work->put.id];
    same.latest = std::max(same.latest, order);
    ++same.count;
    return work;
}

Status IngestRun::check(std::string_view id, const lectern_document& document) const {
    const std::string_view text = view(document.text);
    LECTERN_TRY(check_document_id(id));
    if (text.size() > pipeline_.config().max_document)
        return {Code::resource_exhausted,
                "the text of " + std::to_string(text.size()) +
                    " bytes is larger than the limit of " +
                    std::to_string(pipeline_.config().max_document) +
                    "; split it, or raise max_document in the pipeline file"};
    if (text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos)
        return {Code::invalid_argument, "there is no text in it"};
    for (const auto& [what, value] : {std::pair{"text", text}, {"title", view(document.title)}}) {
        if (const std::size_t bad = text::invalid_utf8_at(value); bad != std::string_view::npos)
            return {
                Code::invalid_argument,
                std::string("the ") + what + " is not valid UTF-8 at byte " + std::to_string(bad)};
    }
    if (document.metadata.size > 0) {
        boost::system::error_code error;
        const auto value = boost::json::parse(view(document.metadata), error);
        if (error || !value.is_object())
            return {Code::invalid_argument, "the metadata is not a JSON object"};
    }
    return {};
}

void IngestRun::customise(const host::Stage& stage, StageCounter& counter, const WorkPtr& work,
                          DocumentPort& port) {
    if (stopping()) return drop(*work);
    struct Records {
        IngestRun* run;
        const Work* parent;
        std::vector<std::unique_ptr<DocumentInput>> records;
    } records{this, work.get(), {}};
    const lectern_document_sink face{
        sizeof(lectern_document_sink), 0, &records,
        [](const lectern_document_sink* sink, const lectern_document* document) -> lectern_code {
            auto& to = *static_cast<Records*>(sink->host_data);
            to.records.push_back(std::make_unique<DocumentInput>(DocumentInput{
                std::string(document->id.size > 0 ? view(document->id)
                                                  : std::string_view(to.parent->put.id)),
                std::string(view(document->title)), std::string(view(document->text)),
                std::string(view(document->metadata))}));
            return LECTERN_OK;
        },
        [](const lectern_document_sink* sink, lectern_text what, lectern_code code,
           lectern_text message) {
            auto& to = *static_cast<Records*>(sink->host_data);
            to.run->fail(to.parent->source + ": " + host::clean_text(what, 256),
                         {host::to_code(code), host::clean_text(message, 4096)});
        }};
    Status status;
    {
        const Busy busy(counter, 1, work->enqueued);
        CallContext call({.stop = options_.stop});
        const lectern_document record = face_of(*work);
        status = call.status(
            stage.table<lectern_custom>()->process(stage.get(), call.get(), &record, &face),
            stage.describe());
    }
    if (!status) {
        fail_work(*work, std::move(status));
        return;
    }
    for (const auto& made : records.records) {
        const lectern_document record{sizeof(lectern_document), 0,
                                      span(made->id),           span(made->title),
                                      span(made->text),         span(made->metadata)};
        if (Status ok = check(made->id, record); !ok) {
            fail(work->source, ok.within(stage.describe()));
            continue;
        }
        // Bytes come without waiting: a task that waits would hold up what frees them.
        port.try_put(begin_work(work->source, made->id, record, work->put.source_bytes, work->order,
                                budget_.take_now(cost(record))));
    }
    drop(*work);
}

}  // namespace lectern
