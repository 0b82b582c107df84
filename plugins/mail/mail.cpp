// The plugin `mail`: one extractor for mails and mailboxes.

#include <string>

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
    // Pictures in mails are logos, for the most part.
    static bool worth_reading(const Attachment& attachment) {
        const std::string& type = attachment.media_type;
        return !attachment.bytes.empty() && !type.starts_with("image/") &&
               !type.starts_with("audio/") && !type.starts_with("video/") &&
               !type.starts_with("font/");
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
