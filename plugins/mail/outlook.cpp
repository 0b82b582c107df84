#include "mail/outlook.hpp"

#include <gsf/gsf-infile-msole.h>
#include <gsf/gsf-infile.h>
#include <gsf/gsf-input-memory.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <set>

#include "documents/charset.hpp"
#include "documents/extracted.hpp"
#include "documents/html_text.hpp"
#include "documents/markup.hpp"
#include "documents/payloads.hpp"
#include "text/text.hpp"

namespace lectern::mail {
namespace {

using documents::fail;
using documents::Failure;
using documents::one_line;
using documents::only_white_space;

constexpr gsf_off_t largest_stream = gsf_off_t{128} << 20;  // bytes
constexpr int most_attachments = 10000;
constexpr int deepest_mail = 16;

struct UnrefGsf {
    void operator()(void* object) const noexcept { g_object_unref(object); }
};
template <typename Object>
using Gsf = std::unique_ptr<Object, UnrefGsf>;

// One storage: a mail or an attachment, whose properties are streams named by their tags.
class Storage {
 public:
    explicit Storage(GsfInfile* storage) : storage_(storage) {}

    [[nodiscard]] std::string bytes(const char* name) const {
        const Gsf<GsfInput> stream(gsf_infile_child_by_name(storage_, name));
        if (stream == nullptr) return {};
        const gsf_off_t size = gsf_input_size(stream.get());
        if (size <= 0) return {};
        if (size > largest_stream)
            fail(LECTERN_RESOURCE_EXHAUSTED, "a part of the mail is larger than 128 MiB");
        std::string out(static_cast<std::size_t>(size), '\0');
        if (gsf_input_read(stream.get(), out.size(), reinterpret_cast<guint8*>(out.data())) ==
            nullptr)
            fail(LECTERN_INVALID_ARGUMENT, "the mail is broken or cut off");
        return out;
    }

    // A text: UTF-16 (type 001F), or in the mail's own code page (001E).
    [[nodiscard]] std::string text(const std::string& tag, const std::string& charset) const {
        const std::string wide = bytes(("__substg1.0_" + tag + "001F").c_str());
        if (!wide.empty())
            return cleaned(documents::to_utf8(wide, documents::encoding_of("utf-16le")));
        const std::string narrow = bytes(("__substg1.0_" + tag + "001E").c_str());
        if (narrow.empty()) return {};
        std::string storage;
        return cleaned(std::string(documents::decode(narrow, charset, {}, storage).text));
    }

    // A property of fixed size in the stream of those, as 64 bits; 0 when it is not there.
    [[nodiscard]] std::uint64_t fixed(std::uint32_t tag, std::size_t head) const {
        const std::string all = bytes("__properties_version1.0");
        const auto number = [&](std::size_t at, std::size_t size) {
            std::uint64_t out = 0;
            for (std::size_t i = size; i > 0; --i)
                out = out << 8U | static_cast<unsigned char>(all[at + i - 1]);
            return out;
        };
        for (std::size_t at = head; at + 16 <= all.size(); at += 16)
            if (number(at, 4) == tag) return number(at + 8, 8);
        return 0;
    }

    [[nodiscard]] GsfInfile* get() const noexcept { return storage_; }

 private:
    static std::string cleaned(std::string text) {
        std::erase(text, '\0');
        std::erase(text, '\r');
        return text;
    }

    GsfInfile* storage_;
};

// Hundreds of nanoseconds since 1601 to "2024-03-01T09:00:00Z".
std::string date_of(std::uint64_t file_time) {
    constexpr std::uint64_t a_second = 10000000;
    constexpr std::int64_t to_1970 = 11644473600;
    const auto seconds = static_cast<std::int64_t>(file_time / a_second) - to_1970;
    if (file_time == 0 || seconds > 253402300799) return {};
    using std::chrono::floor;
    const std::chrono::sys_seconds at{std::chrono::seconds(seconds)};
    const auto day = floor<std::chrono::days>(at);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(at - day);
    std::array<char, 64> out{};
    const int size = std::snprintf(
        out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
        static_cast<int>(time.seconds().count()));
    return {out.data(), static_cast<std::size_t>(size)};
}

class OutlookMail {
 public:
    OutlookMail(const AttachmentReader& reader, const MailSink& sink, const MailFailureSink& failed,
                std::string name)
        : reader_(reader), sink_(sink), failed_(failed), name_(std::move(name)) {}

