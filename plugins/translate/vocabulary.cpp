#include "plugins/translate/vocabulary.hpp"

#include <sentencepiece_processor.h>

#include "plugins/shared/failure.hpp"

namespace lectern::translate {

struct Vocabulary::Model {
    sentencepiece::SentencePieceProcessor pieces;
};

Vocabulary::Vocabulary(std::span<const std::byte> file, const std::string& name)
    : model_(std::make_unique<Model>()) {
    const auto status = model_->pieces.LoadFromSerializedProto(
        {reinterpret_cast<const char*>(file.data()), file.size()});
    if (!status.ok())
        shared::fail(LECTERN_CORRUPT, name + ": is no SentencePiece model: " + status.ToString());
    const int size = model_->pieces.GetPieceSize();
    const int end = model_->pieces.eos_id();
    const int unknown = model_->pieces.unk_id();
    if (size <= 0 || end < 0 || unknown < 0)
        shared::fail(
            LECTERN_CORRUPT,
            name + ": it has no token for the end of a sentence or for what it does not know");
    size_ = static_cast<std::size_t>(size);
    end_ = static_cast<std::uint32_t>(end);
    unknown_ = static_cast<std::uint32_t>(unknown);
}

Vocabulary::~Vocabulary() = default;
Vocabulary::Vocabulary(Vocabulary&& other) noexcept = default;
Vocabulary& Vocabulary::operator=(Vocabulary&& other) noexcept = default;

std::vector<std::uint32_t> Vocabulary::encode(std::string_view text) const {
    std::vector<int> ids;
    const auto status = model_->pieces.Encode({text.data(), text.size()}, &ids);
    if (!status.ok()) shared::fail(LECTERN_INTERNAL, "SentencePiece: " + status.ToString());
    return {ids.begin(), ids.end()};
}

std::string Vocabulary::decode(std::span<const std::uint32_t> tokens) const {
    const std::vector<int> ids(tokens.begin(), tokens.end());
    std::string out;
    const auto status = model_->pieces.Decode(ids, &out);
    if (!status.ok()) shared::fail(LECTERN_INTERNAL, "SentencePiece: " + status.ToString());
    return out;
}

bool Vocabulary::begins_word(std::uint32_t token) const {
    return model_->pieces.IdToPiece(static_cast<int>(token)).starts_with("\xE2\x96\x81");
}

bool Vocabulary::ends_with(std::uint32_t token, std::string_view characters) const {
    const std::string& piece = model_->pieces.IdToPiece(static_cast<int>(token));
    return !piece.empty() && characters.find(piece.back()) != std::string_view::npos;
}

}  // namespace lectern::translate
