#include "mail/message.hpp"

#include <gmime/gmime.h>

#include <boost/json.hpp>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "documents/charset.hpp"
#include "documents/extracted.hpp"
#include "documents/file_name.hpp"
#include "documents/html_text.hpp"
#include "documents/markup.hpp"
#include "documents/payloads.hpp"
#include "text/text.hpp"

namespace lectern::mail {
namespace {

using documents::ascii_lower;
using documents::fail;
using documents::Failure;
using documents::one_line;
using documents::only_white_space;

constexpr int deepest = 16;                  // mails in mails
constexpr std::size_t most_parts = 10000;    // of a mail
constexpr std::size_t most_mails = 1000000;  // of a mailbox

struct Unref {
    void operator()(void* object) const noexcept { g_object_unref(object); }
};
struct Free {
    void operator()(void* memory) const noexcept { g_free(memory); }
};
template <typename Object>
using Owned = std::unique_ptr<Object, Unref>;

void begin_gmime() {
    static std::once_flag once;
    std::call_once(once, [] { g_mime_init(); });
}

std::string line_of(const char* text) {
    return text == nullptr ? std::string{} : valid(one_line(text));
}

std::string addresses(InternetAddressList* list) {
    if (list == nullptr) return {};
    const std::unique_ptr<char, Free> text(internet_address_list_to_string(list, nullptr, FALSE));
    return line_of(text.get());
}

std::string content_of(GMimePart* part) {
    GMimeDataWrapper* const content = g_mime_part_get_content(part);
    if (content == nullptr) return {};
    const Owned<GMimeStream> stream(g_mime_stream_mem_new());
    g_mime_data_wrapper_write_to_stream(content, stream.get());
    const GByteArray* const bytes =
        g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream.get()));
    return {reinterpret_cast<const char*>(bytes->data), bytes->len};
}

// A mailbox has ">From " where a line of a mail begins with "From ", and ">>From " where it begins
// with ">From " (mboxrd). Base64 has no such lines.
std::string without_quotes(GMimePart* part, std::string bytes) {
    constexpr std::string_view from = "From ";
    if (g_mime_part_get_content_encoding(part) == GMIME_CONTENT_ENCODING_BASE64 ||
        bytes.find(">From ") == std::string::npos)
        return bytes;
    std::string out;
    for (std::string_view rest = bytes; !rest.empty();) {
        const std::size_t end = std::min(rest.find('\n'), rest.size() - 1) + 1;
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end);
        const std::size_t marks = std::min(line.find_first_not_of('>'), line.size());
        if (marks > 0 && line.substr(marks).starts_with(from)) line.remove_prefix(1);
        out += line;
    }
    return out;
}

// Lines that end with a space go on in the next one (RFC 3676).
std::string unflowed(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.starts_with(' ')) line.remove_prefix(1);  // stuffed
        out += line;
        if (!line.ends_with(' ') || line == "-- ") out += '\n';
    }
    return out;
}

std::string read_text(GMimePart* part, bool html, bool in_mailbox) {
    auto* const object = GMIME_OBJECT(part);
    const auto parameter = [&](const char* name) {
        const char* const value = g_mime_object_get_content_type_parameter(object, name);
        return value == nullptr ? std::string{} : std::string(value);
    };
    std::string bytes = content_of(part);
    if (in_mailbox) bytes = without_quotes(part, std::move(bytes));
    if (html) {
        try {
            return documents::html_text(bytes, parameter("charset")).text;
        } catch (const Failure& failure) {
            if (failure.code() == LECTERN_INVALID_ARGUMENT) return {};  // pictures alone
            throw;
        }
    }
    std::string storage;
    std::string text(documents::decode(bytes, parameter("charset"), {}, storage).text);
    if (ascii_lower(parameter("format")) == "flowed") text = unflowed(text);
    std::erase(text, '\r');
    return text;
}

