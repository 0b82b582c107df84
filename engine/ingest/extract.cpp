// Sources to documents: reading, extracting and checking, and the stages of a pipeline's own.
#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "corpus/values.hpp"
#include "engine/ingest/document_id.hpp"
#include "engine/ingest/run.hpp"
#include "engine/ingest/translations.hpp"
#include "text/text.hpp"

namespace lectern {

namespace {

// What a custom stage may make of one document.
constexpr std::uint64_t most_records = 100'000;
// Of sources within sources: how deep, and how much within the outermost one.
constexpr unsigned most_nested = 5;
constexpr std::uint64_t most_inner_bytes = std::uint64_t{8} << 30;
constexpr std::uint64_t most_inner_sources = 1'000'000;
// What is made to fill a disk costs much before it is known.
constexpr std::uint64_t most_too_large = 16;
// Originals that are kept: what is larger would hold up every other write.
constexpr std::uint64_t largest_original = std::uint64_t{64} << 20;

boost::json::object object_of(std::string_view text) {
    boost::system::error_code error;
    const boost::json::value value = boost::json::parse(text, error);
    return error || !value.is_object() ? boost::json::object{} : value.as_object();
}

// The members of `own`, and those of `outer` that it lacks. What is no object is left as it is, for
// the check to find.
std::string merged_metadata(std::string_view outer, std::string_view own) {
    if (outer.empty() || own.empty()) return std::string(own.empty() ? outer : own);
    boost::system::error_code error;
    boost::json::value value = boost::json::parse(own, error);
    if (error || !value.is_object()) return std::string(own);
    boost::json::object& all = value.as_object();
    for (const auto& [key, member] : object_of(outer)) all.emplace(key, member);
    return boost::json::serialize(all);
}

// Within the outermost source: what stands behind its name and the '#'.
std::string_view part_of(const Nest& outer, std::string_view name) {
    const std::string_view container =
        outer.part.empty() ? outer.name
                           : outer.name.substr(0, outer.name.size() - outer.part.size());
    if (!name.starts_with(container)) return name;
    name.remove_prefix(container.size());
    if (name.starts_with('#')) name.remove_prefix(1);
    return name;
}

std::vector<host::Place> views_of(const std::vector<storage::Place>& places) {
    std::vector<host::Place> out;
    out.reserve(places.size());
    for (const storage::Place& place : places)
        out.push_back({place.kind, place.begin, place.number, place.first_column, place.last_column,
                       place.name});
    return out;
}

// By its first bytes: PNG, JPEG, GIF, TIFF, WebP.
bool is_picture(std::string_view bytes) {
    using namespace std::string_view_literals;
    for (const std::string_view magic :
         {"\x89PNG\r\n\x1A\n"sv, "\xFF\xD8\xFF"sv, "GIF8"sv, "II*\0"sv, "MM\0*"sv})
        if (bytes.starts_with(magic)) return true;
    return bytes.starts_with("RIFF") &&
           bytes.substr(std::min<std::size_t>(8, bytes.size()), 4) == "WEBP";
}

// Why no extractor takes it, and what to do.
std::string why_not_taken(const config::PipelineConfig& pipeline, std::string_view bytes) {
    if (bytes.empty()) return "the file is empty";
    if (!is_picture(bytes))
        return text::invalid_utf8_at(bytes) == std::string_view::npos
                   ? "no extractor of this pipeline takes this kind of text; add the one that does "
                     "('lectern plugins' lists them; docs/documents.md)"
                   : "no extractor of this pipeline takes this file; it is neither of a known kind "
                     "nor UTF-8 text";
    for (const config::StageConfig& stage : pipeline.stages)
        if (stage.plugin == "ocr")
            return "it is a picture, and the pipeline has OCR turned off: remove \"enabled: "
                   "false\" from the options of its stage '" +
                   stage.name + "' (tesseract must be installed)";
    return "it is a picture, and this pipeline has no OCR: add a stage of the plugin 'ocr' to its "
           "extractors (tesseract must be installed; docs/documents.md)";
}

// Of a picture that the reader of texts has tried, what is said when no extractor takes it.
Status of_a_picture(const config::PipelineConfig& pipeline, const host::Stage& tried,
                    std::string_view bytes, const Status& status) {
    const config::StageConfig* stage = pipeline.find(tried.name());
    if (!is_picture(bytes) || stage == nullptr || stage->plugin == "ocr") return status;
    return {status.code(), why_not_taken(pipeline, bytes)};
}

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
                counted = extract({.name = file.name, .bytes = bytes->bytes()}, of_file);
                if (stopping()) of_file->whole = false;
            }
            if (file.bytes > counted) bytes_read_ += file.bytes - counted;
            progress();
        }
    } else if (const auto* one = std::get_if<NamedBytes>(&input)) {
        const host::Input named{
            .name = one->name, .media_type = options_.media_type, .bytes = one->bytes};
        bytes_read_ += one->bytes.size() - extract(named, nullptr);
    } else {
        for (const DocumentInput& document : std::get<std::span<const DocumentInput>>(input)) {
            if (stopping()) return;
            const host::Record given{document.id, document.title, document.text, document.metadata};
            (void)accept({.name = document.id, .bytes = document.text.size()}, given,
                         document.text.size());
            bytes_read_ += document.text.size();
        }
    }
}

