"""GeoReport v2 as other programs meet it: over a socket, in both forms, with a client that is not ours."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import schemathesis
import uvicorn
from fastapi import FastAPI
from georeport import GeoReport
from hypothesis import HealthCheck, given, settings
from referencing import Registry, Resource

from bot.channels import open311, problems
from bot.channels.desk_hook import hook_router
from bot.channels.open311 import Office, open311_router
from bot.rasa_process import free_port
from integrations.database import Database, upgrade
from integrations.open311.filing import Intake
from integrations.open311.forms import read
from integrations.open311.requests import PublicRequests
from integrations.status import Status
from integrations.webhook_desk import signed
from intents.catalog import load_catalog
from intents.gazetteer.index import load_gazetteer
from tests.contract.conftest import Clock
from tests.desks import NAMES, Desks, desks

KEY = "test-key"
CANARY = "金丝雀胡同七号"
COMPLAINT = {
    "api_key": KEY,
    "service_code": "street_lights",
    "address_string": f"朝阳区望京街道{CANARY}",
    "description": f"{CANARY}门口的路灯不亮",
    "phone": "13877778888",
    "last_name": "金",
    "first_name": "丝雀",
    "attribute[issue_kind]": "不亮",
}


def application(here: Desks) -> FastAPI:
    app = FastAPI()
    problems.install(app)
    intake = Intake(load_catalog(), load_gazetteer().districts, here.journal, here.drafts, here.desk, here.clock)
    office = Office(intake, PublicRequests(here.database, NAMES, here.clock), here.desk, frozenset({KEY, "other-key"}))
    app.include_router(open311_router(office))
    app.include_router(hook_router(KEY, here.outbox, here.desk))
    app.include_router(open311.catch_all())
    return app


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('open311')}/t.db")
    upgrade(database)
    yield desks(database, Clock())
    database.engine.dispose()


@pytest.fixture(scope="module")
def root(here: Desks) -> Iterator[str]:
    """The server's address, …/open311/v2."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(application(here), port=port, log_level="error"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.02)
    yield f"http://127.0.0.1:{port}/open311/v2"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def http(root: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=root, trust_env=False) as client:
        yield client


def post(http: httpx.Client, **changed: str | None) -> httpx.Response:
    return http.post("/requests.json", data={k: v for k, v in {**COMPLAINT, **changed}.items() if v is not None})


@pytest.fixture(scope="module")
def number(root: str) -> str:
    with httpx.Client(base_url=root, trust_env=False) as client:
        filed: str = post(client).json()[0]["service_request_id"]
        return filed


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_client_that_is_not_ours_reads_everything(root: str, number: str, form: str) -> None:
    client = GeoReport(root, api_key=KEY, output_format=form)
    services = client.get_service_list()
    assert len(services) == len(load_catalog().topics)
    assert {s["service_code"] for s in services} == set(load_catalog().topics)
    definition: Any = client.get_service_definition("prepaid_refund")
    attributes = definition["attributes"] if form == "json" else definition["attributes"]["attribute"]
    assert "merchant" in {a["code"] for a in attributes}
    found: Any = client.get_service_request(number)
    assert found["service_request_id"] == number
    assert found["status"] == "open"
    listed: Any = client.get_service_requests(service_request_id=number)
    # The client's XML gives a list of one as its one member.
    assert (listed if form == "xml" else listed[0])["service_code"] == "street_lights"


def test_a_filed_request_is_a_ticket_like_any_other(here: Desks, number: str) -> None:
    ticket = here.desk.get(number)
    assert (ticket.topic, ticket.district, ticket.street, ticket.channel) == (
        "street_lights",
        "朝阳区",
        "望京街道",
        "open311",
    )
    assert ticket.phone == "13877778888"
    assert ticket.value("issue_kind") == "不亮"
    assert CANARY in ticket.value("description")


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize(
    "what", ["requests", "requests/{number}", "servicerequestupdates", "tokens/{number}", "services"]
)
def test_nothing_personal_is_read_in_public(http: httpx.Client, number: str, form: str, what: str) -> None:
    answer = http.get(f"/{what.format(number=number)}.{form}", params={"extensions": "true"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json" if form == "json" else "text/xml")
    for secret in (CANARY, "金丝雀", "13877778888", "丝雀"):
        assert secret not in answer.text


def test_a_list_of_none_is_a_list_in_both_forms(http: httpx.Client) -> None:
    asked = {"start_date": "2001-01-01T00:00:00Z", "end_date": "2001-02-01T00:00:00Z"}
    assert http.get("/requests.json", params=asked).json() == []
    xml = http.get("/requests.xml", params=asked)
    assert "<service_requests" in xml.text
    assert read(xml.content, "xml") == []


def test_dates_pages_and_statuses_narrow_the_list(http: httpx.Client, here: Desks) -> None:
    numbers = [here.file().number for _ in range(3)]
    here.desk.follow(numbers[0], Status.RESOLVED, change=f"x{numbers[0]}", by="test")
    closed = {r["service_request_id"] for r in http.get("/requests.json", params={"status": "closed"}).json()}
    assert numbers[0] in closed
    assert not closed & set(numbers[1:])
    both = http.get("/requests.json", params={"service_request_id": ",".join(numbers[:2])}).json()
    assert {r["service_request_id"] for r in both} == set(numbers[:2])
    pages = [http.get("/requests.json", params={"page_size": "1", "page": str(n)}).json() for n in (1, 2)]
    assert pages[0][0]["service_request_id"] == numbers[2]
    assert pages[1][0]["service_request_id"] == numbers[1]
    day = here.clock().date().isoformat()
    for start in (f"{day}T00:00:00+08:00", f"{day}T00:00:00Z", day):
        assert http.get("/requests.json", params={"start_date": start}).status_code == 200


@pytest.mark.parametrize(
    ("changed", "status", "named"),
    [
        ({"api_key": None}, 403, "api_key"),
        ({"api_key": "wrong"}, 403, "api_key"),
        ({"service_code": None}, 400, "service_code"),
        ({"service_code": "nothing"}, 404, "service_code"),
        ({"attribute[issue_kind]": None}, 400, "attribute[issue_kind]"),
        ({"attribute[issue_kind]": "飞走了"}, 400, "attribute[issue_kind]"),
        ({"address_string": None}, 400, "address_string"),
        ({"lat": "abc", "long": "1"}, 400, "lat"),
        ({"lat": "39.9"}, 400, "long"),
    ],
)
def test_what_is_wrong_with_a_post_is_named(
    http: httpx.Client, changed: dict[str, str | None], status: int, named: str
) -> None:
    answer = post(http, **changed)
    assert answer.status_code == status
    [error] = answer.json()
    assert error["code"] == status
    assert named in error["description"]
    assert CANARY not in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/requests/123.json", 404),
        ("/requests.csv", 404),
        ("/nothing.xml", 404),
        ("/services/nothing.xml", 404),
        ("/tokens/nothing.json", 404),
        ("/requests.json?status=maybe", 400),
        ("/requests.json?start_date=yesterday", 400),
        ("/requests.json?start_date=2026-01-01&end_date=2026-08-01", 400),
        ("/requests.json?page=0", 400),
        ("/requests.json?page_size=100000", 400),
        ("/requests.json?service_code=nothing", 404),
    ],
)
def test_errors_are_told_in_georeports_words(http: httpx.Client, path: str, status: int) -> None:
    answer = http.get(path)
    assert answer.status_code == status
    form = "xml" if ".xml" in path else "json"
    [error] = read(answer.content, form)
    assert str(error["code"]) == str(status)
    assert error["description"]


