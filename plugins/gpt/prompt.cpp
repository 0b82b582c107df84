#include "plugins/gpt/prompt.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace lectern::gpt {
namespace {

using plugin::Failure;

constexpr std::array<const char*, 3> role_names = {"system", "user", "assistant"};

// llama.cpp's template functions take NUL-terminated contents and some of them trim; so they are
// given these marks, which no template contains, and the contents are put in afterwards.
std::string placeholder(std::size_t index) {
    return "\x02" + std::to_string(index) + "\x03";
}

// Empty when llama.cpp does not know the template.
std::string apply(const std::string& chat_template, const std::vector<llama_chat_message>& chat,
                  bool answer_follows) {
    std::string out(1024, '\0');
    for (;;) {
        const std::int32_t size = llama_chat_apply_template(chat_template.c_str(), chat.data(),
                                                            chat.size(), answer_follows, out.data(),
                                                            static_cast<std::int32_t>(out.size()));
        if (size < 0) return {};
        const bool fits = static_cast<std::size_t>(size) <= out.size();
        out.resize(static_cast<std::size_t>(size));
        if (fits) return out;
    }
}

void tokenise(const llama_vocab* vocab, std::string_view text, bool add_special, bool parse_special,
              std::vector<llama_token>& out) {
    constexpr auto most = static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()) - 16;
    if (text.size() > most) {
        throw Failure(LECTERN_RESOURCE_EXHAUSTED,
                      "a prompt of " + std::to_string(text.size()) + " bytes is too long");
    }
    const std::size_t before = out.size();
    std::size_t room = text.size() / 2 + 16;
    for (;;) {
        out.resize(before + room);
        const std::int32_t count = llama_tokenize(
            vocab, text.data(), static_cast<std::int32_t>(text.size()), out.data() + before,
            static_cast<std::int32_t>(room), add_special, parse_special);
        if (count >= 0) {
            out.resize(before + static_cast<std::size_t>(count));
            return;
        }
        if (count == std::numeric_limits<std::int32_t>::min()) {
            throw Failure(LECTERN_RESOURCE_EXHAUSTED, "the prompt has too many tokens to count");
        }
        room = static_cast<std::size_t>(-count);
    }
}

}  // namespace

PromptMaker::PromptMaker(const llama_model* model, const plugin::Host& host)
    : vocab_(llama_model_get_vocab(model)), template_("chatml") {
    if (const char* own = llama_model_chat_template(model, nullptr)) {
        if (!apply(own, {{role_names[1], "x"}}, true).empty()) {
            template_ = own;
        } else {
            host.log(LECTERN_LOG_WARNING,
                     "gpt: llama.cpp does not know the model's chat template; using ChatML");
        }
    } else {
        host.log(LECTERN_LOG_WARNING, "gpt: the model has no chat template; using ChatML");
    }
    constexpr int control = LLAMA_TOKEN_ATTR_CONTROL | LLAMA_TOKEN_ATTR_UNKNOWN;
    for (llama_token token = 0; token < llama_vocab_n_tokens(vocab_); ++token) {
        if ((llama_vocab_get_attr(vocab_, token) & control) == 0) continue;
        const char* text = llama_vocab_get_text(vocab_, token);
        if (text != nullptr && *text != '\0') control_.emplace_back(text);
    }
}

bool PromptMaker::holds_control(std::string_view text) const noexcept {
    return std::any_of(control_.begin(), control_.end(), [&](const std::string& control) {
        return text.find(control) != std::string_view::npos;
    });
}

PromptMaker::Formatted PromptMaker::format(std::span<const lectern_message> messages,
                                           bool answer_follows) const {
    if (messages.empty()) throw Failure(LECTERN_INVALID_ARGUMENT, "a prompt needs a message");
    std::vector<std::string> marks;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        if (messages[i].role >= role_names.size()) {
            throw Failure(LECTERN_INVALID_ARGUMENT, "message " + std::to_string(i) +
                                                        " has the unknown role " +
                                                        std::to_string(messages[i].role));
        }
        marks.push_back(placeholder(i));
    }
    std::vector<llama_chat_message> chat;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        chat.push_back({role_names.at(messages[i].role), marks[i].c_str()});
    }
    Formatted out;
    out.frame = apply(template_, chat, answer_follows);
    std::string_view rest = out.frame;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const std::size_t at = rest.find(marks[i]);
        if (at == std::string_view::npos) {
            throw Failure(LECTERN_UNSUPPORTED,
                          "the model's chat template has no place for message " +
                              std::to_string(i) + " (" + role_names.at(messages[i].role) + ")");
        }
        out.parts.push_back({rest.substr(0, at), false});
        out.parts.push_back({plugin::view(messages[i].text), true});
        rest.remove_prefix(at + marks[i].size());
    }
    out.parts.push_back({rest, false});
    return out;
}

std::string PromptMaker::text(std::span<const lectern_message> messages,
                              bool answer_follows) const {
    const Formatted formatted = format(messages, answer_follows);
    std::string out;
    for (const Part& part : formatted.parts) out += part.text;
    return out;
}

std::vector<llama_token> PromptMaker::tokens(std::span<const lectern_message> messages,
                                             bool answer_follows) const {
    const Formatted formatted = format(messages, answer_follows);
    std::string whole;
    bool hostile = false;
    for (const Part& part : formatted.parts) {
        whole += part.text;
        hostile = hostile || (part.of_message && holds_control(part.text));
    }
    // Some templates write the beginning-of-text token themselves.
    const llama_token begin = llama_vocab_bos(vocab_);
    const bool add_special =
        begin == LLAMA_TOKEN_NULL || !whole.starts_with(llama_vocab_get_text(vocab_, begin));
    std::vector<llama_token> out;
    if (!hostile) {
        tokenise(vocab_, whole, add_special, true, out);
        return out;
    }
    bool first = true;
    for (const Part& part : formatted.parts) {
        tokenise(vocab_, part.text, first && add_special, !part.of_message, out);
        first = false;
    }
    return out;
}

}  // namespace lectern::gpt
