// mail/message.hpp: mails as documents, parsed by GMime.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace lectern::mail {

struct MailDocument {
    std::string id;        // "" for the mail of a file; else "name#part"
    std::string title;     // the subject, or the attachment's name
    std::string text;      // UTF-8
    std::string metadata;  // a JSON object
};

// An attachment that could not be read, or a mail without text.
struct MailFailure {
    std::string what;
    std::string message;
};

using MailSink = std::function<void(const MailDocument&)>;
using MailFailureSink = std::function<void(const MailFailure&)>;

// Takes an attachment: gives the text of a document to be made of it, or "" when there is none to
// make. May throw Failure.
struct Attachment {
    std::string id;        // "mail.eml#report.docx"
    std::string metadata;  // of documents that are made of it: a JSON object
    std::string name;
    std::string media_type;  // "text/plain"
    std::string charset;
    std::string bytes;
};
using AttachmentReader = std::function<std::string(const Attachment&)>;

// One mail (.eml), its attachments as documents of their own under its id. `name` is the file's.
// Fails when it has neither text nor subject.
void read_mail(std::string_view bytes, std::string_view name, const AttachmentReader& reader,
               const MailSink& sink, const MailFailureSink& failed);

// All mails of a mailbox (.mbox). Ids are the file's name and the mail's Message-ID, or its number.
void read_mailbox(std::string_view bytes, std::string_view name, const AttachmentReader& reader,
                  const MailSink& sink, const MailFailureSink& failed);

// `text`, with replacement characters for what is not UTF-8.
[[nodiscard]] std::string valid(std::string text);

// The name of the `number`th file of that name: "report-2.docx".
[[nodiscard]] std::string numbered(const std::string& name, int number);

// 100 for .eml, .mbox and .msg, 60 for what begins like a mail, else 0.
[[nodiscard]] unsigned mail_fits(std::string_view name, std::string_view head);
[[nodiscard]] bool is_mailbox(std::string_view name, std::string_view head);

}  // namespace lectern::mail
