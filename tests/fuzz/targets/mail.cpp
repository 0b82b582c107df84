// Mails, mailboxes and Outlook's files, as the first byte says.
#include <array>

#include "plugins/mail/message.hpp"
#include "plugins/mail/outlook.hpp"
#include "tests/fuzz/refusal.hpp"
#include "text/text.hpp"

namespace lectern::fuzz {

void run(std::string_view input) {
    if (input.empty()) return;
    constexpr std::array readers{&mail::read_mail, &mail::read_mailbox, &mail::read_outlook};
    const auto read = readers[static_cast<unsigned char>(input.front()) % readers.size()];
    const auto reader = [](const mail::Attachment& attachment) { return attachment.bytes; };
    const auto sink = [](const mail::MailDocument& document) {
        must(text::invalid_utf8_at(document.text) == std::string_view::npos, "a text is UTF-8");
        must(text::invalid_utf8_at(document.title) == std::string_view::npos, "its title is UTF-8");
        must(text::invalid_utf8_at(document.id) == std::string_view::npos, "its id is UTF-8");
    };
    may_refuse([&] { read(input.substr(1), "a.eml", reader, sink, [](const auto&) {}); });
}

}  // namespace lectern::fuzz