    void read(const Storage& mail, const std::string& id, int depth) {
        // Behind the head of 32 bytes (24 in a mail within a mail) are the properties.
        const std::size_t head = depth == 0 ? 32 : 24;
        constexpr std::uint32_t code_page = 0x3FFD0003;
        constexpr std::uint32_t internet_page = 0x3FDE0003;  // of the HTML
        constexpr std::uint32_t submitted = 0x00390040;
        constexpr std::uint32_t delivered = 0x0E060040;
        const auto label = [&](std::uint32_t tag) {
            const auto page = static_cast<long>(mail.fixed(tag, head) & 0xFFFFFFFFU);
            return page == 0 ? std::string{} : documents::label_of_code_page(page);
        };
        charset_ = label(code_page);
        html_charset_ = label(internet_page);

        MailDocument out;
        out.id = id;
        out.title = one_line(mail.text("0037", charset_));
        std::string date = date_of(mail.fixed(submitted, head));
        if (date.empty()) date = date_of(mail.fixed(delivered, head));
        out.metadata = headers(mail, date);
        const std::size_t attachments = read_attachments(mail, depth);

        std::string text = mail.text("1000", charset_);
        if (only_white_space(text)) text = html(mail);
        std::string storage;
        if (const auto kept = documents::without_payloads(text, storage);
            kept.data() != text.data())
            text = std::move(storage);
        if (only_white_space(text)) text = out.title;
        if (only_white_space(text)) {
            if (attachments == 0)
                fail(LECTERN_INVALID_ARGUMENT, "no text: the mail has neither text nor subject");
            return;
        }
        out.text = documents::trimmed(text);
        if (out.title.empty())
            out.title = text::prefix(
                one_line(std::string_view(out.text).substr(0, out.text.find('\n'))), 200);
        sink_(out);
    }

 private:
    [[nodiscard]] std::string html(const Storage& mail) const {
        std::string bytes = mail.bytes("__substg1.0_10130102");
        std::string charset = html_charset_;
        if (bytes.empty()) {
            bytes = mail.text("1013", charset_);
            charset = "utf-8";
        }
        if (bytes.empty()) return {};
        try {
            return documents::html_text(bytes, charset).text;
        } catch (const Failure& failure) {
            if (failure.code() == LECTERN_INVALID_ARGUMENT) return {};  // pictures alone
            throw;
        }
    }

    [[nodiscard]] std::string headers(const Storage& mail, const std::string& date) const {
        boost::json::object out;
        const auto add = [&](const char* name, const std::string& value) {
            const std::string line = one_line(value);
            if (!line.empty()) out[name] = line;
        };
        std::string from = one_line(mail.text("0C1A", charset_));
        std::string address = one_line(mail.text("5D01", charset_));
        if (address.empty()) address = one_line(mail.text("0C1F", charset_));
        if (address.find('@') != std::string::npos && address != from)
            from = from.empty() ? address : from + " <" + address + ">";
        add("from", from);
        add("to", mail.text("0E04", charset_));
        add("cc", mail.text("0E03", charset_));
        add("bcc", mail.text("0E02", charset_));
        add("date", date);
        std::string id = one_line(mail.text("1035", charset_));
        if (id.starts_with('<') && id.ends_with('>')) id = id.substr(1, id.size() - 2);
        add("message_id", id);
        return out.empty() ? std::string{} : boost::json::serialize(out);
    }

    // How many there are.
    std::size_t read_attachments(const Storage& mail, int depth) {
        std::size_t out = 0;
        const int count = std::min(gsf_infile_num_children(mail.get()), most_attachments);
        for (int i = 0; i < count; ++i) {
            const char* const child_name = gsf_infile_name_by_index(mail.get(), i);
            if (child_name == nullptr ||
                !std::string_view(child_name).starts_with("__attach_version1.0_"))
                continue;
            const Gsf<GsfInput> child(gsf_infile_child_by_index(mail.get(), i));
            if (child == nullptr || !GSF_IS_INFILE(child.get())) continue;
            ++out;
            attachment(Storage(GSF_INFILE(child.get())), depth);
        }
        return out;
    }