Result<const host::Stage*> IngestRun::extractor_for(const host::Input& input) const {
    const std::string_view head = input.bytes.substr(0, 4096);
    const host::Stage* best = nullptr;
    unsigned best_fit = 0;
    for (const host::Stage* stage : pipeline_.extractors()) {
        LECTERN_ASSIGN(const unsigned fit, host::fits(*stage, input.name, head));
        if (fit <= best_fit) continue;
        best = stage;
        best_fit = fit;
    }
    return best;
}

std::uint64_t IngestRun::extract(const host::Input& input, const FilePtr& file) {
    const std::string name(input.name);
    const auto best = extractor_for(input);
    if (!best) {
        fail(name, best.status(), file);
        return 0;
    }
    if (*best == nullptr) {
        fail(name, {Code::unsupported, why_not_taken(pipeline_.config(), input.bytes)}, file);
        return 0;
    }
    const Busy busy(extract_counter_);
    std::uint64_t counted = 0;  // as read: a source of many documents is read bit by bit
    Nest::Inner inner;
    const Nest nest{.name = input.name,
                    .bytes = input.bytes.size(),
                    .file = file,
                    .metadata = input.metadata,
                    .inner = &inner,
                    .original = output_.keep_originals && input.bytes.size() <= largest_original
                                    ? input.bytes
                                    : std::string_view()};
    const Status status = run_extractor(**best, nest, input, counted);
    // Of a source that is one document, such as a PDF, the bytes beside its text are done when that
    // is, and not with the reading.
    if (inner.documents == 1)
        if (const auto only = inner.last.lock()) only->add(input.bytes.size() - counted);
    if (!status.ok() && file != nullptr) file->whole = false;
    if (!status.ok() && !stopping())
        fail(name, of_a_picture(pipeline_.config(), **best, input.bytes, status), file);
    return counted;
}

Status IngestRun::run_extractor(const host::Stage& stage, const Nest& nest,
                                const host::Input& input, std::uint64_t& counted) {
    host::RecordTaker taker{
        [&](const host::Record& record) {
            const std::uint64_t part =
                std::min<std::uint64_t>(record.text.size(), input.bytes.size() - counted);
            counted += part;
            // Behind what is on its way, so that it is not taken for done.
            Status accepted = accept(nest, record, part);
            if (nest.depth == 0) bytes_read_ += part;
            return accepted;
        },
        [&](const std::string& what, Status why) {
            fail(std::string(nest.name) + ": " + what, std::move(why), nest.file);
        }};
    taker.source = [&](const host::Input& inner) { return extract_inner(nest, inner); };
    return host::extract(stage, {.stop = options_.stop}, input, taker);
}

