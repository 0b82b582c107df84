// Calls of the stages that make documents and chunks.
#include <algorithm>
#include <optional>
#include <vector>

#include "engine/plugin_host/abi_sizes.hpp"
#include "engine/plugin_host/abi_text.hpp"
#include "engine/plugin_host/calls.hpp"
#include "engine/plugin_host/enter.hpp"
#include "text/text.hpp"

namespace lectern::host {
namespace {

constexpr std::size_t max_what_bytes = 256;
constexpr std::size_t max_reason_bytes = 4096;
constexpr std::uint64_t max_context_bytes = 2048;  // as plugin.h says
constexpr std::uint64_t max_places = 4'000'000;

// A text that has a size but no data is none.
bool sound(const lectern_text& text) {
    return text.size == 0 || text.data != nullptr;
}

// A sink of documents over a RecordTaker.
class DocumentSink {
 public:
    DocumentSink(const Stage& stage, CallContext& call, const RecordTaker& taker)
        : stage_(stage), call_(call), taker_(taker) {
        face_.struct_size = sizeof face_;
        face_.host_data = this;
        face_.document = [](const lectern_document_sink* face, const lectern_document* document) {
            auto& self = *static_cast<DocumentSink*>(face->host_data);
            return self.call_.receive([&] { return self.take(document); });
        };
        face_.failed = [](const lectern_document_sink* face, lectern_text what, lectern_code code,
                          lectern_text message) {
            auto& self = *static_cast<DocumentSink*>(face->host_data);
            self.call_.receive([&] {
                self.fail(what, code, message);
                return Status();
            });
        };
        if (!taker_.source) return;
        face_.source = [](const lectern_document_sink* face, const lectern_source* inner) {
            auto& self = *static_cast<DocumentSink*>(face->host_data);
            return self.call_.receive([&] { return self.hand_on(inner); });
        };
    }
    DocumentSink(const DocumentSink&) = delete;
    DocumentSink& operator=(const DocumentSink&) = delete;

    [[nodiscard]] const lectern_document_sink* get() const noexcept { return &face_; }

    // After the call.
    void say_the_rest() const {
        if (failures_ <= taker_.most_failures || !taker_.failed) return;
        taker_.failed("more", {Code::resource_exhausted,
                               std::to_string(failures_ - taker_.most_failures) +
                                   " more documents have failed; the first are listed"});
    }

