// The plugin `mail`: one extractor for mails and mailboxes.

#include <algorithm>
#include <string>
#include <string_view>

#include "documents/file_name.hpp"
#include "lectern/plugin.hpp"
#include "mail/message.hpp"
#include "mail/outlook.hpp"

namespace lectern::mail {
namespace {

class MailExtractor : public plugin::Extractor {
 public:
    explicit MailExtractor(const plugin::Config& /*config*/) {}

    [[nodiscard]] unsigned fits(std::string_view name, std::string_view head) const override {
        return mail_fits(name, head);
    }

    void extract(const plugin::Call& call, const plugin::Source& source,
                 const plugin::DocumentSink& sink) const override {
        const bool mailbox = is_mailbox(source.name, source.bytes.substr(0, 4096));
        const std::string before = std::string(source.name) + "#";
        const auto give = [&](const MailDocument& document) {
            call.check();
            plugin::Document out{.id = document.id,
                                 .title = document.title,
                                 .text = document.text,
                                 .metadata = document.metadata};
            // A mail within the mail.
            if (!mailbox && document.id.starts_with(before))
                out.places.push_back({.kind = LECTERN_PLACE_PART,
                                      .name = std::string_view(document.id).substr(before.size())});
            sink.document(out);
        };
        const auto failed = [&](const MailFailure& failure) {
            sink.failed(failure.what, LECTERN_UNSUPPORTED, failure.message);
        };
        const auto hand_on = [&](const Attachment& attachment) -> std::string {
            call.check();
            if (worth_reading(attachment)) {
                const std::string name = named(attachment);
                const std::string type =
                    attachment.media_type +
                    (attachment.charset.empty() ? "" : "; charset=\"" + attachment.charset + "\"");
                // What no extractor takes (signatures, calendars, fonts) is no failure of the mail.
                (void)sink.source({.name = name,
                                   .media_type = type,
                                   .bytes = attachment.bytes,
                                   .metadata = attachment.metadata});
            }
            return {};
        };
        auto* read_all = &read_mail;
        // Mails are called .msg by others, too.
        if (source.bytes.starts_with("\xD0\xCF\x11\xE0"))
            read_all = &read_outlook;
        else if (mailbox)
            read_all = &read_mailbox;
        read_all(source.bytes, source.name, hand_on, give, failed);
    }

 private:
    // Pictures in mails are logos, for the most part; signatures and keys say nothing to people.
    static bool worth_reading(const Attachment& attachment) {
        const std::string& type = attachment.media_type;
        for (const char* kind : {"image/", "audio/", "video/", "font/"})
            if (type.starts_with(kind)) return false;
        for (const char* part : {"signature", "pkcs7", "pgp-"})
            if (type.find(part) != std::string::npos) return false;
        return !attachment.bytes.empty() &&
               (type.starts_with("text/") || may_have_text(attachment.bytes));
    }

    // Text, or one of the forms that files with text have; what is neither is no failure.
    static bool may_have_text(std::string_view bytes) {
        using namespace std::string_view_literals;
        for (const std::string_view form :
             {"%PDF-"sv, "PK\x03\x04"sv, "\xD0\xCF\x11\xE0"sv, "\x1F\x8B"sv, "BZh"sv,
              "\xFD\x37zXZ"sv, "\x28\xB5\x2F\xFD"sv, "\xFF\xFE"sv, "\xFE\xFF"sv})
            if (bytes.starts_with(form)) return true;
        if (bytes.size() > 262 && bytes.substr(257, 5) == "ustar") return true;
        const std::string_view head = bytes.substr(0, 4096);
        return std::none_of(head.begin(), head.end(),
                            [](char c) { return static_cast<unsigned char>(c) < 0x08; });
    }

    // Extractors go by a file's name; the type speaks for one without.
    static std::string named(const Attachment& attachment) {
        if (!documents::extension(attachment.id).empty()) return attachment.id;
        for (const auto& [type, extension] : {std::pair{"text/html", ".html"},
                                              {"text/plain", ".txt"},
                                              {"text/csv", ".csv"},
                                              {"application/pdf", ".pdf"},
                                              {"application/json", ".json"}})
            if (attachment.media_type == type) return attachment.id + extension;
        return attachment.id;
    }
};

}  // namespace
}  // namespace lectern::mail

LECTERN_PLUGIN("mail", "1.0.0", "Documents from mails and mailboxes", "Apache-2.0",
               lectern::plugin::stage<lectern::mail::MailExtractor>(
                   "mail", "Mails and mailboxes; attachments are documents of their own"))