// One mail while it is read.
class Mail {
 public:
    Mail(const AttachmentReader& reader, const MailSink& sink, const MailFailureSink& failed,
         std::string name, bool in_mailbox)
        : reader_(reader),
          sink_(sink),
          failed_(failed),
          name_(std::move(name)),
          in_mailbox_(in_mailbox) {}

    // `id` is the document's, "" for that of the file; `name_` begins those of its attachments.
    void read(GMimeMessage* message, const std::string& id, int depth) {
        depth_ = depth;
        MailDocument out;
        out.id = id;
        out.title = line_of(g_mime_message_get_subject(message));
        out.metadata = headers(message);
        if (GMimeObject* const body = g_mime_message_get_mime_part(message)) part(body, 0);
        std::string text = plain_.empty() ? html_ : plain_;
        for (const std::string& more : more_) text += "\n\n" + more;
        std::string storage;
        if (const auto kept = documents::without_payloads(text, storage);
            kept.data() != text.data())
            text = std::move(storage);
        if (only_white_space(text)) text = out.title;
        if (only_white_space(text)) {
            if (attachments_ == 0)
                fail(LECTERN_INVALID_ARGUMENT,
                     encrypted_ ? "the mail is encrypted"
                                : "no text: the mail has neither text nor subject");
            return;
        }
        out.text = valid(std::string(documents::trimmed(text)));
        if (out.title.empty())
            out.title = one_line(std::string_view(out.text).substr(0, out.text.find('\n')));
        if (out.title.size() > longest_title)
            out.title = std::string(text::prefix(out.title, longest_title));
        sink_(out);
    }

 private:
    static constexpr std::size_t longest_title = 200;  // bytes

    static std::string headers(GMimeMessage* message) {
        boost::json::object out;
        const auto add = [&](const char* name, const std::string& value) {
            if (!value.empty()) out[name] = value;
        };
        add("from", addresses(g_mime_message_get_from(message)));
        add("to", addresses(g_mime_message_get_to(message)));
        add("cc", addresses(g_mime_message_get_cc(message)));
        add("bcc", addresses(g_mime_message_get_bcc(message)));
        if (GDateTime* const date = g_mime_message_get_date(message)) {
            const std::unique_ptr<char, Free> text(
                g_date_time_format(date, "%Y-%m-%dT%H:%M:%S%:z"));
            add("date", line_of(text.get()));
        } else {
            add("date", line_of(g_mime_object_get_header(GMIME_OBJECT(message), "Date")));
        }
        add("message_id", line_of(g_mime_message_get_message_id(message)));
        return out.empty() ? std::string{} : boost::json::serialize(out);
    }

    void part(GMimeObject* object, int level) {
        if (level > deepest || ++parts_ > most_parts) return;
        if (GMIME_IS_MULTIPART(object)) {
            multipart(GMIME_MULTIPART(object), level);
        } else if (GMIME_IS_MESSAGE_PART(object)) {
            inner_mail(g_mime_message_part_get_message(GMIME_MESSAGE_PART(object)));
        } else if (GMIME_IS_PART(object)) {
            leaf(GMIME_PART(object));
        }
    }

    void multipart(GMimeMultipart* parts, int level) {
        GMimeContentType* const type = g_mime_object_get_content_type(GMIME_OBJECT(parts));
        if (g_mime_content_type_is_type(type, "multipart", "encrypted")) {
            encrypted_ = true;
            return;
        }
        const int count = g_mime_multipart_get_count(parts);
        for (int i = 0; i < count; ++i) part(g_mime_multipart_get_part(parts, i), level + 1);
    }

    void inner_mail(GMimeMessage* message) {
        if (message == nullptr || depth_ >= deepest) return;
        ++attachments_;
        const std::string id = attachment_id(line_of(g_mime_message_get_subject(message)));
        try {
            Mail(reader_, sink_, failed_, id, in_mailbox_).read(message, id, depth_ + 1);
        } catch (const Failure& failure) {
            if (failure.code() == LECTERN_CANCELLED) throw;
            failed_({id, failure.what()});
        }
    }

