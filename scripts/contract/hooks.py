"""What a description can't say: schemathesis calls these before each request."""

import json
import os
import uuid

import schemathesis

CONVERSATION = os.environ["CAUSERIE_CONVERSATION"]
KEY_IDS = os.environ["CAUSERIE_KEY_IDS"].split(",")


@schemathesis.hook
def before_call(context, case, kwargs):
    query, path = case.query, case.path_parameters
    # Generated requests learn ids and slugs from answers. The keys of this run, and the tenants that they belong to, must stay.
    if isinstance(path, dict) and case.method == "DELETE" and path.get("id") in KEY_IDS:
        path["id"] = str(uuid.uuid4())
    if isinstance(path, dict) and path.get("slug") in ("chat", "product") and case.method not in ("GET", "PATCH"):
        path["slug"] = "absent"
    # What is meant to be refused stays as it is.
    if case.meta is not None and not case.meta.generation.mode.is_positive:
        return
    if isinstance(query, dict):
        # Opaque: only a page tells a good one.
        query.pop("cursor", None)
        # Either, not both.
        if any(name in query for name in ("after_seq", "afterSeq")):
            for name in ("before_seq", "beforeSeq"):
                query.pop(name, None)
        # A word of the tenant's rules; `open` has this one.
        if query.get("relation"):
            query["relation"] = "block"
    # A clock tells which seconds are too far ahead.
    if isinstance(case.body, dict) and isinstance(case.body.get("issuedBefore"), (int, float)):
        case.body["issuedBefore"] %= 1_000_000_000
    # A client makes a new id for each message. The generator repeats an id, and the server then answers with the message of the first
    # request, which a request in between may have deleted.
    if isinstance(case.body, dict):
        for holder in (case.body, case.body.get("firstMessage")):
            if isinstance(holder, dict) and "clientId" in holder:
                holder["clientId"] = str(uuid.uuid4())
    # Half of the requests meet a conversation that is there.
    if isinstance(path, dict) and str(path.get("conversation_id", ""))[-1:] in set("02468ace"):
        path["conversation_id"] = CONVERSATION


@schemathesis.deserializer("application/x-ndjson")
def last_line(context, response):
    # Each line is described; an import has a last line in any case, and an export of nothing has none.
    lines = response.content.splitlines()
    return json.loads(lines[-1]) if lines else {"type": "user"}


@schemathesis.serializer("application/x-ndjson")
def ndjson(context, value):
    return json.dumps(value).encode() + b"\n"