 private:
    Status take(const lectern_document* document) {
        if (document == nullptr) return broken("gave NULL for a document");
        if (!LECTERN_HAS(document, metadata))
            return broken("gave a document with the struct_size " +
                          std::to_string(document->struct_size) + ", and ABI 1.0 has " +
                          std::to_string(LECTERN_V1_0_SIZE_document));
        std::uint64_t bytes = 0;
        for (const lectern_text* text :
             {&document->id, &document->title, &document->text, &document->metadata}) {
            if (!sound(*text)) return broken("gave a text with a size and no data");
            if (text->size > UINT64_MAX - bytes) return broken("gave a text of an absurd size");
            bytes += text->size;
        }
        if (++records_ > taker_.most_records || bytes > taker_.most_bytes - bytes_)
            return {Code::resource_exhausted,
                    "it gives more than the limit of " + std::to_string(taker_.most_records) +
                        " documents or " + std::to_string(taker_.most_bytes) +
                        " bytes for one document"};
        bytes_ += bytes;
        LECTERN_TRY(take_places(*document));
        return taker_.take({view(document->id), view(document->title), view(document->text),
                            view(document->metadata), places_});
    }
    // What is wrong with a place is a defect, but for what this host does not know of.
    Status take_places(const lectern_document& document) {
        places_.clear();
        if (!LECTERN_HAS(&document, place_count) || document.place_count == 0) return {};
        const std::string_view text = view(document.text);
        if (document.places == nullptr || document.places->struct_size < LECTERN_V1_3_SIZE_place)
            return broken("gave places without their structs");
        if (document.place_count > std::min<std::uint64_t>(text.size() + 1, max_places))
            return broken("gave more places than there can be in its text");
        std::uint64_t before = 0;
        for (std::uint64_t i = 0; i < document.place_count; ++i) {
            const lectern_place& place = *LECTERN_ITEM(lectern_place, document.places, i);
            if (place.begin < before || place.begin > text.size() || !sound(place.name) ||
                (place.begin < text.size() &&
                 (static_cast<unsigned char>(text[place.begin]) & 0xC0U) == 0x80U))
                return broken(
                    "gave a place that does not begin at a character of the text, in order");
            before = place.begin;
            const std::string_view name = view(place.name);
            if (text::invalid_utf8_at(name) != std::string_view::npos)
                return broken("gave a place with a name that is not UTF-8");
            const bool known = place.kind <= LECTERN_PLACE_SECTION;
            places_.push_back({known ? place.kind : static_cast<std::uint32_t>(LECTERN_PLACE_NONE),
                               place.begin, place.number, place.first_column, place.last_column,
                               text::prefix(name, max_what_bytes)});
        }
        return {};
    }
    Status hand_on(const lectern_source* inner) {
        if (inner == nullptr || !LECTERN_HAS(inner, bytes))
            return broken("handed on a source without its whole struct");
        Input input{view(inner->name), view(inner->media_type), view(inner->bytes), {}};
        if (!sound(inner->name) || !sound(inner->media_type) || !sound(inner->bytes))
            return broken("handed on a source with a size and no data");
        if (LECTERN_HAS(inner, metadata)) {
            if (!sound(inner->metadata)) return broken("gave a text with a size and no data");
            input.metadata = view(inner->metadata);
        }
        return taker_.source(input);
    }
    void fail(lectern_text what, lectern_code code, lectern_text message) {
        if (++failures_ > taker_.most_failures || !taker_.failed) return;
        const Code ours = code == LECTERN_OK ? Code::internal : to_code(code);
        taker_.failed(clean_text(what, max_what_bytes),
                      {ours, clean_text(message, max_reason_bytes)});
    }
    const Stage& stage_;
    CallContext& call_;
    const RecordTaker& taker_;
    lectern_document_sink face_{};
    std::uint64_t records_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint64_t failures_ = 0;
    std::vector<Place> places_;
};

// A record as a plugin gets it.
class Face {
 public:
    Face(const Record& record, unsigned abi_minor) {
        face_.struct_size = known_bytes<lectern_document>(abi_minor);
        face_.id = span(record.id);
        face_.title = span(record.title);
        face_.text = span(record.text);
        face_.metadata = span(record.metadata);
        if (record.places.empty() || !LECTERN_HAS(&face_, place_count)) return;
        for (const Place& place : record.places)
            places_.push_back({sizeof(lectern_place), place.kind, place.begin, place.number,
                               place.first_column, place.last_column, span(place.name)});
        packed_.emplace(places_, abi_minor);
        face_.places = packed_->get();
        face_.place_count = places_.size();
    }
    Face(const Face&) = delete;
    Face& operator=(const Face&) = delete;
    [[nodiscard]] const lectern_document* get() const noexcept { return &face_; }