    void leaf(GMimePart* part) {
        GMimeContentType* const type = g_mime_object_get_content_type(GMIME_OBJECT(part));
        const bool plain = g_mime_content_type_is_type(type, "text", "plain");
        const bool html = g_mime_content_type_is_type(type, "text", "html") ||
                          g_mime_content_type_is_type(type, "application", "xhtml+xml");
        if ((plain || html) && !g_mime_part_is_attachment(part) &&
            g_mime_part_get_filename(part) == nullptr) {
            body(read_text(part, html, in_mailbox_), html);
            return;
        }
        attachment(part, type);
    }

    // The first text and the first HTML are the mail, in two forms; more of them go on in it.
    void body(std::string text, bool html) {
        if (only_white_space(text)) return;
        std::string& first = html ? html_ : plain_;
        if (first.empty())
            first = std::move(text);
        else
            more_.push_back(std::move(text));
    }

    void attachment(GMimePart* part, GMimeContentType* type) {
        Attachment found;
        found.name = line_of(g_mime_part_get_filename(part));
        const std::unique_ptr<char, Free> media(g_mime_content_type_get_mime_type(type));
        found.media_type = media == nullptr ? std::string{} : ascii_lower(media.get());
        if (const char* charset = g_mime_content_type_get_parameter(type, "charset"))
            found.charset = charset;
        ++attachments_;
        const std::string id = attachment_id(found.name);
        try {
            found.id = id;
            found.metadata = boost::json::serialize(boost::json::object{{"mail", name_}});
            found.bytes = content_of(part);
            if (in_mailbox_ && g_mime_content_type_is_type(type, "text", "*"))
                found.bytes = without_quotes(part, std::move(found.bytes));
            const std::string text = reader_(found);
            if (only_white_space(text)) return;
            sink_({id, found.name.empty() ? id : found.name, valid(text), found.metadata});
        } catch (const Failure& failure) {
            if (failure.code() == LECTERN_CANCELLED) throw;
            failed_({id, failure.what()});
        }
    }

    // "mail.eml#report.txt", and a number when there are two of that name.
    std::string attachment_id(const std::string& given) {
        std::string base = name_ + "#" + (given.empty() ? "part-" + std::to_string(parts_) : given);
        if (base.size() > 2000) base = std::string(text::prefix(base, 2000));
        std::string id = base;
        for (int i = 2; !ids_.insert(id).second; ++i) id = numbered(base, i);
        return id;
    }

    const AttachmentReader& reader_;
    const MailSink& sink_;
    const MailFailureSink& failed_;
    std::string name_;
    bool in_mailbox_ = false;
    int depth_ = 0;
    std::size_t parts_ = 0;
    std::size_t attachments_ = 0;
    bool encrypted_ = false;
    std::string plain_;
    std::string html_;
    std::vector<std::string> more_;
    std::set<std::string> ids_;
};

// Mails are bytes; only those that were saved as UTF-16 are converted.
std::string_view bytes_of(std::string_view bytes, std::string& storage) {
    const bool utf16 = documents::byte_order_mark(bytes) != documents::ByteOrderMark::none ||
                       bytes.substr(0, 2).find('\0') != std::string_view::npos;
    return utf16 ? documents::decode(bytes, {}, {}, storage).text : bytes;
}

Owned<GMimeParser> parser_of(std::string_view bytes) {
    begin_gmime();
    const Owned<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(bytes.data(), bytes.size()));
    return Owned<GMimeParser>(g_mime_parser_new_with_stream(stream.get()));
}

// "Received: …": the name of a header, in lower case; "" for other lines.
std::string header_name(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return {};
    const std::string_view name = line.substr(0, colon);
    return name.find_first_of(" \t") == std::string_view::npos ? ascii_lower(name) : std::string{};
}

