// The plugin `mail`: one extractor for mails and mailboxes.

#include <string>

#include "documents/charset.hpp"
#include "documents/extracted.hpp"
#include "documents/file_name.hpp"
#include "documents/html_text.hpp"
#include "documents/pdf_text.hpp"
#include "lectern/plugin.hpp"
#include "mail/message.hpp"
#include "mail/outlook.hpp"
#include "office/fits.hpp"
#include "office/read_office.hpp"

namespace lectern::mail {
namespace {

class MailExtractor : public plugin::Extractor {
 public:
    explicit MailExtractor(const plugin::Config& config)
        : program_(config.string("program").value_or("pdftotext")) {}

    [[nodiscard]] unsigned fits(std::string_view name, std::string_view head) const override {
        return mail_fits(name, head);
    }

    void extract(const plugin::Call& call, const plugin::Source& source,
                 const plugin::DocumentSink& sink) const override {
        const auto give = [&](const MailDocument& document) {
            call.check();
            sink.document({.id = document.id,
                           .title = document.title,
                           .text = document.text,
                           .metadata = document.metadata});
        };
        const auto failed = [&](const MailFailure& failure) {
            sink.failed(failure.what, LECTERN_UNSUPPORTED, failure.message);
        };
        const auto reader = [&](const Attachment& attachment) { return read(call, attachment); };
        auto* read_all = &read_mail;
        // Mails are called .msg by others, too.
        if (source.bytes.starts_with("\xD0\xCF\x11\xE0"))
            read_all = &read_outlook;
        else if (is_mailbox(source.name, source.bytes.substr(0, 4096)))
            read_all = &read_mailbox;
        read_all(source.bytes, source.name, reader, give, failed);
    }

 private:
    // The text of an attachment; "" for pictures and other things without any.
    [[nodiscard]] std::string read(const plugin::Call& call, const Attachment& attachment) const {
        call.check();
        const std::string_view bytes = attachment.bytes;
        const std::string& type = attachment.media_type;
        const std::string& name = attachment.name;
        if (bytes.empty() || type.starts_with("image/") || type.starts_with("audio/") ||
            type.starts_with("video/") || type.starts_with("font/"))
            return {};
        if (office::office_fits(name, bytes.substr(0, 4096)) > 0)
            return office::read_office(bytes).text;
        if (bytes.starts_with("%PDF-")) {
            documents::ProcessLimits limits;
            limits.cancelled = [&call] { return call.cancelled(); };
            return documents::pdf_text(bytes, program_, limits).text;
        }
        if (type == "text/html" || documents::has_extension(name, {"html", "htm"}))
            return documents::html_text(bytes, attachment.charset).text;
        if (!type.starts_with("text/") &&
            !documents::has_extension(name,
                                      {"txt", "md", "csv", "tsv", "json", "xml", "log", "ics"}))
            return {};
        std::string storage;
        return std::string(documents::decode(bytes, attachment.charset, {}, storage).text);
    }

    std::string program_;
};

constexpr const char* options = R"json({
  "type": "object",
  "properties": {
    "program": {"type": "string", "default": "pdftotext",
      "description": "Name or absolute path of the program pdftotext, for attachments"}
  }
})json";

}  // namespace
}  // namespace lectern::mail

LECTERN_PLUGIN("mail", "1.0.0", "Documents from mails and mailboxes", "Apache-2.0",
               lectern::plugin::stage<lectern::mail::MailExtractor>(
                   "mail", "Mails and mailboxes; attachments are documents of their own",
                   lectern::mail::options))
