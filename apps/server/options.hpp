// apps/server/options.hpp: what `lectern serve` is told.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "api/requests.hpp"
#include "lectern/lectern.hpp"

namespace lectern::server {

struct Limits {
    std::uint64_t body = 32ULL << 20U;             // bytes of a request's body, decompressed
    std::uint64_t bulk = 4ULL << 30U;              // of a streamed one
    std::size_t connections = 1024;                // open at once
    std::size_t requests = 256;                    // running or waiting at once, over all keys
    std::size_t requests_per_key = 64;             // of one key
    std::size_t requests_per_minute = 0;           // of one key; 0: as many as come
    std::size_t queue = 128;                       // waiting for one kind of work
    std::chrono::milliseconds queue_wait{10'000};  // longest wait for a worker
    std::size_t k = 1000;                          // hits
    std::uint32_t tokens = 1024;                   // of one generation
    std::chrono::milliseconds search_time{10'000};
    std::chrono::milliseconds answer_time{120'000};
    std::chrono::seconds header_time{10};  // from a request's first byte to its header's last
    std::chrono::seconds body_time{60};    // for a whole body; of a streamed one, between pieces
    std::chrono::seconds idle_time{75};    // a connection without a request
    std::chrono::seconds drain_time{30};   // running requests get this long after SIGTERM

    [[nodiscard]] api::SearchLimits of_search() const { return {k, search_time, answer_time}; }
};

// Which searches are compared with exact ones, for /metrics: recall_sampler.hpp.
struct RecallLimits {
    std::uint64_t every = 100;       // every how many searches by meaning; 0: never
    std::uint64_t chunks = 200'000;  // of a collection; larger ones are left out
};

struct ServerOptions {
    std::filesystem::path data = "lectern-data";
    std::string listen = "127.0.0.1:8080";  // HOST:PORT; port 0: any that is free
    std::filesystem::path keys;             // the file of keys; empty: none
    bool insecure = false;                  // another address than loopback without keys
    std::filesystem::path tls_certificate;  // PEM, the chain; empty: no TLS
    std::filesystem::path tls_key;          // PEM
    std::vector<std::string> cors_origins;  // "https://app.example", or "*"
    std::vector<std::string> hosts;     // names that browsers may call it by when there are no keys
    std::vector<std::string> sources;   // "NAME=DIR": what collections may be synced with
    std::vector<std::string> webhooks;  // addresses that a job may tell of its end
    std::vector<std::string> webhooks_always;  // told of every job
    std::filesystem::path webhook_secret;      // the file of what they are signed with
    std::vector<std::string> warm;             // collections that are made ready after the start
    std::string otlp;  // where traces are sent ("http://host:4318"); empty: nowhere
    Limits limits;
    RecallLimits recall;
    unsigned io_threads = 2;
    unsigned read_threads = 0;  // 0: one a core, and 2 at least
    unsigned ask_threads = 2;
    unsigned ingest_threads = 2;
    bool truncate_embeddings = false;  // /v1/embeddings: what is too long is cut, and said to be
    bool access_log = true;
    bool log_queries = false;              // the slow-query log has the query's text
    std::chrono::milliseconds slow{1000};  // what takes longer is logged with its stages; 0: none
    EngineOptions engine;                  // of all collections
    CollectionOptions open;                // of each; the pipeline is that of new ones
};

}  // namespace lectern::server
