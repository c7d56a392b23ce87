"""How is the API sent whatever its own schema allows and forbids, as each role, and how are its answers judged?"""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import hypothesis
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import Flaky, FlakyStrategyDefinition, Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from backend.accounts.commands import SCOPES, issue_api_token
from backend.accounts.models import ApiToken
from tests.factories import NOW
from tests.fuzzing.town import ROLES, Town

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# The kind of thing behind an id: by the part of the path before it, or by the name of a field.
BEHIND: Mapping[str, str] = {
    "absences": "absence",
    "acceptance-versions": "acceptanceversion",
    "assignments": "assignment",
    "deliveries": "delivery",
    "help-requests": "helprequest",
    "help-seekers": "helpseeker",
    "members": "membership",
    "offers": "offer",
    "offices": "office",
    "organisations": "organisation",
    "pilots": "pilot",
    "plans": "planrun",
    "tokens": "apitoken",
    "vetoes": "veto",
    "why": "pilot",
    "help_request": "helprequest",
    "help_seeker": "helpseeker",
    "offer": "offer",
    "office": "office",
    "organisation": "organisation",
    "pilot": "pilot",
    "proposal": "planproposal",
    "slot": "helprequestslot",
    "subject": "helprequest",
    "reader": "user",
}


@dataclass
class Findings:
    """What came of it: how many cases, which answers, and what was wrong with some."""

    cases: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    by_role: Counter[str] = field(default_factory=Counter)
    touched: set[str] = field(default_factory=set)  # operations that have answered with success
    server_errors: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)


class Fuzzer:
    """Sends cases into the application in this process, and takes back whatever they have changed."""

    def __init__(self, town: Town, *, seed: int | None = None, roles_at_once: int = len(ROLES)) -> None:
        self.town, self.seed, self.roles_at_once = town, seed, roles_at_once
        self.sent = count()
        self.findings = Findings()
        self.app = get_wsgi_application()
        self.headers = {role: self._headers_of(role) for role in ROLES}
        self.choice = random.Random(seed or 0)
        document = SchemaGenerator().get_schema(request=None, public=True)
        self.schema = schemathesis.openapi.from_dict(document)
        self.operations = [result.ok() for result in self.schema.get_all_operations()]

    def _headers_of(self, role: str) -> dict[str, str]:
        user, plain = self.town.users.get(role), {"Accept-Encoding": "identity"}
        if user is None:
            return plain
        issued = issue_api_token(
            name=f"fuzz {role}", scopes=SCOPES, days=30, by=user, now=NOW, is_strong=True
        )
        ApiToken.objects.update(last_used_at=NOW)  # else each request would note that it is used
        return {**plain, "Authorization": f"Bearer {issued.secret}"}

    @contextmanager
    def same_connection(self) -> Iterator[None]:
        """Django ends a connection with its request when a transaction is open, and ours holds everything."""
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
        try:
            yield
        finally:
            for signal in (request_started, request_finished):
                signal.connect(close_old_connections)

    def each_operation(self, *, examples: int) -> None:
        """Cases that keep to the schema and cases that break it, for every operation as every role."""
        with self.same_connection():
            self._each_operation(examples)

    def _each_operation(self, examples: int) -> None:
        for number, operation in enumerate(self.operations):
            for mode in GenerationMode:
                test = hypothesis.given(operation.as_strategy(generation_mode=mode))(self._as_each_role)
                try:
                    self._run(test, examples, number * 2 + mode.is_negative)
                except Unsatisfiable:  # nothing to break: no parameters and no body
                    continue

    def stories(self, *, examples: int, steps: int) -> None:
        """Chains in which an answer's ids go into the next question, each by one role (the stateful phase)."""
        with self.same_connection():
            for role in ROLES:
                self._stories_of(role, examples, steps)

    def _stories_of(self, role: str, examples: int, steps: int) -> None:
        fuzzer = self

        class Story(self.schema.as_state_machine()):  # type: ignore[misc]
            def setup(self) -> None:
                self.story = fuzzer.undone()
                self.story.__enter__()

            def get_call_kwargs(self, case: Case) -> dict[str, Any]:
                return {"app": fuzzer.app, "headers": fuzzer.headers[role]}

            def validate_response(self, response: Any, case: Case, *args: Any, **kwargs: Any) -> None:
                fuzzer.judge(case, response, role)

            def teardown(self) -> None:
                self.story.__exit__(None, None, None)

        if self.seed is not None:
            Story = hypothesis.seed(self.seed)(Story)  # type: ignore[misc]
        # New rows have new ids each time, so that a story told again may go on differently.
        with suppress(Flaky, FlakyStrategyDefinition):
            Story.run(settings=settings(self._settings(examples), stateful_step_count=steps))

    def _run(self, test: Any, examples: int, number: int) -> None:
        if self.seed is not None:
            test = hypothesis.seed(self.seed * 1000 + number)(test)
        settings(self._settings(examples))(test)()

    def _settings(self, examples: int) -> settings:
        return settings(
            max_examples=examples,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            derandomize=self.seed is None,
            suppress_health_check=list(HealthCheck),
        )

    def _as_each_role(self, case: Case) -> None:
        self._point_at_something(case)
        first = next(self.sent)
        for role in ((ROLES * 2)[first % len(ROLES) :])[: self.roles_at_once]:
            with self.undone():
                self.judge(case, case.call(app=self.app, headers=self.headers[role]), role)

    def _point_at_something(self, case: Case) -> None:
        """Random ids alone would only ever meet "not there"."""
        if case.path_parameters:
            parts = case.operation.path.split("/")
            for name in list(case.path_parameters):
                before = parts[parts.index(f"{{{name}}}") - 1]
                case.path_parameters[name] = self.town.an_id(BEHIND.get(before, before), self.choice)
        if isinstance(case.query, dict):
            case.query.update(self._pointing(case.query))
        if isinstance(case.body, dict):
            case.body.update(self._pointing(case.body))

    def _pointing(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values whose names say that they are ids, with ids of things there are; mostly."""
        found: dict[str, Any] = {}
        for name, value in values.items():
            singular = name.removesuffix("_id").removesuffix("_ids").removesuffix("s")
            kind = BEHIND.get(name, BEHIND.get(singular))
            if kind is None or self.choice.random() < 0.2:
                continue
            if isinstance(value, list):
                found[name] = [self.town.an_id(kind, self.choice) for _ in value[:5]]
            elif isinstance(value, str):
                found[name] = self.town.an_id(kind, self.choice)
        return found

    def judge(self, case: Case, response: Any, role: str) -> None:
        """Note the answer, and what its own schema says against it."""
        found, where = self.findings, f"{case.operation.label} as {role}"
        found.cases += 1
        found.by_role[role] += 1
        found.answers[response.status_code] += 1
        if response.status_code < 300:
            found.touched.add(case.operation.label)
        try:
            case.validate_response(response, checks=CHECKS)
        except (FailureGroup, Failure) as error:
            notes = found.server_errors if response.status_code >= 500 else found.violations
            notes.append(f"{where}: {error}")

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Whatever happens within is taken back."""
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
