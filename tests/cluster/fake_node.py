"""Nodes that answer as OpenSearch does, as far as writing and reading documents asks it, and as wrongly as a test wants.

One index, in memory, that all nodes of a cluster have. It finds heads by their version, and nothing else: searches are
the real one's.
"""
import http.server
import json
import re
import threading


class FakeCluster:
    """Used with `with`; `fault(node, method, path, body)` may give an answer instead of it: (status, value), or DROP,
    when nothing is answered. `after(...)` is called with the same when a request was done; DROP: its answer is lost."""

    DROP = object()

    def __init__(self, nodes=2, replicas=2):
        self.lock = threading.RLock()
        self.settings = None
        self.mappings = None
        self.replicas = replicas
        self.rows = {}  # name: {"_source", "_seq_no"}
        self.sequence = 0
        self.requests = []  # (node, method, path)
        self.fault = lambda *_: None
        self.after = lambda *_: None
        self.item_fault = lambda action, name: None  # instead of an item of a bulk: (status, error), nothing is done
        self.copies = lambda name: replicas + 1  # that a row reaches
        self.servers = [self.make_server(number) for number in range(nodes)]

    @property
    def nodes(self):
        return [f"127.0.0.1:{server.server_address[1]}" for server in self.servers]

    def address(self, name="notes"):
        return f"opensearch://{','.join(self.nodes)}/{name}"

    def asked(self, part):
        return [path for _, _, path in self.requests if part in path]

    def __enter__(self):
        self.threads = [threading.Thread(target=server.serve_forever) for server in self.servers]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        for server, thread in zip(self.servers, self.threads):
            server.shutdown()
            thread.join()
            server.server_close()

    def make_server(self, number):
        cluster = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                said = (number, self.command, self.path, body)
                with cluster.lock:
                    cluster.requests.append(said[:3])
                    answer = cluster.fault(*said)
                    if answer is None:
                        answer = cluster.answer(self.command, self.path, body)
                        answer = cluster.after(*said) or answer
                if answer is FakeCluster.DROP:
                    self.close_connection = True
                    return
                status, value = answer
                data = value if isinstance(value, bytes) else json.dumps(value).replace('": ', '":').encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_DELETE = handle_any

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        return server

    def answer(self, method, path, body):
        plain = path.split("?")[0]
        if plain == "/_cluster/health":
            return 200, {"status": "green", "number_of_data_nodes": self.replicas + 1}
        name = plain.split("/")[1]
        what = plain[len(name) + 1:]
        if method == "PUT" and what == "":
            if self.mappings is not None:
                return 400, error("resource_already_exists_exception", "there")
            made = json.loads(body)
            self.mappings = made["mappings"]
            self.settings = {"index": {"number_of_replicas": str(self.replicas)}}
            return 200, {"acknowledged": True, "shards_acknowledged": True, "index": name}
        if self.mappings is None:
            return 404, error("index_not_found_exception", f"no such index [{name}]")
        if what == "/_settings":
            return 200, {name: {"settings": self.settings}}
        if what == "/_mapping" and method == "PUT":
            change = json.loads(body)
            self.mappings["_meta"] = change.get("_meta", self.mappings["_meta"])
            self.mappings["properties"].update(change.get("properties", {}))
            return 200, {"acknowledged": True}
        if what == "/_mapping":
            return 200, {name: {"mappings": self.mappings}}
        if what == "/_refresh":
            return 200, {"_shards": {"total": 3, "successful": 3, "failed": 0}}
        if what == "/_mget":
            return 200, {"docs": [self.got(doc["_id"]) for doc in json.loads(body)["docs"]]}
        if what == "/_bulk":
            return 200, {"items": self.bulk(body.decode().splitlines())}
        if what == "/_search":
            heads = [row for row in self.rows.values() if row["_source"].get("kind") == "document"]
            wanted = re.search(rb'"term":{"ordinal":([0-9]+)}', body)
            if wanted:
                found = [{"_id": "head", "_source": row["_source"]} for row in heads
                         if row["_source"]["ordinal"] == int(wanted[1])]
                return 200, {"_shards": {"failed": 0}, "hits": {"total": {"value": len(found)}, "hits": found}}
            sums = {key: {"value": sum(row["_source"].get(key, 0) for row in heads)}
                    for key in ("count", "tokens", "text_bytes")}
            return 200, {"_shards": {"failed": 0}, "aggregations": sums,
                         "hits": {"total": {"value": len(heads)}, "hits": []}}
        return 500, error("not_here_exception", f"the fake node knows no {method} {path}")

    def got(self, name):
        row = self.rows.get(name)
        if row is None:
            return {"_id": name, "found": False}
        return {"_id": name, "found": True, "_source": row["_source"], "_seq_no": row["_seq_no"], "_primary_term": 1}

    def put(self, name, source):
        self.sequence += 1
        self.rows[name] = {"_source": source, "_seq_no": self.sequence}

    def bulk(self, lines):
        items = []
        lines = iter(lines)
        for line in lines:
            (action, about), = json.loads(line).items()
            source = None if action == "delete" else json.loads(next(lines))
            items.append({action: self.one(action, about, source)})
        return items

    def one(self, action, about, source):
        name = about["_id"]
        fault = self.item_fault(action, name)
        if fault is not None:
            return {"_id": name, "status": fault[0], "error": {"type": fault[1], "reason": "as the test wants it"}}
        row = self.rows.get(name)
        wrong = action == "create" and row is not None
        if "if_seq_no" in about:
            wrong = row is None or row["_seq_no"] != about["if_seq_no"]
        if wrong:
            return {"_id": name, "status": 409, "error": {"type": "version_conflict_engine_exception", "reason": "other"}}
        status = 200
        if action == "delete":
            status = 404 if row is None else 200
            self.rows.pop(name, None)
            self.sequence += 1
        elif action == "update":
            if row is None:
                return {"_id": name, "status": 404, "error": {"type": "document_missing_exception", "reason": "none"}}
            self.put(name, {**row["_source"], **source["doc"]})
        else:
            self.put(name, source)
        return {"_id": name, "status": status, "_seq_no": self.sequence, "_primary_term": 1,
                "_shards": {"total": self.replicas + 1, "successful": self.copies(name), "failed": 0}}

    # What a test looks at.
    def of_kind(self, kind):
        return {name: row["_source"] for name, row in self.rows.items() if row["_source"].get("kind") == kind}

    def problems(self):
        """Rows that a head names and that are not there, and rows that no head names."""
        found = []
        named = set()
        for head in self.of_kind("document").values():
            rows = {f"t{head['ordinal']}"} | {f"c{head['first'] + i}" for i in range(head["count"])}
            named |= rows
            found += [f"{head['id']}: {name} is missing" for name in sorted(rows - self.rows.keys())]
        strays = {name for name in self.rows if re.match("[tc][0-9]", name)} - named
        return found + [f"{name} belongs to nothing" for name in sorted(strays)]


def error(kind, reason):
    return {"error": {"root_cause": [], "type": kind, "reason": reason}}
