"""OpenAI's own client for Python against the server; and keys, which it sends."""
import base64
import json
import os
import struct
import subprocess
import tempfile
import time
import unittest

import jsonschema
import openai
import pydantic

from serving import PROGRAM, SOURCE, Server


class OpenAiTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keys = os.path.join(tempfile.mkdtemp(prefix="lectern-keys-"), "keys.json")
        cls.admin = cls.make_key("admin", "admin")
        cls.reader = cls.make_key("reader", "read", "--collection", "other")
        cls.server = Server("--keys", cls.keys)
        headers = {"Authorization": f"Bearer {cls.admin}"}
        assert cls.server.request("PUT", "/collections/notes", None, headers)[0] == 201
        assert cls.server.request(
            "PUT", "/collections/notes/documents/beacon",
            {"text": "A lighthouse warns ships of the rocks near the coast."}, headers)[0] == 201
        cls.client = cls.client_of(cls.admin)

    @classmethod
    def tearDownClass(cls):
        cls.server.remove()

    @classmethod
    def make_key(cls, name, right, *more):
        return subprocess.run([PROGRAM, "key", name, "--keys", cls.keys, "--right", right, *more],
                              check=True, capture_output=True, text=True).stdout.strip()

    @classmethod
    def client_of(cls, key):
        return openai.OpenAI(base_url=f"http://127.0.0.1:{cls.server.port}/v1", api_key=key,
                             max_retries=0)

    def test_models(self):
        self.assertEqual([model.id for model in self.client.models.list()],
                         ["default", "collection:notes"])
        self.assertEqual(self.client.models.retrieve("default").owned_by, "lectern")
        with self.assertRaises(openai.NotFoundError):
            self.client.models.retrieve("gpt-5")

    def test_embeddings_in_both_formats(self):
        made = self.client.embeddings.create(model="default", input=["the sea", "the sea", "bread"])
        rows = [item.embedding for item in made.data]
        self.assertEqual(len(rows[0]), 384)
        self.assertEqual(rows[0], rows[1])
        self.assertAlmostEqual(sum(value * value for value in rows[0]), 1, places=2)
        self.assertGreater(made.usage.prompt_tokens, 0)
        plain = self.client.embeddings.create(model="default", input="bread", encoding_format="float")
        encoded = self.client.embeddings.create(model="collection:notes", input="bread",
                                                encoding_format="base64")
        values = struct.unpack("<384f", base64.b64decode(encoded.data[0].embedding))
        for one, other in zip(plain.data[0].embedding, values):
            self.assertAlmostEqual(one, other, places=2)

    def test_a_plain_model_is_the_bare_generator(self):
        said = self.client.chat.completions.create(
            model="default", max_tokens=12, messages=[{"role": "user", "content": "Say hello."}])
        self.assertTrue(said.choices[0].message.content)
        self.assertIn(said.choices[0].finish_reason, ["stop", "length"])
        self.assertLessEqual(said.usage.completion_tokens, 12)
        chunks = list(self.client.chat.completions.create(
            model="default", max_tokens=12, stream=True, stream_options={"include_usage": True},
            messages=[{"role": "user", "content": [{"type": "text", "text": "Say hello."}]}]))
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
        self.assertEqual(text, said.choices[0].message.content)
        self.assertEqual(chunks[-1].usage.completion_tokens, said.usage.completion_tokens)
        self.assertEqual(chunks[-1].choices, [])
        self.assertTrue(all("usage" in chunk.model_fields_set and chunk.usage is None for chunk in chunks[:-1]))
        self.assertEqual([chunk.choices[0].finish_reason for chunk in chunks[:-1]],
                         [None] * (len(chunks) - 2) + [said.choices[0].finish_reason])

    def test_a_stop_ends_the_answer_before_itself(self):
        messages = [{"role": "user", "content": "Say hello."}]
        whole = self.client.chat.completions.create(model="default", max_tokens=12, messages=messages)
        text = whole.choices[0].message.content
        stop = text.split()[1]
        said = self.client.chat.completions.create(model="default", max_tokens=12, messages=messages,
                                                   stop=[stop])
        self.assertEqual(said.choices[0].message.content, text.partition(stop)[0])
        self.assertEqual(said.choices[0].finish_reason, "stop")

    def test_a_turn_that_called_a_function_has_no_content(self):
        said = self.client.chat.completions.create(
            model="default", max_tokens=4, messages=[
                {"role": "user", "content": "Hello."}, {"role": "assistant", "content": None},
                {"role": "user", "content": "Say hello."}])
        self.assertTrue(said.choices[0].message.content)

    def test_parameters_for_other_models_do_not_fail(self):
        messages = [{"role": "user", "content": "What does a lighthouse warn ships of?"}]
        ask = self.client.chat.completions.create
        for more in [{"max_tokens": 4096}, {"max_completion_tokens": 32000}, {"max_tokens": -1}, {"max_tokens": 0},
                     {"seed": -1}, {"temperature": 9, "top_p": 7}, {"stop": ["x"] * 5, "seed": 1 << 70}]:
            with self.subTest(more):
                said = ask(model="collection:notes", messages=messages, **more)
                self.assertEqual(said.model_extra["lectern"]["citations"][0]["document"], "beacon")
        hello = [{"role": "user", "content": "Say hello."}]
        said = ask(model="default", messages=hello, max_tokens=32000, stop=["\n", "."], seed=-1, temperature=0)
        self.assertIn(said.choices[0].finish_reason, ["stop", "length"])

    def test_a_history_with_functions_is_read(self):
        tools = [{"type": "function", "function": {"name": "look_up", "parameters": {"type": "object"}}}]
        messages = [{"role": "user", "content": "What does a lighthouse warn ships of?"},
                    {"role": "assistant", "content": None, "tool_calls": [
                        {"id": "c1", "type": "function", "function": {"name": "look_up", "arguments": "{}"}}]},
                    {"role": "tool", "tool_call_id": "c1", "content": "42"},
                    {"role": "assistant", "content": [{"type": "refusal", "refusal": "I cannot say."}]}]
        raw = self.client.chat.completions.with_raw_response.create
        for stream in [False, True]:
            answered = raw(model="collection:notes", messages=messages, tools=tools, tool_choice="auto", stream=stream)
            self.assertEqual(answered.headers["X-Lectern-Ignored"], "tools")
            said = answered.parse()
            if stream:
                chunks = list(said)
                self.assertEqual(chunks[-1].choices[0].finish_reason, "stop")
                self.assertTrue(all(chunk.choices[0].delta.tool_calls is None for chunk in chunks))
            else:
                self.assertIsNone(said.choices[0].message.tool_calls)
                self.assertEqual(said.model_extra["lectern"]["citations"][0]["document"], "beacon")
        answered = raw(model="collection:notes", messages=messages, tools=[])
        self.assertNotIn("X-Lectern-Ignored", answered.headers)
        said = self.client.chat.completions.create(
            model="default", max_tokens=4, messages=[*messages, {"role": "user", "content": "Say hello."}])
        self.assertTrue(said.choices[0].message.content)
        with self.assertRaises(openai.BadRequestError) as caught:
            raw(model="collection:notes", messages=messages[1:2] + messages[3:])
        self.assertEqual(caught.exception.param, "messages")

    def test_a_prompt_beyond_the_context_is_the_clients_failure(self):
        messages = [{"role": "user", "content": "word " * 30000}]
        for stream in [False, True]:
            with self.assertRaises(openai.BadRequestError) as caught:
                list(self.client.chat.completions.create(model="default", messages=messages, stream=stream))
            failure = caught.exception
            self.assertEqual((failure.code, failure.type, failure.param),
                             ("context_length_exceeded", "invalid_request_error", "messages"))
        # So is a question of a collection.
        with self.assertRaises(openai.BadRequestError) as caught:
            self.client.chat.completions.create(model="collection:notes", messages=messages)
        self.assertEqual((caught.exception.code, caught.exception.param), ("context_length_exceeded", "messages"))
        with self.assertRaises(openai.BadRequestError) as caught:
            self.client.responses.create(model="collection:notes", input="word " * 30000)
        self.assertEqual((caught.exception.code, caught.exception.param), ("context_length_exceeded", "input"))
        # One that leaves less room than was asked for has what room there is.
        long = [{"role": "user", "content": "one two " * 750 + "\nSay hello."}]
        said = self.client.chat.completions.create(model="default", messages=long, max_tokens=1024, stop=["e"])
        self.assertGreater(said.usage.prompt_tokens, 1400)

    def test_a_text_that_is_too_long_to_embed_is_not_cut_in_silence(self):
        same = "the sea and the moon " * 100
        texts = ["short", same + "one", same + "other"]
        embed = lambda **more: self.client.embeddings.create(model="default", input=texts, encoding_format="float", **more)
        with self.assertRaises(openai.BadRequestError) as caught:
            embed()
        self.assertEqual((caught.exception.param, caught.exception.code), ("input", "context_length_exceeded"))
        self.assertIn("text 1 has", caught.exception.message)
        made = embed(extra_body={"truncate": True})
        self.assertEqual(made.model_extra["lectern"]["truncated"], [1, 2])
        self.assertEqual(made.data[1].embedding, made.data[2].embedding)
        made = self.client.embeddings.create(model="default", input=texts[:1], encoding_format="float")
        self.assertNotIn("lectern", made.model_extra or {})
        for empty in ["", ["a", ""], []]:
            with self.assertRaises(openai.BadRequestError) as caught:
                self.client.embeddings.create(model="default", input=empty, encoding_format="float")
            self.assertEqual(caught.exception.param, "input")

    def test_models_have_their_dates(self):
        for model in self.client.models.list():
            self.assertLess(abs(model.created - time.time()), 3600, model.id)
            self.assertEqual(self.client.models.retrieve(model.id).created, model.created)

    def test_addresses_may_have_slashes_at_their_end(self):
        for address in ["/v1/", "/v1//", "//v1"]:
            client = openai.OpenAI(base_url=f"http://127.0.0.1:{self.server.port}{address}", api_key=self.admin,
                                   max_retries=0)
            self.assertEqual(len(list(client.models.list())), 2, address)
        headers = {"Authorization": f"Bearer {self.admin}"}
        for path in ["/v1//models", "/v1/models/", "//v1/models"]:
            self.assertEqual(self.server.request("GET", path, None, headers)[0], 200, path)
        status, _, failed = self.server.request("GET", "//v1/none", None, headers)
        self.assertEqual((status, failed["error"]["type"]), (404, "invalid_request_error"))

    def test_a_pipeline_without_a_reranker_says_so(self):
        headers = {"Authorization": f"Bearer {self.admin}"}
        body = {"query": "tides", "documents": ["The moon.", {"text": "Bread."}]}
        status, _, failed = self.server.request("POST", "/v1/rerank", body, headers)
        self.assertEqual(status, 422)
        self.assertIn("reranker", failed["error"]["message"])
        for path in ["/rerank", "/v2/rerank"]:
            self.assertEqual(self.server.request("POST", path, body, headers)[0], 422, path)
        for wrong in [{}, {"query": "x"}, {"query": "", "documents": ["a"]}, {"query": "x", "documents": []},
                      {"query": "x", "documents": [1]}, {"query": "x", "documents": ["a"], "top_n": 0}]:
            self.assertEqual(self.server.request("POST", "/rerank", wrong, headers)[0], 400, wrong)

    def test_a_collection_answers_with_citations(self):
        messages = [{"role": "user", "content": "What does a lighthouse warn ships of?"}]
        said = self.client.chat.completions.create(model="collection:notes", messages=messages)
        extension = said.model_extra["lectern"]
        self.assertIn(extension["status"], ["answered", "extractive"])
        self.assertEqual(extension["citations"][0]["document"], "beacon")
        self.assertIn("[1]", said.choices[0].message.content)
        self.assertGreater(said.usage.prompt_tokens, 5)
        chunks = list(self.client.chat.completions.create(model="collection:notes",
                                                          messages=messages, stream=True))
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
        self.assertEqual(text, said.choices[0].message.content)
        self.assertEqual(chunks[-1].model_extra["lectern"]["citations"], extension["citations"])

    def test_failures_are_the_clients_own(self):
        ask = self.client.chat.completions.create
        with self.assertRaises(openai.NotFoundError):
            ask(model="none", messages=[{"role": "user", "content": "x"}])
        with self.assertRaises(openai.BadRequestError) as caught:
            ask(model="default", messages=[])
        self.assertIn("messages", caught.exception.message)
        self.assertEqual((caught.exception.param, caught.exception.type), ("messages", "invalid_request_error"))
        plain = [{"role": "user", "content": "x"}]
        for name, value in [("response_format", {"type": "xml"}), ("logprobs", True),
                            ("tool_choice", "required"), ("n", 2), ("model", "")]:
            with self.subTest(name), self.assertRaises(openai.BadRequestError) as caught:
                ask(**{"model": "default", "messages": plain, name: value})
            self.assertEqual(caught.exception.param, name)
        # What LangChain's OpenAIEmbeddings sends: the error names the setting that sends text.
        for tokens in [[[1, 2, 3]], [1, 2, 3]]:
            with self.assertRaises(openai.BadRequestError) as caught:
                self.client.embeddings.create(model="default", input=tokens)
            self.assertIn("check_embedding_ctx_length=False", caught.exception.message)
            self.assertEqual(caught.exception.param, "input")
        with self.assertRaises(openai.AuthenticationError):
            self.client_of("wrong").models.list()
        with self.assertRaises(openai.PermissionDeniedError):
            self.client_of(self.reader).embeddings.create(model="collection:notes", input="x")

    def test_completions_of_one_prompt(self):
        create = self.client.completions.create
        said = create(model="default", prompt="Say hello.", max_tokens=12)
        chat = self.client.chat.completions.create(
            model="default", max_tokens=12, messages=[{"role": "user", "content": "Say hello."}])
        self.assertEqual(said.choices[0].text, chat.choices[0].message.content)
        self.assertEqual((said.object, said.usage), ("text_completion", chat.usage))
        chunks = list(create(model="default", prompt=["Say hello."], max_tokens=12, echo=True, stream=True,
                             stream_options={"include_usage": True}))
        self.assertEqual("".join(chunk.choices[0].text for chunk in chunks if chunk.choices),
                         "Say hello." + said.choices[0].text)
        self.assertEqual(chunks[-1].usage, said.usage)
        self.assertEqual(chunks[-2].choices[0].finish_reason, said.choices[0].finish_reason)
        answered = create(model="collection:notes", prompt="What does a lighthouse warn ships of?", max_tokens=4096)
        self.assertEqual(answered.model_extra["lectern"]["citations"][0]["document"], "beacon")
        for name, value in [("prompt", ["a", "b"]), ("prompt", [1, 2]), ("prompt", ""), ("suffix", "x"), ("best_of", 2),
                            ("n", 2), ("logprobs", 1)]:
            with self.subTest(name), self.assertRaises(openai.BadRequestError) as caught:
                create(**{"model": "default", "prompt": "x", name: value})
            self.assertEqual(caught.exception.param, name)
        with self.assertRaises(openai.BadRequestError) as caught:
            create(model="default", prompt="word " * 30000)
        self.assertEqual((caught.exception.code, caught.exception.param), ("context_length_exceeded", "prompt"))

    def test_responses(self):
        create = self.client.responses.create
        said = create(model="default", instructions="Be brief.", input="Say hello.", max_output_tokens=12,
                      metadata={"run": "7"})
        chat = self.client.chat.completions.create(
            model="default", max_tokens=12, messages=[{"role": "system", "content": "Be brief."},
                                                      {"role": "user", "content": "Say hello."}])
        self.assertEqual(said.output_text, chat.choices[0].message.content)
        self.assertEqual((said.usage.input_tokens, said.usage.output_tokens),
                         (chat.usage.prompt_tokens, chat.usage.completion_tokens))
        self.assertEqual((said.instructions, said.metadata, said.store), ("Be brief.", {"run": "7"}, False))
        cut_off = chat.choices[0].finish_reason == "length"
        self.assertEqual(said.status, "incomplete" if cut_off else "completed")
        if cut_off:
            self.assertEqual(said.incomplete_details.reason, "max_output_tokens")

    def test_responses_are_streamed_as_events(self):
        turns = [{"role": "developer", "content": "Be brief."},
                 {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "What is 6 x 7?"}]},
                 {"type": "reasoning", "id": "r", "summary": []},
                 {"type": "function_call", "call_id": "c", "name": "times", "arguments": "{}"},
                 {"type": "function_call_output", "call_id": "c", "output": "42"},
                 {"type": "message", "role": "assistant", "content": [
                     {"type": "output_text", "text": "It is 42.", "annotations": []}]},
                 {"role": "user", "content": "What does a lighthouse warn ships of?"}]
        for model in ["default", "collection:notes"]:
            with self.subTest(model):
                whole = self.client.responses.create(model=model, input=turns, max_output_tokens=12)
                events = list(self.client.responses.create(model=model, input=turns, max_output_tokens=12, stream=True))
                self.assertEqual([event.sequence_number for event in events], list(range(len(events))))
                types = [event.type for event in events]
                self.assertEqual(types[:4], ["response.created", "response.in_progress", "response.output_item.added",
                                             "response.content_part.added"])
                self.assertEqual(types[-4:], ["response.output_text.done", "response.content_part.done",
                                              "response.output_item.done", "response." + whole.status])
                self.assertEqual(set(types[4:-4]), {"response.output_text.delta"})
                self.assertEqual("".join(event.delta for event in events[4:-4]), whole.output_text)
                self.assertEqual(events[-1].response.output_text, whole.output_text)
                self.assertEqual(events[-1].response.usage, whole.usage)
                self.assertEqual({event.item_id for event in events[3:-2]}, {events[-1].response.output[0].id})
        extension = whole.model_extra["lectern"]
        self.assertEqual(whole.output[0].content[0].annotations[0].file_id, extension["citations"][0]["document"])
        with self.client.responses.stream(model="default", input="Say hello.", max_output_tokens=8) as stream:
            for _ in stream:
                pass

    def test_what_responses_cannot_do_is_refused(self):
        item = lambda **more: {"input": [more]}
        for name, body in [("input", {"input": ""}), ("input", {"input": []}), ("input", {"input": [7]}),
                           ("input", {"input": None}), ("input", item(type="item_reference", id="x")),
                           ("input", item(role="tool", content="x")), ("input", item(role="user")),
                           ("input", item(role="user", content=[{"type": "input_image", "image_url": "x"}])),
                           ("input", item(type="reasoning", summary=[])),
                           ("input", {"model": "collection:notes", **item(role="system", content="x")}),
                           ("previous_response_id", {"previous_response_id": "resp_1"}),
                           ("conversation", {"conversation": "c"}), ("background", {"background": True}),
                           ("tool_choice", {"tool_choice": "required"}), ("text", {"text": {"format": {"type": "xml"}}}),
                           ("prompt", {"prompt": {"id": "p"}})]:
            with self.subTest(body), self.assertRaises(openai.BadRequestError) as caught:
                self.client.post("/responses", body={"model": "default", "input": "x", **body}, cast_to=object)
            self.assertEqual(caught.exception.param, name)
        raw = self.client.responses.with_raw_response.create(
            model="default", input="Hi", max_output_tokens=2,
            tools=[{"type": "function", "name": "f", "parameters": {}, "strict": False}])
        self.assertEqual(raw.headers["X-Lectern-Ignored"], "tools")

    def test_json_output_fits_its_schema(self):
        person = {"type": "object", "required": ["name", "age", "tags"], "additionalProperties": False, "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 20, "description": "Of the person."},
            "age": {"type": "integer", "minimum": 0, "maximum": 120},
            "tags": {"type": "array", "items": {"enum": ["young", "old"]}, "minItems": 1, "maxItems": 2},
            "weight": {"type": "number", "minimum": 2.5, "maximum": 300}}}
        others = [
            {"type": "array", "items": {"$ref": "#/$defs/Point"}, "minItems": 2, "maxItems": 3,
             "$defs": {"Point": {"type": "object", "required": ["x", "when"], "properties": {
                 "x": {"type": "number", "minimum": -1, "maximum": 1},
                 "when": {"type": "string", "format": "date"}}}}},
            {"anyOf": [{"type": "boolean"}, {"type": "null"}]},
            {"type": "string", "enum": ["yes", "no \"never\"", "Übermut"]}]
        messages = [{"role": "user", "content": "Ann Smith is 31 years old. Who is it, and how old?"}]
        for schema in [person, *others]:
            for more in [{}, {"temperature": 1.2, "seed": 3}]:
                with self.subTest(schema):
                    said = self.client.chat.completions.create(
                        model="default", messages=messages, max_tokens=200, response_format={
                            "type": "json_schema", "json_schema": {"name": "it", "schema": schema, "strict": True}}, **more)
                    self.assertEqual(said.choices[0].finish_reason, "stop")
                    value = json.loads(said.choices[0].message.content)
                    jsonschema.Draft202012Validator(
                        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER).validate(value)
        form = {"type": "json_schema", "name": "it", "schema": person}
        said = self.client.responses.create(model="default", input=messages, text={"format": form})
        self.assertEqual((said.status, said.text.format.type), ("completed", "json_schema"))
        jsonschema.validate(json.loads(said.output_text), person)
        streamed = "".join(event.delta for event in self.client.responses.create(
            model="default", input=messages, text={"format": form}, stream=True)
            if event.type == "response.output_text.delta")
        self.assertEqual(streamed, said.output_text)

    def test_json_output_by_a_class(self):
        class Height(pydantic.BaseModel):
            metres: int = pydantic.Field(ge=1, le=300)

        class Tower(pydantic.BaseModel):
            open: bool
            height: Height | None

        said = self.client.chat.completions.parse(
            model="default", response_format=Tower, max_tokens=60,
            messages=[{"role": "user", "content": "The tower is open and 28 metres high."}])
        self.assertIsInstance(said.choices[0].message.parsed, Tower)
        said = self.client.responses.parse(model="default", text_format=Tower, max_output_tokens=60,
                                           input="The tower is open and 28 metres high.")
        self.assertIsInstance(said.output_parsed, Tower)

    def test_json_objects_of_any_form(self):
        said = self.client.chat.completions.create(
            model="default", response_format={"type": "json_object"}, max_tokens=150,
            messages=[{"role": "user", "content": "Ann is 31. Give name and age as JSON."}])
        text = said.choices[0].message.content
        self.assertEqual(text[0], "{")
        if said.choices[0].finish_reason == "stop":
            self.assertIsInstance(json.loads(text), dict)

    def test_json_that_cannot_be_kept_is_refused_by_name(self):
        plain = [{"role": "user", "content": "x"}]
        of = lambda schema: {"type": "json_schema", "json_schema": {"name": "it", "schema": schema}}
        for form, says in [(of({"type": "string", "pattern": "^a"}), "'pattern'"),
                           (of({"properties": {"a": {"not": {}}}}), "#/properties/a"),
                           (of({"type": "object", "minProperties": 1}), "'minProperties'"),
                           ({"type": "json_schema"}, "'schema'"), ({"type": "json_schema", "json_schema": 7}, "'schema'"),
                           ({}, "json_schema"), (7, "json_schema")]:
            with self.subTest(form), self.assertRaises(openai.BadRequestError) as caught:
                self.client.chat.completions.create(model="default", messages=plain, response_format=form)
            self.assertEqual(caught.exception.param, "response_format")
            self.assertIn(says, caught.exception.message)
        with self.assertRaises(openai.BadRequestError) as caught:
            self.client.chat.completions.create(model="collection:notes", messages=plain,
                                                response_format={"type": "json_object"})
        self.assertIn("collection", caught.exception.message)

    def test_an_alias_gives_no_right(self):
        admin = {"Authorization": f"Bearer {self.admin}"}
        reader = {"Authorization": f"Bearer {self.reader}"}  # reaches a collection of the alias's name
        self.assertEqual(self.server.request("PUT", "/aliases/other", {"collection": "notes"}, admin)[0], 201)
        try:
            self.assertEqual(self.server.request("GET", "/collections/other", None, admin)[0], 200)
            for method, path, body in [("GET", "/collections/other", None), ("GET", "/collections/other/documents/beacon", None),
                                       ("POST", "/search", {"collections": ["other"], "query": "x"}),
                                       ("POST", "/v1/embeddings", {"model": "collection:other", "input": "x"}),
                                       ("POST", "/v1/responses", {"model": "collection:other", "input": "x"}),
                                       ("PUT", "/aliases/other", {"collection": "notes"}), ("DELETE", "/aliases/other", None)]:
                self.assertEqual(self.server.request(method, path, body, reader)[0], 403, path)
            self.assertEqual(self.server.request("GET", "/aliases", None, reader)[2], {"aliases": []})
            self.assertEqual([model.id for model in self.client_of(self.reader).models.list()], ["default"])
            self.assertIn("collection:other", [model.id for model in self.client.models.list()])
            # Nor does a refusal tell what is behind it.
            for method, path, body in [("GET", "/collections/other", None), ("POST", "/search", {"collections": ["other"], "query": "x"}),
                                       ("POST", "/v1/embeddings", {"model": "collection:other", "input": "x"})]:
                refusal = json.dumps(self.server.request(method, path, body, reader)[2])
                self.assertIn("'other'", refusal)
                self.assertNotIn("notes", refusal)
            # A name that a key does not reach is not its to give.
            _, _, made = self.server.request(
                "POST", "/keys", {"name": "owner", "right": "admin", "collections": ["notes"]}, admin)
            owner = {"Authorization": f"Bearer {made['key']}"}
            status, _, refused = self.server.request("PUT", "/aliases/elsewhere", {"collection": "notes"}, owner)
            self.assertEqual(status, 403, refused)
            self.assertIn("'elsewhere'", refused["detail"])
            self.assertEqual(self.server.request("DELETE", "/keys/owner", None, admin)[0], 204)
            # Nor is who has the alias's name told what it stands for, or which aliases there are.
            _, _, made = self.server.request(
                "POST", "/keys", {"name": "neighbour", "right": "admin", "collections": ["other", "mine"]}, admin)
            neighbour = {"Authorization": f"Bearer {made['key']}"}
            for method, path, body in [("PUT", "/aliases/other", {"collection": "mine"}), ("DELETE", "/aliases/other", None),
                                       ("DELETE", "/aliases/nowhere", None)]:
                status, _, refused = self.server.request(method, path, body, neighbour)
                self.assertEqual(status, 403, refused)
                self.assertNotIn("notes", json.dumps(refused))
            self.assertEqual(self.server.request("DELETE", "/keys/neighbour", None, admin)[0], 204)
        finally:
            self.assertEqual(self.server.request("DELETE", "/aliases/other", None, admin)[0], 204)

    def test_keys_are_rotated_without_a_restart(self):
        fresh = self.make_key("fresh", "read")
        self.server.process.send_signal(1)
        # The log says when it is done.
        while "the keys were read again" not in self.server.log_text():
            self.assertIsNone(self.server.process.poll())
        self.client_of(fresh).models.list()
        log = self.server.log_text()
        for key in [fresh, self.admin, self.reader]:
            self.assertNotIn(key, log)
        for line in log.splitlines():
            json.loads(line)


