import json
import re
import runpy
from collections.abc import Iterator
from inspect import getdoc
from pathlib import Path
from typing import Any

import pytest
from published import asyncapi_once, schema_once

from messages import schema
from messages.endpoints import DEFAULT_ENDPOINT
from messages.errors import ErrorCode
from messages.events import AnyEvent
from messages.limits import MAX_SEQ
from messages.operations import REPLIES
from messages.replies import AnyReply
from messages.requests import AnyRequest
from messages.schema import asyncapi, asyncapi_json, json_schema

PUBLISHED = Path(__file__).parents[2] / "docs" / "asyncapi.json"

KINDS = (AnyRequest | AnyReply | AnyEvent).__args__


def references(value: Any) -> Iterator[str]:
    """Yield every $ref in a document."""
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from references(item)


def resolve(document: Any, reference: str) -> Any:
    """Return what a $ref points at. Raise KeyError if it points at nothing."""
    for part in reference.removeprefix("#/").split("/"):
        document = document[part]
    return document


def tags(document: Any, messages: Any) -> set[str]:
    """Return the type tags of the messages that an operation lists."""
    channel_messages = (resolve(document, message["$ref"]) for message in messages)
    return {resolve(document, message["$ref"])["name"] for message in channel_messages}


def tags_of(kinds: Any) -> set[str]:
    return {kind.__struct_config__.tag for kind in kinds.__args__}


def test_the_published_document_is_what_the_types_give_today() -> None:
    assert json.loads(PUBLISHED.read_text("utf-8")) == asyncapi(), (
        "docs/asyncapi.json is out of date; make it anew: python -m messages.schema > docs/asyncapi.json"
    )


