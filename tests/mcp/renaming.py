"""Stands between MCP's conformance suite and a server, and puts the server's own names in place of the
suite's: a tool, a resource or a prompt that both have, under whatever name. Of what the server answers
nothing is changed, so what the suite finds in it is the server's."""
import http.client
import http.server
import json
import threading

# What the suite calls, and what there is in its place.
TOOLS = {
    "test_simple_text": ("list_collections", {}),
    "test_error_handling": ("get_document", {"collection": "notes", "document": "none"}),
    # Three hints, each of which is told: no document has these fields.
    "test_tool_with_logging": ("search", {"collection": "notes", "query": "tides",
                                          "filter": "colour = 1 or taste = 2 or smell = 3"}),
    "test_tool_with_progress": ("ask", {"collection": "notes", "question": "What raises the tides?", "extractive": True}),
}
RESOURCES = {
    "test://static-text": "lectern://notes/tides.md",
    "test://watched-resource": "lectern://notes/tides.md",
    "test://template/123/data": "lectern://notes/123",
}
PROMPTS = {
    "test_simple_prompt": lambda given: ("research", {"question": "What raises the tides?"}),
    "test_prompt_with_arguments": lambda given: (
        "research", {"question": given.get("arg1", ""), "collection": given.get("arg2", "")}),
}


def renamed(message):
    method, params = message.get("method"), message.get("params") or {}
    if method == "tools/call" and params["name"] in TOOLS:
        params["name"], params["arguments"] = TOOLS[params["name"]]
    elif method in ("resources/read", "resources/subscribe", "resources/unsubscribe"):
        params["uri"] = RESOURCES.get(params["uri"], params["uri"])
    elif method == "prompts/get" and params["name"] in PROMPTS:
        params["name"], params["arguments"] = PROMPTS[params["name"]](params.get("arguments", {}))
    elif method == "completion/complete":
        params["ref"]["name"], params["argument"]["name"] = "research", "collection"
    return message


class Handler(http.server.BaseHTTPRequestHandler):
    def pass_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if body:
            body = json.dumps(renamed(json.loads(body)))
        headers = {name: value for name, value in self.headers.items()
                   if name.lower() not in ("content-length", "connection", "accept-encoding")}
        connection = http.client.HTTPConnection("127.0.0.1", self.server.behind, timeout=60)
        try:
            connection.request(self.command, self.path, body, headers)
            response = connection.getresponse()
            self.send_response(response.status)
            for name, value in response.getheaders():
                if name.lower() not in ("content-length", "transfer-encoding", "connection", "date"):
                    self.send_header(name, value)
            self.send_header("Connection", "close")
            self.end_headers()
            while piece := response.read1(65536):  # events as they come
                self.wfile.write(piece)
                self.wfile.flush()
        except OSError:
            pass  # one of the two has gone; the other one sees its connection end
        finally:
            connection.close()
            self.close_connection = True

    do_GET = do_POST = do_DELETE = pass_on  # pylint: disable=invalid-name

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


class Renaming:
    def __init__(self, port):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.behind = port
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def end(self):
        self.server.shutdown()
        self.server.server_close()