class RerankTest(unittest.TestCase):
    """With a tiny reranker, whose scores of these passages NumPy has computed (plugins/tasks/testdata)."""

    @classmethod
    def setUpClass(cls):
        model = os.path.join(SOURCE, "plugins/tasks/testdata/reranker")
        with open(os.path.join(model, "expected.json"), encoding="utf-8") as file:
            cls.expected = json.load(file)[0]
        cls.folder = tempfile.TemporaryDirectory(prefix="lectern-rerank-")
        pipeline = os.path.join(cls.folder.name, "ranked.yaml")
        with open(pipeline, "w", encoding="utf-8") as file:
            file.write("version: 1\npipeline: ranked\nstages:\n"
                       "  text: {plugin: documents, stage: text}\n"
                       "  chunks: {plugin: passages, stage: splitter}\n"
                       "  tokens: {plugin: wordpiece, options: {model: all-MiniLM-L6-v2}}\n"
                       "  vectors: {plugin: bert, options: {model: all-MiniLM-L6-v2}}\n"
                       f'  rank: {{plugin: tasks, stage: reranker, options: {{model: "{model}", precision: f32}}}}\n'
                       "ingest: [source, text, chunks, tokens, vectors, commit]\n"
                       "query: [query, tokens, vectors, search, rank]\n")
        cls.server = Server("--pipeline", pipeline, "--threads", "1")

    @classmethod
    def tearDownClass(cls):
        cls.server.remove()
        cls.folder.cleanup()

    def test_documents_come_in_the_rerankers_order_in_both_forms(self):
        passages, scores = self.expected["passages"], self.expected["scores"]
        order = sorted(range(len(scores)), key=lambda i: -scores[i])
        jina = {"model": "default", "query": self.expected["query"], "documents": passages}
        cohere = {"model": "default", "query": self.expected["query"], "documents": [{"text": text} for text in passages],
                  "max_tokens_per_doc": 4096}  # what says nothing here is passed over
        for path, body in (("/v1/rerank", jina), ("/rerank", jina), ("/v1/rerank", cohere), ("/v2/rerank", cohere)):
            with self.subTest(path=path, documents=body["documents"][0]):
                status, _, made = self.server.request("POST", path, body)
                self.assertEqual(status, 200, made)
                self.assertEqual([one["index"] for one in made["results"]], order)
                for one in made["results"]:
                    self.assertAlmostEqual(one["relevance_score"], scores[one["index"]], places=3)
                    self.assertNotIn("document", one)
                self.assertEqual(made["usage"]["prompt_tokens"], made["usage"]["total_tokens"])
                self.assertEqual(made["model"], "default")
        # The best ones, with their texts; more than there are is all.
        for top in (2, 100):
            _, _, made = self.server.request("POST", "/v1/rerank", {**jina, "top_n": top, "return_documents": True})
            self.assertEqual([one["index"] for one in made["results"]], order[:top])
            self.assertEqual([one["document"]["text"] for one in made["results"]], [passages[i] for i in order[:top]])


if __name__ == "__main__":
    unittest.main()
