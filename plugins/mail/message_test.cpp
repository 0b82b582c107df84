#include "mail/message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "documents/extracted.hpp"

namespace lectern::mail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Found {
    std::vector<MailDocument> documents;
    std::vector<MailFailure> failures;
};

template <typename Read>
Found read_by(Read read, std::string_view bytes, std::string_view name) {
    Found out;
    const AttachmentReader reader = [](const Attachment& attachment) -> std::string {
        if (attachment.media_type == "application/x-broken")
            documents::fail(LECTERN_INVALID_ARGUMENT, "broken");
        return attachment.media_type.starts_with("text/") ? attachment.bytes : "";
    };
    read(
        bytes, name, reader,
        [&](const MailDocument& document) { out.documents.push_back(document); },
        [&](const MailFailure& failure) { out.failures.push_back(failure); });
    return out;
}
Found mail(std::string_view bytes) {
    return read_by(read_mail, bytes, "a.eml");
}

constexpr std::string_view headers =
    "From: Ada <ada@example.org>\r\nTo: b@example.org, Carl <c@example.org>\r\n"
    "Subject: =?utf-8?Q?H=C3=A4fen?=\r\nDate: Fri, 1 Mar 2024 10:00:00 +0100\r\n"
    "Message-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n";

TEST(Mail, TheTextOfAMail) {
    struct {
        const char* what;
        std::string body;
        const char* text;
    } const cases[] = {
        {"plain", "\r\nHello.\r\n\r\nBye.\r\n", "Hello.\n\nBye."},
        {"quoted-printable",
         "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: "
         "quoted-printable\r\n\r\nDie H=E4fen sind=\r\n offen =96 heute.\r\n",
         "Die Häfen sind offen – heute."},
        {"base64",
         "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
         "base64\r\n\r\nSMOkZmVu\r\n",
         "Häfen"},
        {"HTML alone", "Content-Type: text/html\r\n\r\n<h1>A</h1><table><tr><td><p>b<td>c</table>",
         "# A\n\nb | c"},
        {"two forms",
         "Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\nContent-Type: "
         "text/plain\r\n"
         "\r\nplain\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>rich\r\n--x--\r\n",
         "plain"},
        {"flowed",
         "Content-Type: text/plain; format=flowed\r\n\r\nOne line \r\ngoes on.\r\nTwo.\r\n",
         "One line goes on.\nTwo."},
        {"no text", "\r\n", "Häfen"},
    };
    for (const auto& c : cases) {
        const Found found = mail(std::string(headers) + c.body);
        ASSERT_EQ(found.documents.size(), 1U) << c.what;
        EXPECT_EQ(found.documents[0].text, c.text) << c.what;
        EXPECT_EQ(found.documents[0].title, "Häfen") << c.what;
        EXPECT_EQ(found.documents[0].id, "") << c.what;
        EXPECT_EQ(found.documents[0].metadata,
                  R"({"from":"Ada <ada@example.org>","to":"b@example.org, Carl <c@example.org>",)"
                  R"("date":"2024-03-01T10:00:00+01:00","message_id":"1@example.org"})")
            << c.what;
    }
}

TEST(Mail, AttachmentsAreDocumentsUnderTheMail) {
    const auto part = [](const std::string& name, const std::string& type,
                         const std::string& text) {
        return "--x\r\nContent-Type: " + type + "; name=\"" + name +
               "\"\r\nContent-Disposition: attachment; filename=\"" + name + "\"\r\n\r\n" + text +
               "\r\n";
    };
    const Found found = mail(
        std::string(headers) +
        "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nSee.\r\n" +
        part("a.txt", "text/plain", "first") + part("a.txt", "text/plain", "second") +
        part("p.png", "image/png", "...") + part("b.bin", "application/x-broken", "...") +
        "--x\r\nContent-Type: message/rfc822\r\n\r\nSubject: Inner\r\n\r\ninner text\r\n--x--\r\n");
    std::vector<std::string> all;
    for (const MailDocument& document : found.documents)
        all.push_back(document.id + "=" + document.text);
    EXPECT_THAT(all, ElementsAre("a.eml#a.txt=first", "a.eml#a-2.txt=second",
                                 "a.eml#Inner=inner text", "=See."));
    ASSERT_EQ(found.failures.size(), 1U);
    EXPECT_EQ(found.failures[0].what, "a.eml#b.bin");
}

TEST(Mail, Utf16AndPayloads) {
    std::string utf16 = "\xFF\xFE";
    for (const char c : std::string_view("Subject: A\n\nHello.\n")) {
        utf16 += c;
        utf16 += '\0';
    }
    EXPECT_EQ(mail(utf16).documents.at(0).text, "Hello.");
    std::string payload;
    for (int i = 0; i < 100; ++i) payload += "iVBORw0KGgo1";
    EXPECT_EQ(mail("Subject: A\n\nx data:image/png;base64," + payload).documents.at(0).text,
              "x data:image/png");
}

TEST(Mail, WithoutTextOrSubject) {
    EXPECT_THROW(mail("From: a@example.org\n\n"), documents::Failure);
    EXPECT_THROW(mail(""), documents::Failure);
}

TEST(Mail, PartsInPartsWithoutEnd) {
    std::string nested = "Subject: A\n";
    for (int i = 0; i < 2000; ++i) {
        const std::string mark = "x" + std::to_string(i);
        nested += "Content-Type: multipart/mixed; boundary=" + mark + "\n\n--" + mark + "\n";
    }
    EXPECT_EQ(mail(nested).documents.at(0).text, "A");
}

