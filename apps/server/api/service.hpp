// apps/server/api/service.hpp: what the handlers share, and the rooms of routes.
#pragma once

#include <boost/json.hpp>
#include <optional>

#include "apps/server/api/keys.hpp"
#include "apps/server/api/router.hpp"
#include "apps/server/options.hpp"
#include "apps/server/work/collections.hpp"
#include "apps/server/work/jobs.hpp"
#include "apps/server/work/metrics.hpp"
#include "apps/server/work/recall_sampler.hpp"
#include "apps/server/work/source_folders.hpp"

namespace lectern::server {

namespace mcp {
class Listeners;
class Sessions;
}  // namespace mcp

struct Service {
    const ServerOptions& options;
    Collections& collections;
    Metrics& metrics;
    RecallSampler& recall;
    Jobs& jobs;
    const Webhooks& webhooks;
    mcp::Listeners& listeners;
    mcp::Sessions& sessions;
    const SourceFolders& sources;
    Keys& keys;
};

// Each adds its routes; the handlers use `service` as long as the router lives.
void add_collection_routes(Router& router, Service& service);
void add_alias_routes(Router& router, Service& service);
void add_backup_routes(Router& router, Service& service);
void add_job_routes(Router& router, Service& service);
void add_eval_routes(Router& router, Service& service);
void add_key_routes(Router& router, Service& service);
void add_document_routes(Router& router, Service& service);
void add_filtered_routes(Router& router, Service& service);  // count, delete, patch
void add_query_routes(Router& router, Service& service);     // search and ask
void add_searches_routes(Router& router, Service& service);
void add_openai_routes(Router& router, Service& service);
void add_openai_writing_routes(Router& router, Service& service);  // with those before
void add_mcp_routes(Router& router, Service& service);
void add_web_routes(Router& router);  // the page at /
struct ServerState;
void add_operation_routes(Router& router, ServerState& state);

// 409 where the path names a collection by an alias: what ends a collection or its name is asked of
// itself.
[[nodiscard]] std::optional<Response> refuse_alias(const Call& call);

[[nodiscard]] Response json_response(const boost::json::value& value, unsigned status = 200);

}  // namespace lectern::server
