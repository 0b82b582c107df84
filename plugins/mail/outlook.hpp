// mail/outlook.hpp: mails in Outlook's own form (.msg, MS-OXMSG), a compound file read by libgsf.
#pragma once

#include <string_view>

#include "mail/message.hpp"

namespace lectern::mail {

// As read_mail: the text, or the HTML, with the headers as metadata; attachments under the mail.
void read_outlook(std::string_view bytes, std::string_view name, const AttachmentReader& reader,
                  const MailSink& sink, const MailFailureSink& failed);

}  // namespace lectern::mail