Status IngestRun::extract_inner(const Nest& outer, const host::Input& input) {
    if (stopping()) return {Code::cancelled, "cancelled"};
    outer.inner->bytes += input.bytes.size();
    outer.inner->sources += 1;
    const auto too_much = [](const std::string& what) {
        return Status{Code::resource_exhausted, what + "; unpack it"};
    };
    if (outer.depth >= most_nested)
        return too_much("files lie more than " + std::to_string(most_nested) +
                        " deep in each other");
    if (outer.inner->bytes > most_inner_bytes || outer.inner->sources > most_inner_sources)
        return too_much("there are more than " + std::to_string(most_inner_sources) +
                        " files in it, or more than " + std::to_string(most_inner_bytes >> 20) +
                        " MiB");
    if (outer.inner->too_large > most_too_large)
        return too_much("more than " + std::to_string(most_too_large) +
                        " files in it are larger than they may be");
    LECTERN_ASSIGN(const host::Stage* best, extractor_for(input));
    if (best == nullptr) return {Code::unsupported, "no extractor of this pipeline takes it"};
    const std::string metadata = merged_metadata(outer.metadata, input.metadata);
    const Nest nest{.name = input.name,
                    .bytes = input.bytes.size(),
                    .file = outer.file,
                    .metadata = metadata,
                    .part = part_of(outer, input.name),
                    .depth = outer.depth + 1,
                    .inner = outer.inner};
    std::uint64_t counted = 0;
    const Status status = run_extractor(*best, nest, input, counted);
    if (stopping()) return {Code::cancelled, "cancelled"};
    if (status.ok()) return {};
    if (status.code() == Code::resource_exhausted) outer.inner->too_large += 1;
    fail(std::string(input.name), of_a_picture(pipeline_.config(), *best, input.bytes, status),
         outer.file);
    return {};
}

Status IngestRun::accept(const Nest& nest, const host::Record& given, std::uint64_t bytes) {
    if (stopping()) return {Code::cancelled, "cancelled"};
    host::Record document = given;
    std::string metadata;
    if (!nest.metadata.empty()) {
        metadata = merged_metadata(nest.metadata, document.metadata);
        document.metadata = metadata;
    }
    std::vector<host::Place> places;
    if (!nest.part.empty()) {
        places.push_back({.kind = LECTERN_PLACE_PART, .name = nest.part});
        places.insert(places.end(), document.places.begin(), document.places.end());
        document.places = places;
    }
    const std::string_view id = document.id.empty() ? nest.name : document.id;
    const std::string label =
        nest.name == id ? std::string(id) : std::string(nest.name) + ": " + std::string(id);
    if (Status status = check(id, document); !status) {
        fail(label.empty() ? "document" : label, std::move(status), nest.file);
        return {};
    }
    if (options_.keep_existing && output_.exists(id)) {
        const std::lock_guard lock(mutex_);
        report_.kept.emplace_back(id);
        return {};
    }
    // A row of a table or a mail of a mailbox is not the file.
    const std::string_view original = nest.name == id ? nest.original : std::string_view();
    const Clock::time_point asked = Clock::now();
    ByteLease lease = budget_.take(cost(document, original.size()), before_waiting_,
                                   [this] { return stopping(); });
    // The extractor's call is still running: what it waited was not its work.
    const std::int64_t waited = (Clock::now() - asked).count();
    extract_counter_.wait_nanoseconds += waited;
    extract_counter_.busy_nanoseconds -= waited;

    std::uint64_t order = 0;
    {
        const std::lock_guard lock(mutex_);
        order = ++order_;
    }
    WorkPtr work = begin_work(label, id, document, nest.bytes, bytes, order, std::move(lease),
                              nest.file, std::string(original));
    if (nest.inner != nullptr) {
        nest.inner->documents += 1;
        nest.inner->last = work->on_its_way;
    }
    first_(work);
    return {};
}

