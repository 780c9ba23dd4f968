"""GeoReport v2 as other programs meet it: over a socket, in both forms, with a client that is not ours."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import requests
import schemathesis
import uvicorn
import xmltodict
from fastapi import FastAPI
from georeport import GeoReport
from hypothesis import HealthCheck, given, settings
from referencing import Registry, Resource

from bot.channels import open311, problems
from bot.channels.desk_hook import hook_router
from bot.channels.open311 import Office, open311_router
from bot.rasa_process import free_port
from integrations.database import Database, upgrade
from integrations.numbers import grouped
from integrations.open311.filing import Intake
from integrations.open311.forms import read
from integrations.open311.requests import PublicRequests
from integrations.status import Status
from integrations.webhook_desk import signed
from intents.catalog import load_catalog
from intents.gazetteer.index import load_gazetteer
from tests.contract.conftest import Clock
from tests.desks import NAMES, Desks, desks
from tests.postgres import new_database

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
    places = load_gazetteer()
    streets = frozenset(street for known in places.streets.values() for street in known)
    intake = Intake(load_catalog(), places.districts, streets, here.journal, here.drafts, here.desk, here.clock)
    office = Office(
        intake, PublicRequests(here.database, NAMES, streets, here.clock), here.desk, frozenset({KEY, "other-key"})
    )
    app.include_router(open311_router(office))
    app.include_router(hook_router(KEY, here.outbox, here.desk))
    app.include_router(open311.catch_all())
    app.add_middleware(open311.HeadAsGet)
    return app


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def here(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path_factory.mktemp('open311')}/t.db")
    else:
        database = Database(new_database(request.getfixturevalue("postgres_url")))
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
    nobody = {"service_request_id": "1"}
    if form == "json":
        assert client.get_service_requests(**nobody) == []
    else:
        # It cannot read an empty list of any server; what it reads it from is one.
        with pytest.raises(TypeError):
            client.get_service_requests(**nobody)
        with httpx.Client(base_url=root, trust_env=False) as plain:
            answer = plain.get("/requests.xml", params=nobody)
        assert xmltodict.parse(answer.content) == {"service_requests": None}
    with pytest.raises(requests.HTTPError):
        client.get_service_request("1")


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
        ("/requests.json?start_date=2026-03-01&end_date=2026-02-01", 400),
        ("/requests.json?start_date=2026-13-45", 400),
        ("/requests.json?page=0", 400),
        ("/requests.json?page=-1", 400),
        ("/requests.json?page=x", 400),
        ("/requests.json?page=99999999999999999999", 400),
        ("/requests.json?page_size=0", 400),
        ("/requests/%00.json", 404),
        ("/tokens/%00%FF.xml", 404),
        ("/services/%00.json", 404),
        ("/", 404),
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


def test_one_key_sent_by_many_at_once_is_one_ticket(root: str) -> None:
    def send(_: int) -> str:
        with httpx.Client(base_url=root, trust_env=False, timeout=30) as client:
            told = client.post("/requests.json", data=COMPLAINT, headers={"Idempotency-Key": "x" * 190})
            number: str = told.json()[0]["service_request_id"]
            return number

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(send, range(6)))) == 1
    with httpx.Client(base_url=root, trust_env=False, timeout=30) as client:
        longer = client.post("/requests.json", data=COMPLAINT, headers={"Idempotency-Key": "x" * 190 + "y"})
        assert longer.json()[0]["service_request_id"] != send(0)


def test_programs_write_their_forms_in_many_ways(http: httpx.Client, here: Desks) -> None:
    key_in_address = http.post(f"/requests.xml?api_key={KEY}&jurisdiction_id=x", data={**COMPLAINT, "api_key": None})
    assert key_in_address.status_code == 201
    parts = http.post("/requests.json", files={name: (None, value) for name, value in COMPLAINT.items()})
    assert parts.status_code == 201
    many = {**COMPLAINT, "service_code": "prepaid_refund", "attribute[merchant]": "力美健", "attribute[merchant_category]": "健身",
            "attribute[amount_paid]": "3680.00", "attribute[paid_on]": "2025-03-01T08:00:00Z", "attribute[merchant_state]": "停业",
            "attribute[demand]": "退费", "attribute[street]": f"{CANARY}3单元王家", "phone": "+44 20 7946 0958"}  # fmt: skip
    del many["attribute[issue_kind]"]
    told = http.post(
        "/requests.json",
        data={**many, "attribute[branch][]": ["望京店", "国贸店"], "attribute[merchant][]": ["力美健", "力美健望京店"]},
    )
    [filed] = told.json()
    ticket = here.desk.get(filed["service_request_id"])
    assert (ticket.value("amount_paid"), ticket.value("paid_on")) == (3680, "2025-03-01")
    assert ticket.value("merchant") == "力美健；力美健望京店"
    assert ticket.phone == "442079460958"
    public = http.get(f"/requests/{ticket.number}.json?extensions=true")
    assert CANARY not in public.text
    assert public.json()[0]["address"] == "朝阳区望京街道"
    two = http.post("/requests.json", data={**many, "attribute[demand][]": ["退费", "继续服务"]})
    assert (two.status_code, "attribute[demand]" in two.text) == (400, True)
    by_degrees = post(http, address_string=None, lat="39.99", long="116.48")
    assert by_degrees.status_code == 201


def test_methods_are_answered_as_http_wants_them(http: httpx.Client, number: str) -> None:
    head, got = (http.request(method, f"/requests/{number}.json") for method in ("HEAD", "GET"))
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(got.content))
    assert http.head("/requests/1.json").status_code == 404
    options = http.options("/requests.json")
    assert (options.status_code, "POST" in options.headers["allow"]) == (204, True)
    for form in ("json", "xml"):
        wrong = http.delete(f"/requests.{form}")
        assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, HEAD, OPTIONS, POST")
        assert str(read(wrong.content, form)[0]["code"]) == "405"


def test_a_body_that_never_ends_is_not_read_to_its_end(http: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(400):
            yield b"description=" + b"x" * 4096

    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        told = http.post("/requests.json", content=endless(), headers=headers)
    except httpx.WriteError:
        return
    assert told.status_code == 413


def test_ids_are_looked_for_as_they_are_written(http: httpx.Client, here: Desks) -> None:
    numbers = [here.file().number for _ in range(2)]
    asked = f" {numbers[0]} , {grouped(numbers[1])},000000000000, nothing ,"
    found = http.get("/requests.json", params={"service_request_id": asked}).json()
    assert {r["service_request_id"] for r in found} == set(numbers)
    assert http.get("/requests.xml", params={"service_request_id": "1"}).status_code == 200
    assert all(isinstance(r["service_request_id"], str) for r in found)
    day = here.clock().date().isoformat()
    today = http.get("/requests.json", params={"start_date": day, "end_date": day, "status": "Open, closed"}).json()
    assert numbers[0] in {r["service_request_id"] for r in today}


def test_a_step_told_by_another_program_reaches_the_history_once(http: httpx.Client, here: Desks) -> None:
    number = here.file().number
    told = {"api_key": KEY, "service_request_id": number, "update_id": "7", "status": "CLOSED", "description": "修好了"}
    for _ in range(2):
        assert http.post("/servicerequestupdates.json", data=told).json() == [{"update_id": "7"}]
    steps = [step for step in here.desk.get(number).history if step.note == "修好了"]
    assert [step.status for step in steps] == ["resolved"]
    other = here.file().number
    http.post("/servicerequestupdates.json", data={**told, "service_request_id": other})
    assert here.desk.get(other).status == Status.RESOLVED, "another ticket's seventh step is another step"
    words = {**told, "update_id": "8", "status": "INVESTIGATING", "updated_datetime": "2026-11-24T10:00:00Z"}
    assert http.post("/servicerequestupdates.xml", data={**words, "updated_datetime": "soon"}).status_code == 400
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