    void attachment(const Storage& storage, int depth) {
        Attachment found;
        found.name = one_line(storage.text("3707", charset_));
        if (found.name.empty()) found.name = one_line(storage.text("3704", charset_));
        found.media_type = one_line(storage.text("370E", charset_));
        if (found.name.empty()) found.name = one_line(storage.text("3001", charset_));
        const std::string id = attachment_id(found.name);
        try {
            const Gsf<GsfInput> inner(
                gsf_infile_child_by_name(storage.get(), "__substg1.0_3701000D"));
            if (inner != nullptr && GSF_IS_INFILE(inner.get())) {
                if (depth < deepest_mail)
                    OutlookMail(reader_, sink_, failed_, id)
                        .read(Storage(GSF_INFILE(inner.get())), id, depth + 1);
                return;
            }
            found.bytes = storage.bytes("__substg1.0_37010102");
            found.id = id;
            found.metadata = boost::json::serialize(boost::json::object{{"mail", name_}});
            const std::string text = reader_(found);
            if (only_white_space(text)) return;
            sink_({id, found.name.empty() ? id : found.name, valid(text), found.metadata});
        } catch (const Failure& failure) {
            if (failure.code() == LECTERN_CANCELLED) throw;
            failed_({id, failure.what()});
        }
    }

    std::string attachment_id(const std::string& given) {
        ++attachments_;
        std::string base =
            name_ + "#" + (given.empty() ? "part-" + std::to_string(attachments_) : given);
        if (base.size() > 2000) base = text::prefix(base, 2000);
        std::string id = base;
        for (int i = 2; !ids_.insert(id).second; ++i) id = numbered(base, i);
        return id;
    }

    const AttachmentReader& reader_;
    const MailSink& sink_;
    const MailFailureSink& failed_;
    std::string name_;
    std::string charset_;
    std::string html_charset_;
    std::size_t attachments_ = 0;
    std::set<std::string> ids_;
};

// libgsf tells of broken files on the process's standard error; what is wrong is in the failure.
// For the time of a call, since a plugin may be unloaded.
class QuietLibgsf {
 public:
    QuietLibgsf() {
        constexpr auto all =
            static_cast<GLogLevelFlags>(G_LOG_LEVEL_MASK | G_LOG_FLAG_FATAL | G_LOG_FLAG_RECURSION);
        const auto nothing = [](const gchar*, GLogLevelFlags, const gchar*, gpointer) {};
        for (std::size_t i = 0; i < domains.size(); ++i)
            handlers_[i] = g_log_set_handler(domains[i], all, nothing, nullptr);
    }
    QuietLibgsf(const QuietLibgsf&) = delete;
    QuietLibgsf& operator=(const QuietLibgsf&) = delete;
    ~QuietLibgsf() {
        for (std::size_t i = 0; i < domains.size(); ++i)
            g_log_remove_handler(domains[i], handlers_[i]);
    }

 private:
    // Some of its complaints have no domain.
    static constexpr std::array<const char*, 3> domains{"libgsf", "libgsf:msole", nullptr};
    std::array<guint, 3> handlers_{};
};

}  // namespace

void read_outlook(std::string_view bytes, std::string_view name, const AttachmentReader& reader,
                  const MailSink& sink, const MailFailureSink& failed) {
    const QuietLibgsf quiet;
    const Gsf<GsfInput> input(gsf_input_memory_new(reinterpret_cast<const guint8*>(bytes.data()),
                                                   static_cast<gsf_off_t>(bytes.size()), FALSE));
    GError* error = nullptr;
    const Gsf<GsfInfile> file(input == nullptr ? nullptr
                                               : gsf_infile_msole_new(input.get(), &error));
    if (error != nullptr) g_error_free(error);
    if (file == nullptr)
        fail(LECTERN_INVALID_ARGUMENT, "the mail is broken or cut off (no compound file)");
    OutlookMail(reader, sink, failed, std::string(name)).read(Storage(file.get()), {}, 0);
}

}  // namespace lectern::mail