// How many of the headers that mails have stand at the begin.
int headers_at_begin(std::string_view head) {
    constexpr std::string_view known[] = {
        "from",         "to",         "subject",     "date", "received",     "reply-to",
        "mime-version", "message-id", "return-path", "cc",   "content-type", "delivered-to"};
    int out = 0;
    while (!head.empty()) {
        const std::size_t end = std::min(head.find('\n'), head.size());
        std::string_view line = head.substr(0, end);
        head.remove_prefix(std::min(end + 1, head.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty()) break;
        if (line.front() == ' ' || line.front() == '\t') continue;
        const std::string name = header_name(line);
        if (name.empty()) return 0;
        for (const std::string_view one : known)
            if (one == name) ++out;
    }
    return out;
}

}  // namespace

void read_mail(std::string_view bytes, std::string_view name, const AttachmentReader& reader,
               const MailSink& sink, const MailFailureSink& failed) {
    std::string storage;
    const Owned<GMimeParser> parser = parser_of(bytes_of(bytes, storage));
    const Owned<GMimeMessage> message(g_mime_parser_construct_message(parser.get(), nullptr));
    if (message == nullptr) fail(LECTERN_INVALID_ARGUMENT, "not a mail: it has no headers");
    Mail(reader, sink, failed, std::string(name), false).read(message.get(), {}, 0);
}

void read_mailbox(std::string_view bytes, std::string_view name, const AttachmentReader& reader,
                  const MailSink& sink, const MailFailureSink& failed) {
    std::string storage;
    const Owned<GMimeParser> parser = parser_of(bytes_of(bytes, storage));
    g_mime_parser_set_format(parser.get(), GMIME_FORMAT_MBOX);
    std::set<std::string> ids;
    for (std::size_t number = 1; number <= most_mails && !g_mime_parser_eos(parser.get());
         ++number) {
        const Owned<GMimeMessage> message(g_mime_parser_construct_message(parser.get(), nullptr));
        if (message == nullptr) continue;
        std::string id =
            std::string(name) + "#" + line_of(g_mime_message_get_message_id(message.get()));
        if (id.ends_with('#') || !ids.insert(id).second)
            id = std::string(name) + "#" + std::to_string(number);
        ids.insert(id);
        try {
            Mail(reader, sink, failed, id, true).read(message.get(), id, 0);
        } catch (const Failure& failure) {
            if (failure.code() == LECTERN_CANCELLED) throw;
            failed({"mail " + std::to_string(number), failure.what()});
        }
    }
    if (ids.empty())
        fail(LECTERN_INVALID_ARGUMENT, "no mails: no line of the file begins with \"From \"");
}

std::string valid(std::string text) {
    if (text::invalid_utf8_at(text) == std::string_view::npos) return text;
    return documents::to_utf8(text, documents::encoding_of("utf-8"));
}

std::string numbered(const std::string& name, int number) {
    const std::string extension = documents::extension(name);
    const std::string mark = "-" + std::to_string(number);
    if (extension.empty()) return name + mark;
    const std::size_t dot = name.size() - extension.size() - 1;
    return name.substr(0, dot) + mark + name.substr(dot);
}

bool is_mailbox(std::string_view name, std::string_view head) {
    if (documents::has_extension(name, {"mbox", "mbx"})) return true;
    return head.starts_with("From ") && !documents::has_extension(name, {"eml"});
}

unsigned mail_fits(std::string_view name, std::string_view head) {
    if (documents::has_extension(name, {"eml", "mbox", "mbx", "msg"})) return 100;
    if (documents::has_extension(name, {"txt", "text", "md", "markdown", "html", "htm"})) return 0;
    if (head.starts_with("From "))
        return headers_at_begin(head.substr(std::min(head.find('\n') + 1, head.size()))) >= 2 ? 60
                                                                                              : 0;
    return headers_at_begin(head) >= 3 ? 60 : 0;
}

}  // namespace lectern::mail