WorkPtr IngestRun::begin_work(std::string label, std::string_view id, const host::Record& document,
                              std::uint64_t source_bytes, std::uint64_t on_their_way,
                              std::uint64_t order, ByteLease lease, const FilePtr& file,
                              std::string original) {
    auto work = std::make_shared<Work>();
    work->put.original = std::move(original);
    work->file = file;
    if (file != nullptr) work->put.origin = {file->origin, output_.synced};
    work->lease = std::move(lease);
    work->source = std::move(label);
    work->order = order;
    work->put.id = id;
    work->put.title = document.title;
    work->put.text = document.text;
    work->put.metadata = document.metadata;
    for (const host::Place& place : document.places)
        work->places.push_back({place.begin, place.kind, place.number, place.first_column,
                                place.last_column, std::string(place.name)});
    work->put.source_bytes = source_bytes;
    work->upstream = std::make_unique<UpstreamToken>(upstream_, upstream_empty_);
    work->on_its_way = std::make_shared<OnItsWay>(on_their_way_, on_their_way);
    const std::lock_guard lock(mutex_);
    work->number = ++order_;
    in_flight_[work->put.id].on_their_way.insert(work->precedence());
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

Status IngestRun::process(const host::Stage& stage, StageCounter& counter, Work& work,
                          std::vector<Made>& records) {
    const std::vector<host::Place> places = views_of(work.places);
    host::Record record = face_of(work);
    record.places = places;
    const std::string mark = mark_of(*pipeline_.config().find(stage.name()));
    if (output_.made_before) {
        work.put.content_hash = content_hash_of(work);
        LECTERN_ASSIGN(const auto known, output_.made_before(work.put, mark));
        if (known) {
            records.emplace_back(record);
            records.emplace_back(
                host::Record{known->id, known->title, known->text, known->metadata});
            return {};
        }
    }
    const host::RecordTaker taker{
        [&](const host::Record& made) -> Status {
            records.emplace_back(made);
            if (records.back().id.empty()) records.back().id = work.put.id;
            // Who does not know of places, and left the text alone, leaves them alone too.
            if (made.places.empty() && made.text == work.put.text)
                records.back().places = work.places;
            return {};
        },
        [&](const std::string& what, Status why) {
            fail(work.source + ": " + what, std::move(why), work.file);
        },
        most_records, std::max(pipeline_.config().max_document, pipeline_.config().memory)};
    {
        const Busy busy(counter, 1, work.enqueued);
        LECTERN_TRY(pipeline_.process(stage, {.stop = options_.stop}, record, taker));
    }
    // The document as it is, and one translation of it: these need not be made again.
    if (records.size() != 2 || records[0].id != work.put.id || records[0].title != work.put.title ||
        records[0].text != work.put.text || records[0].metadata != work.put.metadata)
        return {};
    if (auto marked = marked_translation(records[1].metadata, work.put.id, mark))
        records[1].metadata = std::move(*marked);
    return {};
}

void IngestRun::customise(const host::Stage& stage, StageCounter& counter, const WorkPtr& work,
                          DocumentPort& port) {
    if (stopping()) return drop(*work);
    std::vector<Made> records;
    if (Status status = process(stage, counter, *work, records); !status) {
        fail_work(*work, std::move(status));
        return;
    }
    std::vector<WorkPtr> next;
    next.reserve(records.size());
    for (const Made& made : records) {
        const std::vector<host::Place> places = views_of(made.places);
        const host::Record record{made.id, made.title, made.text, made.metadata, places};
        if (Status ok = check(made.id, record); !ok) {
            fail(work->source, ok.within(stage.describe()), work->file);
            continue;
        }
        // Bytes come without waiting: a task that waits would hold up what frees them.
        std::string original = made.id == work->put.id ? work->put.original : std::string();
        const std::uint64_t bytes = cost(record, original.size());
        next.push_back(begin_work(work->source, made.id, record, work->put.source_bytes,
                                  work->on_its_way->left() / records.size(), work->order,
                                  budget_.take_now(bytes), work->file, std::move(original)));
    }
    work->settled = true;
    // What was made of it counts for its id by now, and goes on only when it does not count itself:
    // else an unchanged document is not alone, and is stored again.
    drop(*work);
    for (WorkPtr& made : next) port.try_put(std::exchange(made, nullptr));
}

}  // namespace lectern
