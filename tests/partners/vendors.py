"""The partners' own rules as checks: their schemas where they publish some, their documented limits otherwise."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft4Validator, Draft6Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT6

from inspector.partners.parts import Payload

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT.parent / "shared" / "data" / "schemas"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def folder(name: str) -> Path:
    found = FOLDER / name
    if not found.is_dir():
        pytest.skip(f"the vendors' schemas are not here ({found}); they are no part of the project")
    return found


# --- Snowplow: Iglu's schemas --------------------------------------------------------------------------


@lru_cache(maxsize=8)
def iglu(name: str) -> Draft4Validator:
    schema = json.loads((folder("snowplow") / f"{name}.json").read_text(encoding="utf-8"))
    del schema["$schema"]  # Iglu's own word for draft 4
    return Draft4Validator(schema)


def snowplow(payload: Payload) -> list[str]:
    found = []
    (row,) = payload.body["data"]
    entities = json.loads(row["co"])["data"] if "co" in row else []
    if "ue_pr" in row:
        entities.append(json.loads(row["ue_pr"])["data"])
    for entity in entities:
        name = entity["schema"].split("/")[1]
        if name == "screen_view":
            continue
        found += [error.message for error in iglu(name).iter_errors(entity["data"])]
        if name == "client_session":
            ids = [entity["data"][key] for key in ("sessionId", "firstEventId", "userId")]
            found += [f"not a lower-case uuid: {one}" for one in ids if not UUID.fullmatch(one)]
            found += [] if ISO.fullmatch(entity["data"]["firstEventTimestamp"]) else ["no date-time"]
    return found


# --- Adobe: XDM ----------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def xdm_schema() -> Draft6Validator:
    schemas = [json.loads(path.read_text(encoding="utf-8")) for path in folder("xdm").glob("*.schema.json")]
    resources = [(one["$id"], Resource.from_contents(one, default_specification=DRAFT6)) for one in schemas]
    lifecycle = next(one for one in schemas if one["$id"].endswith("aep-mobile-lifecycle-details"))
    return Draft6Validator(lifecycle, registry=Registry().with_resources(resources))


def xdm(payload: Payload) -> list[str]:
    (event,) = payload.body["events"]
    return [error.message for error in xdm_schema().iter_errors(event["xdm"])]


# --- OpenTelemetry: its model --------------------------------------------------------------------------


@lru_cache(maxsize=1)
def otel_model() -> tuple[dict[str, dict[str, str]], set[str]]:
    events = yaml.safe_load((folder("opentelemetry") / "events.yaml").read_text(encoding="utf-8"))["events"]
    keys = yaml.safe_load((folder("opentelemetry") / "registry.yaml").read_text(encoding="utf-8"))["attributes"]
    model = {
        event["name"]: {
            one["ref"]: "required" if one["requirement_level"] == "required" else ""
            for one in event["attributes"]
        }
        for event in events
    }
    return model, {one["key"] for one in keys if one["type"] == "string"}


def otel(payload: Payload) -> list[str]:
    model, texts = otel_model()
    (record,) = payload.body["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
    if not record["eventName"].startswith("session."):
        return []
    wanted = model.get(record["eventName"])
    if wanted is None:
        return [f"no event {record['eventName']} in the model"]
    said = {one["key"]: one["value"] for one in record["attributes"]}
    found = [f"{key} is missing" for key, level in wanted.items() if level and key not in said]
    found += [f"{key} is not of {record['eventName']}" for key in said if key not in wanted]
    found += [f"{key} is no text" for key in said if key in texts and "stringValue" not in said[key]]
    if said.get("session.id") == said.get("session.previous_id"):
        found.append("session.id and session.previous_id are the same")
    return found


# --- documented limits, restated -----------------------------------------------------------------------

_RESERVED = """ad_activeview ad_click ad_exposure ad_impression ad_query adunit_exposure app_clear_data
app_install app_update app_remove error first_open first_visit in_app_purchase notification_dismiss
notification_foreground
notification_open notification_receive os_update screen_view session_start user_engagement"""
GA4_RESERVED = frozenset(_RESERVED.split())
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")


def ga4(payload: Payload) -> list[str]:
    """Check as ga-dev-tools' formatCheckLib.ts and its schemas do."""
    body, found = payload.body, []
    if "app_instance_id" in body:
        if not re.fullmatch(r"[0-9A-Fa-f]{32}", body["app_instance_id"]):
            found.append("app_instance_id")
        if not re.search(r"firebase_app_id=[0-9]:[0-9]+:[a-zA-Z]+:[a-zA-Z0-9]+&", payload.url):
            found.append("firebase_app_id")
    elif not body.get("client_id"):
        found.append("neither app_instance_id nor client_id")
    if not 1 <= len(body["events"]) <= 25:
        found.append("1 to 25 events")
    for event in body["events"]:
        if not _NAME.fullmatch(event["name"]) or event["name"] in GA4_RESERVED:
            found.append(f"event name {event['name']}")
        if len(event["params"]) > 25:
            found.append("more than 25 parameters")
        for key, value in event["params"].items():
            if not _NAME.fullmatch(key) or key.startswith(("google_", "ga_", "firebase_")):
                found.append(f"parameter name {key}")
            if not isinstance(value, int | float | str) or (isinstance(value, str) and len(value) > 100):
                found.append(f"value of {key}")
    return found


