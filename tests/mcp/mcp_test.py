"""MCP's own client for Python, over standard input and output and over HTTP."""
import base64
import functools
import http.client
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest
import zipfile

import anyio
import httpx2
from mcp import MCPError
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import PromptReference, ResourceTemplateReference

sys.path.insert(0, os.path.join(os.environ["LECTERN_SOURCE_DIR"], "tests", "server"))

from serving import PROGRAM, Server  # pylint: disable=wrong-import-position

TIDES = "Gezeiten 潮汐 🌊. The moon raises the tides of the sea. High water comes twice a day."
BREAD = "Yeast makes the dough of bread rise. The oven is heated to 230 degrees."


def docx(text):
    """The least that is a Word file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("[Content_Types].xml", '''<?xml version="1.0"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Override PartName="/word/document.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>''')
        file.writestr("_rels/.rels", '''<?xml version="1.0"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>
</Relationships>''')
        file.writestr("word/document.xml", f'''<?xml version="1.0"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p>
</w:body></w:document>''')
    return out.getvalue()


def fill(server, name, headers=None):
    assert server.request("PUT", f"/collections/{name}", None, headers)[0] == 201
    for document, text in [("tides.md", TIDES), ("bread", BREAD)]:
        assert server.request("PUT", f"/collections/{name}/documents/{document}",
                              {"text": text, "metadata": {"topic": document[:5]}}, headers)[0] == 201


async def good(client, tool, arguments):
    """The structured result, which the client has checked against the tool's schema."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content[0].text
    assert json.loads(result.content[0].text) == result.structured_content
    return result.structured_content


async def bad(client, tool, arguments):
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    return result.content[0].text