TEST(Mailbox, EachMailIsADocument) {
    const Found found =
        read_by(read_mailbox,
                "From a@b Fri Mar  1 10:00:00 2024\nSubject: One\nMessage-ID: "
                "<1@b>\n\nfirst\n>From here\n\n"
                "From a@b Fri Mar  1 11:00:00 2024\nSubject: Two\n\nsecond\n\n"
                "From a@b Fri Mar  1 12:00:00 2024\nSubject: Three\nMessage-ID: <1@b>\n\nthird\n",
                "m.mbox");
    std::vector<std::string> all;
    for (const MailDocument& document : found.documents)
        all.push_back(document.id + "=" + document.title);
    EXPECT_THAT(all, ElementsAre("m.mbox#1@b=One", "m.mbox#2=Two", "m.mbox#3=Three"));
    EXPECT_EQ(found.documents[0].text, "first\nFrom here");
}

TEST(Mailbox, QuotedLinesAndAnEncodingOfEachMail) {
    const Found found = read_by(
        read_mailbox,
        "From ada@example.org Fri Mar  1 10:00:00 2024\r\n"
        "From: =?iso-8859-1?Q?J=F6rg?= <j@example.org>\r\nSubject: =?iso-8859-1?Q?H=E4fen?=\r\n"
        "Message-ID: <latin@example.org>\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        "Die H=E4fen:\r\n>From Kiel it is far.\r\n>>From Ada.\r\n> From afar.\r\n>Fro\r\nNot From "
        "here.\r\n\r\n"
        "From boris@example.org Fri Mar  1 11:00:00 2024\r\n"
        "Subject: =?koi8-r?B?8M/S1A==?=\r\nMessage-ID: <koi8@example.org>\r\n"
        "Content-Type: text/plain; charset=koi8-r\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        "\xF0\xCF\xD2\xD4 open.\r\n",
        "m.mbox");
    EXPECT_TRUE(found.failures.empty());
    ASSERT_EQ(found.documents.size(), 2U);
    EXPECT_EQ(found.documents[0].id, "m.mbox#latin@example.org");
    EXPECT_EQ(found.documents[0].title, "Häfen");
    EXPECT_EQ(found.documents[0].metadata,
              R"({"from":"Jörg <j@example.org>","message_id":"latin@example.org"})");
    // The quoted line does not begin a mail, and stands as it was written.
    EXPECT_EQ(found.documents[0].text,
              "Die Häfen:\nFrom Kiel it is far.\n>From Ada.\n> From afar.\n>Fro\nNot From here.");
    EXPECT_EQ(found.documents[1].id, "m.mbox#koi8@example.org");
    EXPECT_EQ(found.documents[1].title, "Порт");
    EXPECT_EQ(found.documents[1].text, "Порт open.");
}

TEST(Mailbox, AttachmentsAndMailsWithoutText) {
    const Found found =
        read_by(read_mailbox,
                "From a@b Fri Mar  1 10:00:00 2024\nSubject: Prices\nMessage-ID: <1@b>\n"
                "Content-Type: multipart/mixed; boundary=x\n\n--x\n"
                "Content-Type: multipart/alternative; boundary=y\n\n"
                "--y\nContent-Type: text/plain\n\nSee the list.\n"
                "--y\nContent-Type: text/html\n\n<p>See the <b>list</b>.\n--y--\n"
                "--x\nContent-Type: text/csv; name=\"list.csv\"\n"
                "Content-Disposition: attachment; filename=\"list.csv\"\n"
                "Content-Transfer-Encoding: base64\n\nSGVyb24sMTIwCg==\n--x--\n\n"
                "From a@b Fri Mar  1 11:00:00 2024\nFrom: a@b\nMessage-ID: <2@b>\n\n\n"
                "From a@b Fri Mar  1 12:00:00 2024\nSubject: Crew\nMessage-ID: <3@b>\n"
                "Content-Type: text/html\n\n<h1>Crew</h1><ul><li>Ada<li>Carl</ul>\n",
                "m.mbox");
    std::vector<std::string> all;
    for (const MailDocument& document : found.documents)
        all.push_back(document.id + " " + document.title + "=" + document.text);
    EXPECT_THAT(all, ElementsAre("m.mbox#1@b#list.csv list.csv=Heron,120\n",
                                 "m.mbox#1@b Prices=See the list.",
                                 "m.mbox#3@b Crew=# Crew\n\n- Ada\n- Carl"));
    ASSERT_EQ(found.failures.size(), 1U);
    EXPECT_EQ(found.failures[0].what, "mail 2");
    EXPECT_THAT(found.failures[0].message, HasSubstr("neither text nor subject"));
}

TEST(Mail, ByNameThenByContent) {
    struct {
        std::string_view name;
        std::string_view head;
        unsigned fit;
        bool mailbox;
    } const cases[] = {
        {"a.EML", "", 100, false},
        {"a.mbox", "", 100, true},
        {"-", "From: a\nTo: b\nSubject: c\n\nx", 60, false},
        {"-", "From a@b Fri\nFrom: a\nSubject: c\n\nx", 60, true},
        {"a.txt", "From: a\nTo: b\nSubject: c\n\nx", 0, false},
        {"-", "Title: a\n\nFrom: x\nTo: y\nSubject: z", 0, false},
        {"-", "Dear all,\nFrom: x\nTo: y\nDate: z", 0, false},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(mail_fits(c.name, c.head), c.fit) << c.head;
        EXPECT_EQ(is_mailbox(c.name, c.head), c.mailbox) << c.head;
    }
}

}  // namespace
}  // namespace lectern::mail
