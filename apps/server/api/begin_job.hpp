// apps/server/api/begin_job.hpp: what the requests share that begin a job, or must not run beside
// one.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string>

#include "api/fields.hpp"
#include "apps/server/api/service.hpp"

namespace lectern::server {

// The fields of a request that begins a job without needing any: its body may be left out.
[[nodiscard]] api::Fields optional_fields(const Request& request);

// 202 and where the job is looked at; 409 when the collection has one already, 429 when too many
// run.
[[nodiscard]] Response begin_job(Service& service, const std::string& kind,
                                 const std::string& collection, boost::json::object settings);

// The same of the collection that the path names. It is opened here, so that what is wrong with it
// is said to the one who asks.
[[nodiscard]] Response begin_job(Service& service, const Call& call, const std::string& kind,
                                 boost::json::object settings);

// The same of a job that is asked for with nothing but where its end is told.
[[nodiscard]] Response begin_plain_job(Service& service, const Call& call, const std::string& kind);

// Where the job's end is told (the field `webhook`), into its settings.
void take_webhook(const Service& service, api::Fields& fields, boost::json::object& settings);

// 409 while the collection has a job.
[[nodiscard]] std::optional<Response> refuse_beside_job(const Service& service,
                                                        const std::string& collection);

}  // namespace lectern::server