def sentry(payload: Payload) -> list[str]:
    header, item, session = payload.body
    found = [] if header == {} and item == {"type": "session"} else ["headers"]
    if not UUID.fullmatch(session["sid"]):
        found.append("sid")
    if not ISO.fullmatch(session["started"]) or not session["attrs"].get("release"):
        found.append("started and release are required")
    if re.search(r"[\n\t/\\]", session["attrs"]["release"]) or len(session["attrs"]["release"]) > 250:
        found.append("release")
    if session["status"] not in ("ok", "exited", "crashed", "abnormal", "errored", "unhandled"):
        found.append("status")
    if session["init"] != (session["status"] == "ok"):
        found.append("init with the start and with it only")
    if session.get("duration", 0) < 0:
        found.append("duration")
    return found


def datadog(payload: Payload) -> list[str]:
    found = []
    for series in payload.body["series"]:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_.]{0,199}", series["metric"]):
            found.append("metric")
        if series["type"] not in (1, 3) or (series["type"] == 1) != ("interval" in series):
            found.append("type")
        for point in series["points"]:
            if (
                not isinstance(point["timestamp"], int)
                or not 0 <= point["timestamp"] < 2**33
                or point["value"] < 0
            ):
                found.append("point, in seconds")
        found += [f"tag {tag}" for tag in series["tags"] if len(tag) > 200]
    return found


def datadog_rum(payload: Payload) -> list[str]:
    """Check as rum-events-format's _common-schema.json does."""
    body = payload.body
    found = [key for key in ("date", "application", "session", "view", "_dd") if key not in body]
    ids = (body["application"]["id"], body["session"]["id"], body["view"]["id"])
    found += [f"id {one}" for one in ids if not UUID.fullmatch(one)]
    if body["_dd"]["format_version"] != 2 or not isinstance(body["date"], int) or body["date"] < 0:
        found.append("format_version or date")
    why = body["_dd"].get("session", {}).get("session_precondition", "user_app_launch")
    known = "user_app_launch inactivity_timeout max_duration background_launch prewarm explicit_stop"
    return found + ([] if why in known.split() else [why])


def amplitude(payload: Payload) -> list[str]:
    (event,) = payload.body["events"]
    found = [key for key in ("event_type", "device_id", "time", "session_id", "insert_id") if key not in event]
    if not all(isinstance(event[key], int) for key in ("time", "session_id", "event_id")):
        found.append("times and event_id are whole numbers")
    if len(event.get("user_id", "long enough")) < 5 or len(event["device_id"]) < 5:
        found.append("ids of 5 characters at least")
    return found


def mixpanel(payload: Payload) -> list[str]:
    (event,) = payload.body
    said: dict[str, Any] = event["properties"]
    found = [key for key in ("time", "distinct_id", "$insert_id") if key not in said]
    if not re.fullmatch(r"[A-Za-z0-9-]{1,36}", said["$insert_id"]):
        found.append("$insert_id")
    return found + (["properties"] if len(said) >= 255 or not 0 < len(event["event"]) <= 255 else [])


def braze(payload: Payload) -> list[str]:
    (event,) = payload.body["events"]
    found = [] if ISO.fullmatch(event["time"]) and 0 < len(event["name"]) <= 255 else ["time or name"]
    if not ("external_id" in event or "user_alias" in event):
        found.append("no user")
    return found + [key for key in event["properties"] if key in ("time", "event_name") or key[:1] == "$"]


# Segment: HTTP API (32 KB a call, an id of the user, track has an event), Spec's common fields.
_SEGMENT = {"track": {"event", "properties"}, "screen": {"name", "properties"}, "page": {"properties"}}


