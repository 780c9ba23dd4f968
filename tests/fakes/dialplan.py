"""So much of Asterisk's dialplan as `docs/asterisk/extensions.conf` uses: it is run, not looked at."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import httpx

_LINE = re.compile(r"(?:exten => (?P<exten>[^,]+),1|same => n(?:\((?P<label>\w+)\))?),(?P<app>\w+)\((?P<args>.*)\)$")
_EXPRESSION = re.compile(r"\$\[([^$\[\]{}]*)\]")
_VALUE = re.compile(r"\$\{([^${}\[\]]*(?:\[[^\]]*\][^${}\[\]]*)?)\}")


@dataclass
class Step:
    """One priority."""

    label: str | None
    app: str
    args: str


def read(path: Path) -> tuple[dict[str, str], dict[tuple[str, str], list[Step]]]:
    """The globals, and the steps of each (context, extension). A line that is not understood is an error."""
    known: dict[str, str] = {}
    steps: dict[tuple[str, str], list[Step]] = {}
    context, exten = "", ""
    for raw in path.read_text(encoding="utf-8").splitlines():
        line = raw.strip()
        if not line or line.startswith((";", "#tryinclude")):
            continue
        if line.startswith("["):
            context = line.strip("[]")
        elif context == "globals":
            name, _, value = line.partition("=")
            known[name] = value
        else:
            match = _LINE.match(line)
            assert match, f"not understood: {line}"
            exten = match["exten"] or exten
            steps.setdefault((context, exten), []).append(Step(match["label"], match["app"], match["args"]))
    return known, steps


@dataclass
class Channel:
    """A caller in the dialplan. `apps` does what leads out of it; each gets its arguments and returns when the dialplan goes on."""

    known: dict[str, str]
    steps: dict[tuple[str, str], list[Step]]
    apps: dict[str, Callable[..., None]]
    number: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    headers: list[tuple[str, str]] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)

    def run(self, context: str, exten: str, most: int = 200) -> list[str]:
        """Until Hangup, the end of an extension, or an app that raises StopIteration; the apps that ran."""
        plan, at = self.steps[context, exten], 0
        for _ in range(most):
            if at >= len(plan):
                return self.ran
            step = plan[at]
            at += 1
            app, args = step.app, self.filled(step.args)
            if app == "ExecIf":
                condition, _, then = args.partition("?")
                if condition != "1":
                    continue
                app, _, args = then.removesuffix(")").partition("(")
            if app == "GotoIf":
                condition, _, label = args.partition("?")
                app, args = ("Goto", label) if condition == "1" else ("NoOp", "")
            self.ran.append(app)
            if app == "Goto":
                if "," in args:
                    context, exten, _ = args.split(",")
                    plan, at = self.steps[context, exten], 0
                else:
                    at = next(i for i, s in enumerate(plan) if s.label == args)
            elif app == "Set":
                name, _, value = args.partition("=")
                if name == "CURLOPT(httpheader)":
                    header, _, content = value.partition(": ")
                    self.headers.append((header, content))
                elif not name.startswith("CURLOPT"):
                    self.values[name.lstrip("_")] = value
            elif app == "TryExec":
                inner, _, inner_args = args.removesuffix(")").partition("(")
                self.ran.append(inner)
                self.apps[inner](*inner_args.split(","))
            elif app == "Hangup":
                return self.ran
            elif app not in ("Answer", "NoOp", "Wait"):
                try:
                    self.apps[app](*args.split(","))
                except StopIteration:
                    return self.ran
        raise AssertionError(f"never ends: {self.ran[-20:]}")

    def filled(self, text: str) -> str:
        """With variables, functions and expressions in their places, from the inside out."""
        while True:
            if match := _EXPRESSION.search(text):
                value = self._true(match[1])
            elif match := _VALUE.search(text):
                value = self._value(match[1])
            else:
                return text
            text = text[: match.start()] + value + text[match.end() :]

    @staticmethod
    def _true(expression: str) -> str:
        left, operator, right = re.fullmatch(r"\s*(.*?)\s*(!=|=)\s*(.*?)\s*", expression).groups()  # type: ignore[union-attr]
        return str(int((left == right) == (operator == "=")))

    def _value(self, name: str) -> str:
        if "(" not in name:
            return self.values.get(name, self.known.get(name, ""))
        function, _, rest = name.removesuffix(")").partition("(")
        match function:
            case "UUID":
                return str(uuid.uuid4())
            case "ENV":
                return self.environment.get(rest, "")
            case "CALLERID":
                return {"num": self.number, "pres": "allowed_not_screened"}.get(rest, "")
            case "URIENCODE":
                return quote(rest, safe="")
            case "CUT":
                variable, delimiter, which = rest.split(",")
                parts = self.values.get(variable, "").split(delimiter)
                return parts[int(which) - 1] if len(parts) >= int(which) else ""
            case "CURL":
                return self._curl(*rest.split(",", 1))
        raise AssertionError(f"no such function: {name}")

    def _curl(self, url: str, data: str | None = None) -> str:
        # A header of one's own removes the content type that CURL would send.
        form = {} if self.headers else {"Content-Type": "application/x-www-form-urlencoded"}
        headers = [*self.headers, *form.items()]
        try:
            with httpx.Client(trust_env=False, timeout=4) as http:
                if data is None:
                    return http.get(url, headers=headers).text
                return http.post(url, content=data.encode(), headers=headers).text
        except httpx.HTTPError:
            return ""
