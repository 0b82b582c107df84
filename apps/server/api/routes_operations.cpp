// For those who run the server: health, readiness, metrics, the description of the interface.
#include <string>
#include <utility>

#include "apps/server/api/openapi.hpp"
#include "apps/server/http/problem.hpp"
#include "apps/server/net/state.hpp"
#include "apps/server/work/metrics.hpp"

namespace lectern::server {
namespace {

Response metrics(ServerState& state, Call& call) {
    std::vector<Metrics::Gauge> gauges;
    const auto add = [&gauges](std::string name, std::string help, std::string labels,
                               double value) {
        gauges.push_back({std::move(name), std::move(help), std::move(labels), value});
    };
    const auto lane = [](const Executor& executor) { return "lane=\"" + executor.name() + "\""; };
    const std::vector<const Executor*> lanes{&state.read, &state.ask, &state.ingest};
    for (const Executor* executor : lanes)
        add("lectern_queue_depth", "Requests that wait for a worker.", lane(*executor),
            static_cast<double>(executor->waiting()));
    for (const Executor* executor : lanes)
        add("lectern_workers_busy", "Workers that run a request.", lane(*executor),
            static_cast<double>(executor->running()));
    add("lectern_connections", "Open connections.", "", static_cast<double>(state.connections));
    add("lectern_requests_running", "Requests between their header and their response's end.", "",
        static_cast<double>(state.requests));
    add("lectern_build_info", "1, with the version.", "version=\"" + std::string(version()) + "\"",
        1);
    add("lectern_draining", "1 after SIGTERM.", "", state.draining ? 1 : 0);
    if (state.traces.on())
        for (const auto& [outcome, count] :
             {std::pair{"sent", state.traces.sent()}, {"dropped", state.traces.dropped()}}) {
            add("lectern_trace_spans_total", "Spans for the collector of traces.",
                "outcome=\"" + std::string(outcome) + "\"", static_cast<double>(count));
            gauges.back().kind = "counter";
        }
    add_process_figures(gauges);
    struct Row {
        std::string name;
        Stats stats;
    };
    std::vector<Row> rows;
    for (const CollectionPointer& open : state.collections.open_ones()) {
        // Not the one that holds the server's own models: nobody has made it or can ask it.
        if (!Collections::valid_name(open->name) || !call.may(Right::read, open->name)) continue;
        if (auto stats = open->collection.stats()) rows.push_back({open->name, std::move(*stats)});
    }
    const auto each = [&](const char* name, const char* help, auto value,
                          const char* kind = "gauge") {
        for (const Row& row : rows)
            gauges.push_back({name, help, "collection=\"" + row.name + "\"",
                              static_cast<double>(value(row.stats)), kind});
    };
    each("lectern_documents", "Documents stored.", [](const Stats& s) { return s.documents; });
    each("lectern_chunks", "Chunks stored.", [](const Stats& s) { return s.chunks; });
    each("lectern_store_bytes", "The collection's files on disk.",
         [](const Stats& s) { return s.disk_bytes; });
    each("lectern_vector_segments", "Sealed segments of the vector index.",
         [](const Stats& s) { return s.vector_segments; });
    each("lectern_tail_vectors", "Vectors that are searched exactly.",
         [](const Stats& s) { return s.tail_vectors; });
    each("lectern_rocksdb_block_cache_bytes", "RocksDB's block cache, in use.",
         [](const Stats& s) { return s.store.block_cache_bytes; });
    each("lectern_rocksdb_block_cache_capacity_bytes", "RocksDB's block cache, at most.",
         [](const Stats& s) { return s.store.block_cache_capacity_bytes; });
    each("lectern_rocksdb_memtable_bytes", "Written, and not yet in table files.",
         [](const Stats& s) { return s.store.memtable_bytes; });
    each("lectern_rocksdb_live_sst_bytes", "RocksDB's table files that hold data.",
         [](const Stats& s) { return s.store.table_bytes; });
    each("lectern_rocksdb_pending_compaction_bytes", "About what compactions have to rewrite.",
         [](const Stats& s) { return s.store.pending_compaction_bytes; });
    each("lectern_rocksdb_running_compactions", "Compactions that run.",
         [](const Stats& s) { return s.store.running_compactions; });
    each("lectern_rocksdb_running_flushes", "Flushes that run.",
         [](const Stats& s) { return s.store.running_flushes; });
    each(
        "lectern_rocksdb_slowed_writes_total", "Times that writes were slowed for compactions.",
        [](const Stats& s) { return s.store.slowed_writes; }, "counter");
    each(
        "lectern_rocksdb_stopped_writes_total", "Times that writes were stopped for compactions.",
        [](const Stats& s) { return s.store.stopped_writes; }, "counter");
    each("lectern_rocksdb_writes_stopped", "1 while no write can go on.",
         [](const Stats& s) { return s.store.writes_stopped ? 1 : 0; });
    const auto shows = [&call](const std::string& name) {
        return Collections::valid_name(name) && call.may(Right::read, name);
    };
    return {200, "text/plain; version=0.0.4; charset=utf-8", state.metrics.text(gauges, shows), {}};
}

}  // namespace

void add_operation_routes(Router& router, ServerState& state) {
    const auto quiet = [&router](const char* path, Route::Handler handler, Lane lane) {
        Route route{"GET", path, Right::none, lane, std::move(handler)};
        route.while_draining = true;
        route.in_log = false;
        router.add(std::move(route));
    };
    quiet(
        "/healthz",
        [](Call&) {
            return json_response(boost::json::object{{"status", "ok"}});
        },
        Lane::direct);
    quiet(
        "/readyz",
        [&state](Call&) {
            return state.ready ? json_response(boost::json::object{{"status", "ready"}})
                               : problem(503, "draining", "the server is shutting down");
        },
        Lane::direct);
    quiet(
        "/openapi.json",
        [text =
             openapi_text(!state.options.keys.empty(), state.options.limits.of_search())](Call&) {
            return Response{200, "application/json", text, {}};
        },
        Lane::direct);
    // What the figures are of is not for everybody; a scraper has a key with the right to read.
    Route figures{"GET", "/metrics", Right::read, Lane::read,
                  [&state](Call& call) { return metrics(state, call); }};
    figures.while_draining = true;
    figures.in_log = false;
    router.add(std::move(figures));
}

}  // namespace lectern::server