def test_the_module_run_as_a_program_prints_the_document(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(schema.__file__, run_name="__main__")
    assert capsys.readouterr().out == asyncapi_json()


def test_the_printed_document_is_indented_json_that_ends_its_last_line() -> None:
    assert json.loads(asyncapi_json()) == asyncapi()
    assert asyncapi_json().startswith('{\n  "asyncapi"')
    assert asyncapi_json().endswith("\n}\n")


@pytest.mark.parametrize("make", [json_schema, asyncapi])
class TestBothDocuments:
    def test_are_made_anew_for_each_caller(self, make: Any) -> None:
        make().clear()
        assert make()

    def test_have_no_reference_that_leads_nowhere(self, make: Any) -> None:
        document = make()
        found = set(references(document))
        assert len(found) >= len(KINDS)
        for reference in found:
            assert resolve(document, reference)


class TestJsonSchema:
    def test_it_is_of_the_2020_12_dialect(self) -> None:
        assert schema_once()["$schema"] == "https://json-schema.org/draft/2020-12/schema"

    def test_a_document_is_of_one_of_the_types_there_are(self) -> None:
        document = schema_once()
        choices = [
            resolve(document, choice["$ref"])["properties"]["type"]["enum"] for choice in document["oneOf"]
        ]
        assert sorted(choices) == sorted([kind.__struct_config__.tag] for kind in KINDS)

    def test_no_two_types_have_the_same_tag(self) -> None:
        assert len({kind.__struct_config__.tag for kind in KINDS}) == len(KINDS)

    @pytest.mark.parametrize("kind", KINDS)
    def test_each_type_is_titled_and_described_as_in_the_code(self, kind: type) -> None:
        definition = schema_once()["$defs"][kind.__name__]
        assert (definition["title"], definition["description"]) == (kind.__name__, getdoc(kind))

    def test_the_bounds_of_the_fields_are_stated(self) -> None:
        definitions = schema_once()["$defs"]
        send, confirm = definitions["Send"]["properties"], definitions["Confirm"]["properties"]
        assert (send["id"]["minLength"], send["id"]["maxLength"], send["id"]["pattern"]) == (
            1,
            64,
            "^[!-~]+$",
        )
        assert (send["text"]["minLength"], send["text"]["maxLength"]) == (1, 4_000)
        assert (confirm["seq"]["minimum"], confirm["seq"]["maximum"]) == (0, MAX_SEQ)

    def test_no_number_is_without_bounds(self) -> None:
        def numbers(value: Any) -> Iterator[Any]:
            if isinstance(value, dict):
                if value.get("type") in ("integer", "number"):
                    yield value
                for item in value.values():
                    yield from numbers(item)
            elif isinstance(value, list):
                for item in value:
                    yield from numbers(item)

        found = list(numbers(schema_once()))
        assert found
        assert all("minimum" in number and "maximum" in number for number in found)

    def test_each_error_code_comes_with_its_sentence(self) -> None:
        code = schema_once()["$defs"]["ErrorCode"]
        assert code["type"] == "string"
        assert code["description"] == ErrorCode.__doc__
        assert code["oneOf"] == [{"const": str(code), "description": code.sentence} for code in ErrorCode]


class TestAsyncApi:
    def test_it_is_of_version_3(self) -> None:
        assert asyncapi_once()["asyncapi"] == "3.0.0"

    def test_the_first_server_is_the_one_a_client_connects_to_by_default(self) -> None:
        server = next(iter(asyncapi_once()["servers"].values()))
        assert f"{server['protocol']}://{server['host']}" == DEFAULT_ENDPOINT == "tcp://127.0.0.1:9009"

    def test_only_the_server_for_other_machines_requires_curve(self) -> None:
        document = asyncapi_once()
        servers = document["servers"]
        assert {name for name, server in servers.items() if "security" in server} == {"network"}
        (scheme,) = (resolve(document, one["$ref"]) for one in servers["network"]["security"])
        assert scheme["type"] == "asymmetricEncryption"
        assert "chat://HOST:PORT?key=KEY" in scheme["description"]
        assert all("NULL" in server["description"] for server in servers.values())

    def test_the_variables_of_a_servers_address_are_described(self) -> None:
        for server in asyncapi_once()["servers"].values():
            assert set(re.findall(r"{(\w+)}", server["host"])) == server.get("variables", {}).keys()

    def test_each_request_is_received_by_an_operation_of_its_own(self) -> None:
        document = asyncapi_once()
        received = {
            name: tags(document, operation["messages"])
            for name, operation in document["operations"].items()
            if operation["action"] == "receive"
        }
        assert received == {tag: {tag} for tag in tags_of(AnyRequest)}

    @pytest.mark.parametrize("kind", REPLIES, ids=lambda kind: kind.__name__)
    def test_each_request_is_answered_by_its_replies_or_an_error(self, kind: Any) -> None:
        document = asyncapi_once()
        reply = document["operations"][kind.__struct_config__.tag]["reply"]
        assert reply["channel"] == {"$ref": "#/channels/connection"}
        assert tags(document, reply["messages"]) == {
            "error",
            *(reply.__struct_config__.tag for reply in REPLIES[kind]),
        }

    def test_the_broker_sends_each_event_and_the_refusal_of_what_is_no_request(self) -> None:
        document = asyncapi_once()
        sent = {
            name: tags(document, operation["messages"])
            for name, operation in document["operations"].items()
            if operation["action"] == "send"
        }
        assert sent == {tag: {tag} for tag in tags_of(AnyEvent)} | {"unreadable": {"error"}}

    def test_programs_learn_which_errors_to_try_again(self) -> None:
        assert asyncapi_once()["components"]["messages"]["error"]["x-retryable"] == [
            code for code in ErrorCode if code.retryable
        ]

    @pytest.mark.parametrize(
        ("kinds", "location"),
        [(AnyRequest, "$message.payload#/id"), (AnyReply, "$message.payload#/re"), (AnyEvent, None)],
        ids=["requests", "replies", "events"],
    )
    def test_a_reply_is_found_by_the_id_of_its_request(self, kinds: Any, location: str | None) -> None:
        document = asyncapi_once()
        for tag in tags_of(kinds):
            message = document["components"]["messages"][tag]
            reference = message.get("correlationId")
            assert (resolve(document, reference["$ref"])["location"] if reference else None) == location

    @pytest.mark.parametrize("kind", KINDS)
    def test_each_message_is_of_the_type_that_its_tag_names(self, kind: Any) -> None:
        document = asyncapi_once()
        message = document["components"]["messages"][kind.__struct_config__.tag]
        assert (message["title"], message["summary"]) == (
            kind.__name__,
            (kind.__doc__ or "").partition("\n")[0],
        )
        assert message["payload"]["schemaFormat"] == "application/schema+json;version=draft-07"
        payload = resolve(document, message["payload"]["schema"]["$ref"])
        assert payload["properties"]["type"]["enum"] == [message["name"]]

    def test_the_limits_on_a_frame_are_stated(self) -> None:
        description = asyncapi_once()["channels"]["connection"]["description"]
        assert "at most 64 and" in description
        assert "at most 512 and" in description
        assert "65,536 bytes" in description
        assert "262,144" in description
