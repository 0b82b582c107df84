// apps/server/net/state.hpp: what all connections share.
#pragma once

#include <atomic>
#include <memory>
#include <stop_token>

#include "apps/server/api/service.hpp"
#include "apps/server/mcp/listeners.hpp"
#include "apps/server/mcp/sessions.hpp"
#include "apps/server/net/executor.hpp"
#include "apps/server/net/traces.hpp"

namespace lectern::server {

struct ServerState {
    ServerState(ServerOptions given, SourceFolders folders, Engine engine, WebhookRules rules = {});

    [[nodiscard]] Executor* executor(Lane lane) noexcept {
        switch (lane) {
            case Lane::direct: return nullptr;
            case Lane::read: return &read;
            case Lane::ask: return &ask;
            case Lane::ingest: return &ingest;
        }
        return nullptr;
    }

    const ServerOptions options;
    const SourceFolders sources;
    Keys keys;
    Metrics metrics;
    Traces traces;
    Collections collections;
    Webhooks webhooks;
    mcp::Listeners listeners;
    mcp::Sessions sessions{listeners};
    Jobs jobs;
    Service service;
    Router router;
    std::atomic<bool> ready{true};
    std::atomic<bool> draining{false};
    std::atomic<std::size_t> requests{0};  // from the header's end to the response's
    std::atomic<std::size_t> running{0};   // of those, whose handlers run or wait for a worker
    std::atomic<std::size_t> connections{0};
    RateMeter meter;        // of all requests, where there are no keys
    std::stop_source stop;  // the drain time is over
    // Last, so that they end first: their jobs use the rest.
    Executor read;
    Executor ask;
    Executor ingest;
    RecallSampler recall;  // looks at them
};

// All there are.
void add_routes(ServerState& state);

}  // namespace lectern::server