def test_the_same_idempotency_key_is_one_ticket(http: httpx.Client) -> None:
    told = [http.post("/requests.json", data=COMPLAINT, headers={"Idempotency-Key": "k1"}).json() for _ in range(2)]
    other = http.post("/requests.json", data=COMPLAINT, headers={"Idempotency-Key": "k2"}).json()
    assert told[0] == told[1]
    assert other != told[0]


def test_a_step_told_by_another_program_reaches_the_history_once(http: httpx.Client, here: Desks) -> None:
    number = here.file().number
    told = {"api_key": KEY, "service_request_id": number, "update_id": "7", "status": "CLOSED", "description": "修好了"}
    for _ in range(2):
        assert http.post("/servicerequestupdates.json", data=told).json() == [{"update_id": "7"}]
    steps = [step for step in here.desk.get(number).history if step.note == "修好了"]
    assert [step.status for step in steps] == ["resolved"]
    assert http.post("/servicerequestupdates.json", data={**told, "api_key": "x"}).status_code == 403
    assert http.post("/servicerequestupdates.xml", data={**told, "status": "GONE"}).status_code == 400
    assert http.post("/servicerequestupdates.xml", data={**told, "service_request_id": "1"}).status_code == 404
    public = http.get("/servicerequestupdates.json").json()
    assert number in {update["service_request_id"] for update in public}


def test_answers_fit_georeports_schemas(http: httpx.Client, reference: Path, number: str) -> None:
    folder = reference / "open311"
    if not folder.is_dir():
        pytest.skip(f"no schemas at {folder}")
    schemas = {path.name: read(path.read_bytes(), "json") for path in folder.glob("*.json")}
    registry: Any = Registry().with_resources(
        (name, Resource.from_contents(schema, default_specification=_DRAFT)) for name, schema in schemas.items()
    )
    for path, schema in (
        ("/services.json", "services.json"),
        ("/services/prepaid_refund.json", "service-definition.json"),
        ("/requests.json", "requests.json"),
    ):
        jsonschema.Draft7Validator(schemas[schema], registry=registry).validate(http.get(path).json())


def test_a_signed_change_is_taken_over_once_and_an_unsigned_one_never(here: Desks, root: str) -> None:
    number = here.file().number
    here.outbox.resolve(number, "X-1")
    url = root.replace("/open311/v2", "/desk/hook")
    body = (
        b'{"id": "c1", "external_id": "X-1", "status": "in_progress", "note": "\xe5\xb7\xb2\xe6\xb4\xbe\xe4\xba\xba"}'
    )
    first, again = (httpx.post(url, content=body, headers=signed(KEY, body), trust_env=False) for _ in range(2))
    assert (first.json(), again.json()) == ({"new": True}, {"new": False})
    assert here.desk.get(number).status == Status.IN_PROGRESS
    for headers in (signed("wrong", body), signed(KEY, body, now=1_000_000), {}):
        assert httpx.post(url, content=body, headers=headers, trust_env=False).status_code == 401
    other = b'{"id": 1}'
    assert httpx.post(url, content=other, headers=signed(KEY, other), trust_env=False).status_code == 422


_DRAFT: Any = __import__("referencing.jsonschema", fromlist=["DRAFT7"]).DRAFT7


def test_nothing_that_is_sent_breaks_it(here: Desks) -> None:
    """What the OpenAPI document allows, and what it does not, made up by schemathesis: never a 5xx."""
    schema = schemathesis.openapi.from_asgi("/openapi.json", application(here))
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if not operation.path.startswith("/open311"):
            continue

        @given(case=operation.as_strategy())
        @settings(
            max_examples=15, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
        )
        def send(case: Any) -> None:
            assert case.call().status_code < 500

        send()
        tried += 1
    assert tried >= 8