class McpTest(unittest.TestCase):
    async def conversation(self, client, names):
        self.assertEqual(client.server_info.name, "lectern")
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        self.assertEqual(set(tools), {"search", "ask", "get_document", "list_collections", "add_file"})
        self.assertEqual(tools["search"].input_schema["required"], [])  # `similar` may stand for the query

        listed = (await good(client, "list_collections", {}))["collections"]
        self.assertEqual([each["name"] for each in listed], names)
        self.assertEqual(listed[0]["documents"], 2)

        hit = (await good(client, "search", {"query": "What moves the ocean?", "k": 1,
                                             "collection": "notes"}))["hits"][0]
        self.assertEqual(hit["document"], "tides.md")
        got = await good(client, "get_document", {"document": "tides.md", "collection": "notes",
                                                  "begin": hit["begin"], "end": hit["end"]})
        self.assertEqual(got["text"], hit["text"])
        found = await good(client, "search", {"query": "ocean", "filter": 'topic = "bread"',
                                              "collection": "notes"})
        self.assertEqual([each["document"] for each in found["hits"]], ["bread"])

        answer = await good(client, "ask", {"question": "What raises the tides of the sea?",
                                            "extractive": True, "collection": "notes"})
        cited = answer["citations"][0]
        self.assertEqual(cited["document"], "tides.md")
        self.assertEqual(TIDES.encode()[cited["begin"]:cited["end"]].decode(), cited["quote"])
        answer = await good(client, "ask", {"question": "Who won the chess championship of 1972?",
                                            "collection": "notes"})
        self.assertEqual((answer["status"], answer["answer"]), ("abstained", ""))

        # Bytes that cut a character give whole characters.
        wave = TIDES.encode().index("🌊".encode())
        got = await good(client, "get_document", {"document": "tides.md", "collection": "notes",
                                                  "begin": wave + 1, "end": wave + 6})
        self.assertEqual((got["text"], got["begin"], got["end"]), ("🌊. ", wave, wave + 6))
        self.assertEqual(got["bytes"], len(TIDES.encode()))

        self.assertIn("nothing.md", await bad(client, "get_document",
                                              {"document": "nothing.md", "collection": "notes"}))
        # What a model that was not told of types writes.
        for clothes in [3.0, "3", "3.0"]:
            found = await good(client, "search", {"query": "ocean", "k": clothes, "chunks": "true",
                                                  "collection": "notes"})
            self.assertEqual(len(found["hits"]), 2, clothes)
        for wrong in [0, 2.5, "many", "0", True]:
            self.assertIn("'k'", await bad(client, "search", {"query": "x", "k": wrong, "collection": "notes"}))
        first = await good(client, "search", {"query": "ocean", "k": 1, "collection": "notes"})
        second = await good(client, "search", {"query": "ocean", "k": 1, "offset": 1, "collection": "notes"})
        self.assertNotEqual(first["hits"][0]["document"], second["hits"][0]["document"])
        found = await good(client, "search", {"query": "ocean", "min_score": 1000, "collection": "notes"})
        self.assertEqual(found["hits"], [])
        self.assertIn("'offset'", await bad(client, "search", {"query": "x", "offset": -1, "collection": "notes"}))
        self.assertIn("other", await bad(client, "search", {"query": "x", "collection": "other"}))
        with self.assertRaises(MCPError):
            await client.call_tool("no_such_tool", {})
        await self.resources_and_prompts(client)

    async def resources_and_prompts(self, client):
        listed = (await client.list_resources()).resources
        self.assertEqual([str(one.uri) for one in listed if "/notes/" in str(one.uri)],
                         ["lectern://notes/bread", "lectern://notes/tides.md"])
        templates = (await client.list_resource_templates()).resource_templates
        self.assertEqual([one.uri_template for one in templates], ["lectern://{collection}/{+document}"])
        read = (await client.read_resource("lectern://notes/tides.md")).contents
        self.assertEqual([one.text for one in read], [TIDES])
        for uri in ["lectern://notes/none", "lectern://none/a", "lectern://notes/", "file:///etc/passwd", "lectern://notes/%zz"]:
            with self.assertRaises(MCPError) as failed:
                await client.read_resource(uri)
            self.assertIn("no resource", str(failed.exception))

        prompts = {one.name: one for one in (await client.list_prompts()).prompts}
        self.assertEqual(set(prompts), {"research", "summarize_document"})
        got = await client.get_prompt("research", {"question": "What raises the tides?", "collection": "notes"})
        self.assertIn("What raises the tides?", got.messages[0].content.text)
        self.assertIn('"notes"', got.messages[0].content.text)
        got = await client.get_prompt("summarize_document", {"document": "tides.md"})
        self.assertIn("tides.md", got.messages[0].content.text)
        for name, arguments in [("none", {}), ("research", {}), ("research", {"question": ""})]:
            with self.assertRaises(MCPError):
                await client.get_prompt(name, arguments)

        template = ResourceTemplateReference(type="ref/resource", uri=templates[0].uri_template)
        prompt = PromptReference(type="ref/prompt", name="summarize_document")
        for ref in (template, prompt):
            complete = lambda name, value, **context: client.complete(
                ref, {"name": name, "value": value}, context_arguments=context or None)
            self.assertEqual((await complete("collection", "no")).completion.values, ["notes"])
            self.assertEqual((await complete("document", "ti", collection="notes")).completion.values, ["tides.md"])
            self.assertEqual((await complete("document", "bread", collection="notes")).completion.values, ["bread"])
            self.assertEqual((await complete("document", "", collection="notes")).completion.values, ["bread", "tides.md"])
            self.assertEqual((await complete("document", "x", collection="notes")).completion.values, [])
        with self.assertRaises(MCPError):
            await client.complete(PromptReference(type="ref/prompt", name="none"), {"name": "a", "value": ""})

    def test_lists_of_resources_come_in_pages(self):
        server = Server("--pipeline", os.path.join(os.environ["LECTERN_SOURCE_DIR"], "tests/format/v1/tiny.yaml"))
        try:
            wanted = []
            for name in ("a", "b"):
                self.assertEqual(server.request("PUT", f"/collections/{name}")[0], 201)
                ids = [f"\u00e9 {i:03}/?#" for i in range(130)]
                lines = "".join(json.dumps({"id": id, "text": f"An encoder reads note {id}."}) + "\n" for id in ids)
                self.assertNotIn(b"failed", server.request("POST", f"/collections/{name}/documents", lines)[2])
                wanted += [(name, id) for id in ids]
            ask = lambda method, **parameters: server.request(
                "POST", "/mcp", {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters})[2]["result"]
            seen, cursor = [], {}
            while True:
                page = ask("resources/list", **cursor)
                self.assertLessEqual(len(page["resources"]), 100)
                seen += page["resources"]
                if "nextCursor" not in page:
                    break
                cursor = {"cursor": page["nextCursor"]}
            self.assertEqual([(one["uri"].split("/")[2], one["name"]) for one in seen], wanted)
            for one in (seen[0], seen[-1]):
                text = ask("resources/read", uri=one["uri"])["contents"][0]["text"]
                self.assertEqual(text, f"An encoder reads note {one['name']}.")
            completion = ask("completion/complete", ref={"type": "ref/resource", "uri": "lectern://{collection}/{+document}"},
                             argument={"name": "document", "value": "\u00e9 "}, context={"arguments": {"collection": "a"}})["completion"]
            self.assertEqual((len(completion["values"]), completion["hasMore"]), (100, True))
        finally:
            server.remove()

    def test_over_http(self):
        server = Server("--threads", "1")

        async def run():
            async with Client(f"http://127.0.0.1:{server.port}/mcp") as client:
                await self.conversation(client, ["notes"])
                # There is one collection only, so it need not be named.
                self.assertTrue((await good(client, "search", {"query": "bread"}))["hits"])
        try:
            fill(server, "notes")
            anyio.run(run)
            self.assertEqual(server.request("GET", "/mcp")[0], 405)
            status, _, refused = server.request("POST", "/mcp", {"jsonrpc": "2.0", "id": 1, "method": "ping"},
                                                {"MCP-Protocol-Version": "1999-01-01"})
            self.assertEqual((status, refused["id"], refused["error"]["code"]), (400, 1, -32600))
            status, _, agreed = server.request(
                "POST", "/mcp", {"jsonrpc": "2.0", "id": 1, "method": "initialize",
                                 "params": {"protocolVersion": "2999-01-01"}},
                {"MCP-Protocol-Version": "2999-01-01"})
            self.assertEqual((status, agreed["result"]["protocolVersion"]), (200, "2025-11-25"))
            ask = {"jsonrpc": "2.0", "id": "a", "method": "tools/call", "params": {
                "name": "ask", "arguments": {"question": "What raises the tides?", "extractive": True},
                "_meta": {"progressToken": "t"}}}
            status, headers, body = server.request("POST", "/mcp", ask, {
                "Accept": "application/json, text/event-stream"}, raw=True)
            self.assertEqual((status, headers["Content-Type"]), (200, "text/event-stream"))
            told = [json.loads(block.split("data: ", 1)[1]) for block in body.decode().strip().split("\n\n")]
            self.assertEqual([each["params"]["progressToken"] for each in told[:-1]], ["t"] * (len(told) - 1))
            self.assertEqual(told[-1]["id"], "a")
            del ask["params"]["_meta"]
            status, headers, _ = server.request("POST", "/mcp", ask, {"Accept": "application/json, text/event-stream"})
            self.assertEqual((status, headers["Content-Type"]), (200, "application/json"))
            self.assertEqual(server.request("POST", "/mcp", {"jsonrpc": "2.0", "method": "x"})[0], 202)
            self.assertEqual(server.request("POST", "/mcp", {"jsonrpc": "2.0", "id": 1, "method": "ping"},
                                            {"Origin": "https://elsewhere.example"})[0], 403)

            # The same documents over standard input and output, when the server has let go of them.
            server.stop()

            async def over_pipes(*options):
                command = StdioServerParameters(command=PROGRAM, args=["mcp", "--threads", "1", *options],
                                                env=dict(os.environ))  # it passes few on by itself
                async with Client(stdio_client(command)) as client:
                    await self.conversation(client, ["notes"])
                    told = []

                    async def tell(progress, total, message):
                        told.append((progress, message))
                    await client.call_tool("ask", {"question": "What raises the tides of the sea?", "extractive": True,
                                                   "collection": "notes"}, progress_callback=tell)
                    self.assertGreaterEqual(len(told), 2)
                    self.assertEqual([step for step, _ in told], sorted({step for step, _ in told}))
            data = os.path.join(server.folder, "data")
            anyio.run(over_pipes, "--data", data)
            anyio.run(over_pipes, "-c", os.path.join(data, "notes"))
        finally:
            server.remove()

    def test_changes_are_listened_to(self):
        server = Server("--pipeline", os.path.join(os.environ["LECTERN_SOURCE_DIR"], "tests/format/v1/tiny.yaml"))
        notes = "/collections/notes/documents/"

        async def run():
            async with Client(f"http://127.0.0.1:{server.port}/mcp") as client:
                self.assertTrue(client.server_capabilities.resources.subscribe)
                with anyio.fail_after(60):
                    async with client.listen(resources_list_changed=True,
                                             resource_subscriptions=["lectern://notes/tides.md"]) as listening:
                        self.assertTrue(listening.honored.resources_list_changed)
                        self.assertEqual(server.request("PUT", notes + "tides.md", {"text": "An encoder reads."})[0], 200)
                        seen = set()
                        while len(seen) < 2:
                            seen.add(type(await anext(listening)).__name__)
                        self.assertEqual(seen, {"ResourceUpdated", "ResourcesListChanged"})
                        read = (await client.read_resource("lectern://notes/tides.md")).contents
                        self.assertEqual(read[0].text, "An encoder reads.")
                        # The end of the server is told in order.
                        server.process.send_signal(signal.SIGTERM)
                        async for _ in listening:
                            pass
            self.assertEqual(server.process.wait(timeout=60), 0)
        try:
            fill(server, "notes")
            anyio.run(run)
        finally:
            server.remove()

    def test_a_session_of_an_older_revision_is_told_what_it_wished(self):
        server = Server("--pipeline", os.path.join(os.environ["LECTERN_SOURCE_DIR"], "tests/format/v1/tiny.yaml"))

        def ask(method, headers, **parameters):
            return server.request("POST", "/mcp", {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters},
                                  {"Accept": "application/json, text/event-stream", **headers}, raw=True)
        try:
            fill(server, "notes")
            status, headers, body = ask("initialize", {}, protocolVersion="2025-11-25")
            offered = json.loads(body)["result"]["capabilities"]
            self.assertEqual((status, offered["resources"], offered["logging"]), (200, {"subscribe": True}, {}))
            session = {"Mcp-Session-Id": headers["Mcp-Session-Id"]}
            for uri, refused in [("lectern://notes/tides.md", False), ("lectern://notes/bread", False), ("x", True)]:
                self.assertEqual("error" in json.loads(ask("resources/subscribe", session, uri=uri)[2]), refused)
            self.assertIn("result", json.loads(ask("resources/unsubscribe", session, uri="lectern://notes/bread")[2]))
            stream = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
            stream.request("GET", "/mcp", headers={"Accept": "text/event-stream", **session})
            told = stream.getresponse()
            self.assertEqual((told.status, told.headers["Content-Type"]), (200, "text/event-stream"))
            for document in ("bread", "tides.md"):
                self.assertEqual(server.request("PUT", f"/collections/notes/documents/{document}",
                                                {"text": "An encoder reads."})[0], 200)
            self.assertEqual(told.readline(), b"event: message\n")
            message = json.loads(told.readline().removeprefix(b"data: "))
            self.assertEqual((message["method"], message["params"]),
                             ("notifications/resources/updated", {"uri": "lectern://notes/tides.md"}))
            stream.close()

            failing = {"name": "search", "arguments": {"query": "x", "collection": "none"}}
            self.assertNotIn(b"notifications/message", ask("tools/call", session, **failing)[2])
            self.assertIn("result", json.loads(ask("logging/setLevel", session, level="error")[2]))
            self.assertIn(b"notifications/message", ask("tools/call", session, **failing)[2])
            self.assertNotIn(b"notifications/message", ask("tools/call", {}, **failing)[2])
            self.assertEqual(server.request("DELETE", "/mcp", None, session)[0], 204)
            self.assertNotIn(b"notifications/message", ask("tools/call", session, **failing)[2])
            # The older handshake as its own client does it.
            async def run():
                async with Client(f"http://127.0.0.1:{server.port}/mcp", mode="legacy") as client:
                    self.assertEqual((await client.read_resource("lectern://notes/bread")).contents[0].text,
                                     "An encoder reads.")
            anyio.run(run)
            self.assertEqual(server.stop(), 0)
        finally:
            server.remove()

    def test_the_newest_revision_is_taken_at_its_word(self):
        server = Server("--pipeline", os.path.join(os.environ["LECTERN_SOURCE_DIR"], "tests/format/v1/tiny.yaml"))
        envelope = {"io.modelcontextprotocol/protocolVersion": "2026-07-28",
                    "io.modelcontextprotocol/clientCapabilities": {}}

        def ask(method, headers, meta=envelope, **parameters):
            message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**parameters, "_meta": meta}}
            return server.request("POST", "/mcp", message, {
                "MCP-Protocol-Version": "2026-07-28", "Mcp-Method": method, **headers})
        try:
            status, _, found = ask("server/discover", {})
            self.assertEqual((status, found["result"]["resultType"]), (200, "complete"))
            self.assertIn("2026-07-28", found["result"]["supportedVersions"])
            for expected, code, method, headers, meta in [
                    (404, -32601, "ping", {}, envelope), (404, -32601, "no/such", {}, envelope),
                    (400, -32602, "tools/list", {}, {}), (400, -32020, "tools/list", {"Mcp-Method": "x"}, envelope),
                    (400, -32020, "tools/list", {"MCP-Protocol-Version": "2025-11-25"}, envelope),
                    (400, -32022, "tools/list", {"MCP-Protocol-Version": "2999-01-01"},
                     {**envelope, "io.modelcontextprotocol/protocolVersion": "2999-01-01"})]:
                status, _, refused = ask(method, headers, meta)
                self.assertEqual((status, refused["error"]["code"]), (expected, code), (method, headers))
            listening = {"notifications": {"resourcesListChanged": True}}
            self.assertEqual(ask("subscriptions/listen", {}, **listening)[0], 406)
            events = {"Accept": "application/json, text/event-stream"}
            status, _, refused = ask("subscriptions/listen", events)
            self.assertEqual((status, refused["error"]["code"]), (400, -32602))
        finally:
            server.remove()

    async def files_are_taken(self, client):
        """Each is stored by the tool, and answers."""
        tool = {tool.name: tool for tool in (await client.list_tools()).tools}["add_file"]
        self.assertFalse(tool.annotations.read_only_hint)
        with open(os.path.join(os.environ["LECTERN_SOURCE_DIR"], "samples", "perplexity.pdf"), "rb") as file:
            pdf = file.read()
        for name, data, query, kind in [
                ("hire/boats.docx", docx("The Heron is hired for 120 euros."), "what does the Heron cost", None),
                ("perplexity.pdf", pdf, "perplexity of a language model", "page")]:
            stored = await good(client, "add_file", {"name": name, "content": base64.b64encode(data).decode()})
            self.assertEqual((stored["document"], stored["status"], stored["documents"], stored["failed"]),
                             (name, "created", 1, []))
            again = await good(client, "add_file", {"name": name, "content": base64.encodebytes(data).decode()})
            self.assertEqual((again["status"], again["skipped"]), ("unchanged", 1))
            hit = (await good(client, "search", {"query": query, "k": 1}))["hits"][0]
            self.assertEqual(hit["document"], name)
            if kind:
                self.assertEqual(hit["place"]["kind"], kind)
        text = (await good(client, "get_document", {"document": "hire/boats.docx"}))["text"]
        self.assertEqual(text.strip(), "The Heron is hired for 120 euros.")
        changed = base64.b64encode(docx("The Heron is sold.")).decode()
        stored = await good(client, "add_file", {"name": "hire/boats.docx", "content": changed})
        self.assertEqual(stored["status"], "replaced")

    async def files_are_refused(self, client):
        for arguments, says in [
                ({"name": "a.docx", "content": "%%%"}, "not base64"),
                ({"name": "wrong.pdf", "content": base64.b64encode(b"no pdf").decode()}, "PDF"),
                ({"name": "a.pdf", "content": "eA==", "text": "x"}, "only one of them"),
                ({"name": "..", "text": "x"}, ".."),
                ({"name": "a.txt", "text": "x", "collection": "none"}, "none"),
                ({"name": "a.txt"}, "'content'")]:
            self.assertIn(says, await bad(client, "add_file", arguments))

    def test_files_are_taken_as_over_http(self):
        server = Server("--threads", "1")

        async def over_http():
            async with Client(f"http://127.0.0.1:{server.port}/mcp") as client:
                await self.files_are_taken(client)
                await self.files_are_refused(client)
                self.assertIn("'content'", await bad(client, "add_file", {"path": "m/a.txt"}))

        async def over_pipes(*options, use):
            command = StdioServerParameters(command=PROGRAM, env=dict(os.environ), args=[
                "mcp", "--threads", "1", "-c", os.path.join(server.folder, "data", "notes"), *options])
            async with Client(stdio_client(command)) as client:
                await use(client)

        async def by_path(client):
            stored = await good(client, "add_file", {"path": "m/crew/cook.docx"})
            self.assertEqual((stored["document"], stored["status"]), ("m/crew/cook.docx", "created"))
            stored = await good(client, "add_file", {"path": "m/crew/cook.docx", "name": "cook.docx"})
            self.assertEqual((stored["document"], stored["status"]), ("cook.docx", "created"))
            self.assertIn("bread of rye", (await good(client, "get_document", {"document": "cook.docx"}))["text"])
            for path in ["m/none.txt", "m/../data/notes", "/etc/hostname", "m/crew", "m/way-out"]:
                self.assertIn("there is no file", await bad(client, "add_file", {"path": path}))
            await self.files_are_refused(client)

        async def only_reading(client):
            self.assertNotIn("add_file", [tool.name for tool in (await client.list_tools()).tools])
            self.assertIn("only read", await bad(client, "add_file", {"name": "a.txt", "text": "x"}))
        try:
            self.assertEqual(server.request("PUT", "/collections/notes")[0], 201)
            anyio.run(over_http)
            server.stop()
            manuals = os.path.join(server.folder, "manuals")
            os.makedirs(os.path.join(manuals, "crew"))
            with open(os.path.join(manuals, "crew", "cook.docx"), "wb") as file:
                file.write(docx("The cook bakes bread of rye."))
            os.symlink("/etc/hostname", os.path.join(manuals, "way-out"))
            anyio.run(functools.partial(over_pipes, "--source", f"m={manuals}", use=by_path))
            anyio.run(functools.partial(over_pipes, "--read-only", use=only_reading))
        finally:
            server.remove()

    def test_a_key_reaches_its_collections_only(self):
        with tempfile.TemporaryDirectory(prefix="lectern-mcp-") as folder:
            keys = os.path.join(folder, "keys.json")

            def make_key(*options):
                return subprocess.run([PROGRAM, "key", options[0], "--keys", keys, *options[1:]], check=True,
                                      capture_output=True, text=True).stdout.strip()
            admin = {"Authorization": "Bearer " + make_key("admin", "--right", "admin")}
            reader = make_key("reader", "--right", "read", "--collection", "notes")
            writer = make_key("writer", "--right", "write", "--collection", "notes")
            tenant = make_key("tenant", "--right", "write", "--collection", "notes", "--filter", 'topic = "bread"')
            server = Server("--threads", "1", "--keys", keys)

            async def run():
                async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {reader}"}) as http:
                    transport = streamable_http_client(f"http://127.0.0.1:{server.port}/mcp", http_client=http)
                    async with Client(transport) as client:
                        listed = (await good(client, "list_collections", {}))["collections"]
                        self.assertEqual([each["name"] for each in listed], ["notes"])
                        self.assertIn("secret", await bad(client, "search", {"query": "x", "collection": "secret"}))
                        # What may only read is not told of the tool that writes, and cannot use it.
                        self.assertNotIn("add_file", [tool.name for tool in (await client.list_tools()).tools])
                        self.assertIn("only read", await bad(client, "add_file", {"name": "a.txt", "text": "x"}))

            def add_with(key, name, collection):
                message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "add_file", "arguments": {
                    "name": name, "text": "Rain falls.", "collection": collection}}}
                status, _, answer = server.request("POST", "/mcp", message, {"Authorization": f"Bearer {key}"})
                self.assertEqual(status, 200)
                return answer["result"]["isError"]
            try:
                fill(server, "notes", admin)
                fill(server, "secret", admin)
                self.assertEqual(server.request("POST", "/mcp", {"jsonrpc": "2.0", "id": 1, "method": "ping"})[0], 401)
                anyio.run(run)
                self.assertTrue(add_with(reader, "a.txt", "notes"))
                self.assertFalse(add_with(writer, "a.txt", "notes"))
                self.assertTrue(add_with(writer, "a.txt", "secret"))
                self.assertTrue(add_with(tenant, "b.txt", "notes"))
                self.assertEqual(server.request("GET", "/collections/notes/count", None, admin)[2]["documents"], 3)
            finally:
                server.remove()

    def test_wrong_use_is_refused(self):
        for options in [[], ["--read-only", "--source", "m=/tmp", "-c", "a"], ["--data", "a", "-c", "b"], ["--data", "/no/such/folder"], ["-c", "/no/such/folder"]]:
            ended = subprocess.run([PROGRAM, "mcp", *options], check=False, capture_output=True, text=True)
            self.assertEqual((ended.returncode, ended.stdout), (1, ""), options)
            self.assertTrue(ended.stderr.startswith("lectern: "), ended.stderr)


if __name__ == "__main__":
    unittest.main()
