"""What is said in two places says the same in both."""

import re
from pathlib import Path

import pytest
import yaml

from config.city import district_overlays, read
from config.settings import Settings
from dialog.actions.filing import FileTicket
from dialog.actions.form import ValidateTicketForm
from dialog.actions.interruptions import INTERRUPTIONS
from dialog.actions.room import Room
from dialog.rasa import project
from integrations import numbers
from intents.catalog import FieldKind, load_catalog
from intents.catalog.model import OTHER, TYPES
from intents.classifier.utterances import read_utterances
from intents.extraction.codes import TICKET_DIGITS
from intents.intent import INTERRUPTING
from tests.conftest import ROOT

CATALOG = load_catalog()
LEAST, LEAST_OF_OTHER = 120, 600


def test_a_ticket_number_is_as_long_where_it_is_read_as_where_it_is_made() -> None:
    assert TICKET_DIGITS == numbers.DIGITS


def test_the_catalog_has_the_27_topics_the_four_of_chaoyang_and_other() -> None:
    numbered = CATALOG.common_numbered()
    assert [topic.number for topic in numbered] == list(range(1, 28))
    own = {"district_roads", "construction_noise", "commercial_noise", "fire_lane_parking"}
    assert set(CATALOG.topics) >= {topic.id for topic in numbered} | own | {OTHER}
    assert set(district_overlays()["朝阳区"]) == own
    assert {topic.theme for topic in numbered} == set(CATALOG.themes)


def test_the_catalog_asks_what_the_list_of_topics_marks(reference: Path) -> None:
    """Against the table in `topics.md`: the same fields, and the same ones required."""
    path = reference.parent / "topics.md"
    if not path.is_file():
        pytest.skip(f"no list of topics at {path}")
    table = path.read_text(encoding="utf-8")
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) != 6 or cells[2] not in CATALOG.topics:
            continue
        topic = CATALOG.topics[cells[2]]
        for name, star in re.findall(r"\b([a-z_]+)(\*?)(?=[\s,]|$)", cells[5]):
            assert name in topic.fields, f"{topic.id} has no {name}"
            if topic.id != OTHER:
                assert topic.fields[name].required == bool(star), f"{topic.id}.{name}"


def test_every_topic_has_at_least_120_different_utterances_other_600_and_every_type_occurs() -> None:
    by_topic: dict[str, set[str]] = {topic: set() for topic in CATALOG.topics}
    types = set()
    for utterance in read_utterances():
        assert utterance.topic in by_topic, f"utterances of no topic: {utterance.topic}"
        assert utterance.type in TYPES, utterance.text
        by_topic[utterance.topic].add(utterance.text)
        types.add(utterance.type)
    assert {topic: len(told) for topic, told in by_topic.items() if len(told) < LEAST} == {}
    assert len(by_topic[OTHER]) >= LEAST_OF_OTHER
    assert types == set(TYPES)


def test_no_utterance_stands_in_two_topics() -> None:
    seen: dict[str, str] = {}
    for utterance in read_utterances():
        assert seen.setdefault(utterance.text, utterance.topic) == utterance.topic, utterance.text


def test_the_generated_domain_is_the_catalogs() -> None:
    kept = yaml.safe_load(project.GENERATED_DOMAIN.read_text(encoding="utf-8"))
    assert kept == project.domain(CATALOG), "the catalog has changed: run `make domain`"


def test_every_action_of_the_domain_has_a_class_and_the_other_way_round() -> None:
    domain = yaml.safe_load((project.HERE / "domain.yml").read_text(encoding="utf-8"))
    room: Room = None  # type: ignore[assignment]
    classes = {action(room).name() for action in (ValidateTicketForm, FileTicket, *INTERRUPTIONS)}
    assert set(domain["actions"]) == classes
    assert set(project.INTERRUPTIONS.values()) <= classes
    assert set(INTERRUPTING.values()) == set(project.INTERRUPTIONS)


def test_every_known_topic_is_routed_and_every_route_has_a_topic() -> None:
    """A topic that a city adds needs no route: the default unit leads it until somebody says otherwise."""
    routes = read("routes.yml")
    assert set(routes["topics"]) <= set(CATALOG.topics)
    assert {topic.id for topic in CATALOG.common_numbered()} <= set(routes["topics"])
    assert routes["default"]
    categories = CATALOG.topics["prepaid_refund"].fields["merchant_category"].options
    assert set(routes["merchant_category"]) <= set(categories)
    added = {topic for topics in district_overlays().values() for topic in topics}
    assert set(read("nearest.yml")) >= added - {t.id for t in CATALOG.common_numbered()}


def test_deadline_rules_name_topics_that_exist() -> None:
    for rule in read("deadlines.yml")["rules"]:
        assert set(rule.get("topics", ())) <= set(CATALOG.topics)


def test_every_choice_has_words_that_mean_it_and_every_question_fits_into_a_breath() -> None:
    for topic in CATALOG.topics.values():
        for field in topic.fields.values():
            assert len(field.question) <= 50
            assert len(field.again) <= 50
            assert field.why
            assert field.examples
            if field.kind is FieldKind.CHOICE and field.required:
                assert len(field.options) >= 2


def env_names(text: str) -> set[str]:
    return set(re.findall(r"^#? ?((?:JIESU_[A-Z0-9_]+)|PORT)=", text, re.MULTILINE))


def test_every_setting_stands_in_the_example_and_the_example_has_no_other() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    ours = {"PORT" if name == "port" else f"JIESU_{name.upper()}" for name in Settings.model_fields}
    assert env_names(example) == ours
    for field in Settings.model_fields.values():
        assert field.description
        assert field.description in example


def test_the_examples_defaults_are_the_settings_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"JIESU_{name.upper()}", raising=False)
    monkeypatch.delenv("PORT", raising=False)
    defaults = Settings(_env_file=None)  # type: ignore[call-arg]
    assert Settings(_env_file=ROOT / ".env.example") == defaults  # type: ignore[call-arg]


def test_compose_sets_only_settings_that_exist() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    known = {f"JIESU_{name.upper()}" for name in Settings.model_fields}
    assert set(compose["services"]["app"]["environment"]) <= known
    assert set(compose["services"]) == {"db", "rasa", "app", "asterisk"}
    published = [s for s, spec in compose["services"].items() if spec.get("ports")]
    assert published == ["app", "asterisk"], "the action endpoint, Rasa and AudioSocket are never public"
    for service in ("app", "rasa"):
        assert (ROOT / compose["services"][service]["build"]["dockerfile"]).is_file()


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_readme_names_only_commands_and_files_that_exist(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`make ([a-z-]+)", text):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"make {target}"
    for path in re.findall(r"`((?:bot|asr|dialog|intents|integrations|config|tests|docs|bench)/[\w./-]*)`", text):
        assert (ROOT / path).exists(), path