 private:
    lectern_document face_{};
    std::vector<lectern_place> places_;
    std::optional<Packed<lectern_place>> packed_;
};

}  // namespace

Result<unsigned> fits(const Stage& extractor, std::string_view name, std::string_view head) {
    Status failure;
    const Interrupt none;
    const auto fit =
        contained<std::uint32_t>(extractor.plugin(), extractor.name(), "fits", none, failure, [&] {
            return extractor.table<lectern_extractor>()->fits(extractor.get(), span(name),
                                                              span(head));
        });
    if (!failure.ok()) return failure.within(extractor.describe());
    return std::min(fit, 100U);
}

Status extract(const Stage& extractor, const Interrupt& interrupt, const Input& input,
               const RecordTaker& taker) {
    lectern_source source{};
    source.struct_size = known_bytes<lectern_source>(extractor.abi_minor());
    source.name = span(input.name);
    source.media_type = span(input.media_type);
    source.bytes = span(input.bytes);
    CallContext call(interrupt);
    const DocumentSink sink(extractor, call, taker);
    Status ended = enter(extractor, "extract", call, [&] {
        return extractor.table<lectern_extractor>()->extract(extractor.get(), call.get(), &source,
                                                             sink.get());
    });
    sink.say_the_rest();
    return ended;
}

Status process(const Stage& custom, const Interrupt& interrupt, const Record& record,
               const RecordTaker& taker) {
    const Face document(record, custom.abi_minor());
    CallContext call(interrupt);
    const DocumentSink sink(custom, call, taker);
    Status ended = enter(custom, "process", call, [&] {
        return custom.table<lectern_custom>()->process(custom.get(), call.get(), document.get(),
                                                       sink.get());
    });
    sink.say_the_rest();
    return ended;
}

Result<std::vector<Chunk>> split(const Stage& splitter, const Interrupt& interrupt,
                                 const Record& record) {
    // Chunks may overlap, and that widely; not so that they are many times the text.
    constexpr std::uint64_t most_times = 64;
    struct Taker {
        std::string_view text;
        CallContext& call;
        std::vector<Chunk> chunks = {};
        std::uint64_t bytes = 0;

        [[nodiscard]] bool boundary(std::uint64_t at) const {
            return at == text.size() || (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
        }
        Status take(const lectern_chunk* chunk) {
            if (chunk == nullptr || !LECTERN_HAS(chunk, end))
                return broken("gave a chunk without its whole struct");
            const Chunk* before = chunks.empty() ? nullptr : &chunks.back();
            if (chunk->begin < (before == nullptr ? 0 : before->begin) ||
                chunk->begin >= chunk->end || chunk->end > text.size() || !boundary(chunk->begin) ||
                !boundary(chunk->end))
                return broken(
                    "gave a chunk that is not a byte range of the text at character boundaries, in "
                    "order");
            if (before != nullptr && before->begin == chunk->begin && before->end == chunk->end)
                return broken("gave the same chunk twice");
            bytes += chunk->end - chunk->begin;
            if (bytes / most_times > text.size())
                return broken("gave chunks that are more than " + std::to_string(most_times) +
                              " times the text");
            Chunk& taken = chunks.emplace_back(Chunk{chunk->begin, chunk->end, chunk->tokens});
            if (!LECTERN_HAS(chunk, context_end) || chunk->context_end == 0) return {};
            if (chunk->context_begin >= chunk->context_end || chunk->context_end > chunk->begin ||
                chunk->context_end - chunk->context_begin > max_context_bytes ||
                !boundary(chunk->context_begin) || !boundary(chunk->context_end))
                return broken("gave a chunk with a context that is not a short range before it");
            taken.context_begin = chunk->context_begin;
            taken.context_end = chunk->context_end;
            return {};
        }
    };
    const Face document(record, splitter.abi_minor());
    CallContext call(interrupt);
    Taker taker{record.text, call};
    lectern_chunk_sink sink{};
    sink.struct_size = sizeof sink;
    sink.host_data = &taker;
    sink.chunk = [](const lectern_chunk_sink* face, const lectern_chunk* chunk) {
        auto& to = *static_cast<Taker*>(face->host_data);
        return to.call.receive([&] { return to.take(chunk); });
    };
    LECTERN_TRY(enter(splitter, "split", call, [&] {
        return splitter.table<lectern_splitter>()->split(splitter.get(), call.get(), document.get(),
                                                         &sink);
    }));
    if (taker.chunks.empty()) return defect(splitter, "gave no chunk");
    return std::move(taker.chunks);
}

}  // namespace lectern::host