def segment(payload: Payload) -> list[str]:
    body, found = payload.body, []
    wanted = _SEGMENT.get(body.get("type", ""))
    if wanted is None or not payload.url.endswith(f"/v1/{body['type']}"):
        return ["type"]
    found += [key for key in wanted if not body.get(key) and key != "properties"]
    if not (body.get("userId") or body.get("anonymousId")):
        found.append("no user")
    if not 0 < len(body.get("messageId", "")) <= 100 or not ISO.fullmatch(body.get("timestamp", "")):
        found.append("messageId or timestamp")
    told = any("answers 400" in note for note in payload.notes)
    if (len(json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()) + 1 > 32 * 1024) != told:
        found.append("32 KB")
    return found


# Leanplum: docs.leanplum.com/reference/post_api-action-…, required arguments by action; params flat, at most 50.
_LEANPLUM = {
    "start": (),
    "stop": (),
    "pauseSession": (),
    "resumeSession": (),
    "track": ("event",),
    "advance": ("state",),
}


def leanplum(payload: Payload) -> list[str]:
    body = payload.body
    action = payload.url.partition("?action=")[2]
    if action not in _LEANPLUM:
        return [f"no action {action}"]
    found = [key for key in ("appId", "clientKey", "apiVersion", *_LEANPLUM[action]) if not body.get(key)]
    if not (body.get("userId") or body.get("deviceId")):
        found.append("no user")
    params = body.get("params", {})
    if len(params) > 50 or any(isinstance(value, dict | list) for value in params.values()):
        found.append("params")
    if body["apiVersion"] != "1.0.6":
        found.append("apiVersion")
    if not 0 <= body.get("time", 0) < 2**33:
        found.append("time is in seconds")
    return found


# Singular: support.singular.net, S2S API endpoint reference (required), Tracking In-App Events (limits).
_SINGULAR_ID = {"iOS": ("idfa", "idfv"), "Android": ("aifa", "asid", "andi")}


def singular(payload: Payload) -> list[str]:
    body, call = payload.body, payload.url.rpartition("/")[2]
    wanted = ("a", "p", "i", "ip", "ve", *(("n",) if call == "evt" else ()))
    found = [key for key in wanted if not body.get(key)]
    if call not in ("launch", "evt"):
        found.append(f"no endpoint {call}")
    if not any(body.get(key) for key in _SINGULAR_ID.get(body.get("p", ""), ())):
        found.append("no device")
    if call == "evt" and "e" in body and not isinstance(json.loads(body["e"]), dict):
        found.append("e is no object")
    if not isinstance(body.get("umilisec", 0), int):
        found.append("umilisec")
    told = any("Singular limits" in note for note in payload.notes)
    values = json.loads(body.get("e", "{}"))
    beyond = call == "evt" and (
        len(body["n"].encode("utf-8", "replace")) > (32 if body["n"].isascii() else 31)
        or any(len(key) > 500 or len(str(value)) > 500 for key, value in values.items())
    )
    return found + ([] if told == beyond else ["what is beyond its limits is told"])


# Adobe Analytics: contextData and pageName.
_ADOBE_WORDS = """a.AppID a.action a.LaunchEvent a.InstallEvent a.UpgradeEvent a.DailyEngUserEvent
a.MonthlyEngUserEvent a.PrevSessionLength a.CrashEvent"""
_ADOBE_OWN = frozenset(_ADOBE_WORDS.split())


def adobe(payload: Payload) -> list[str]:
    body = payload.body
    found = [key for key in ("reportSuiteID", "visitorID", "timestamp") if not body.get(key)]
    if len(body["pageName"].encode("utf-8", "replace")) > 100:
        found.append("pageName")
    context = body["contextData"]
    found += [f"{key} is Adobe's" for key in context if key.lower()[:2] == "a." and key not in _ADOBE_OWN]
    odd = [key for key in context if not re.fullmatch(r"[A-Za-z0-9_.]+", key)]
    if odd and not any("Adobe guarantees" in note for note in payload.notes):
        found.append(f"not told: {odd[0]}")
    length = context.get("a.PrevSessionLength", "0")
    return found + ([] if isinstance(length, str) and length.isdecimal() else ["a.PrevSessionLength in seconds"])


CHECKS = {
    "ga4": ga4,
    "amplitude": amplitude,
    "mixpanel": mixpanel,
    "braze": braze,
    "adobe-xdm": xdm,
    "snowplow": snowplow,
    "opentelemetry": otel,
    "sentry": sentry,
    "datadog": datadog,
    "datadog-rum": datadog_rum,
    "segment": segment,
    "leanplum": leanplum,
    "singular": singular,
    "adobe": adobe,
}
