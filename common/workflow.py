"""One table per domain says which act leads from which state to which, and who may do it. Imports no Django."""

from dataclasses import dataclass, field


class TransitionError(Exception):
    """The act is unknown or not open from the present state."""


@dataclass(frozen=True)
class State:
    """A state people can be in. `group` is the public colour; `final` states wait for nobody."""

    name: str
    title: str
    group: str
    final: bool = False


@dataclass(frozen=True)
class Transition:
    """An act: its name, from which states, to which state, under which permission.

    One that `restores` undoes the last act instead: it leads to the state before it.
    """

    name: str
    title: str
    sources: frozenset[str]
    target: str
    permission: str
    message_required: bool = False
    restores: bool = False


@dataclass(frozen=True)
class Workflow:
    """States and transitions, checked against each other when the module is imported."""

    initial: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    by_name: dict[str, Transition] = field(init=False, repr=False)
    by_state: dict[str, State] = field(init=False, repr=False)

    def __post_init__(self):
        object.__setattr__(self, "by_state", {state.name: state for state in self.states})
        object.__setattr__(self, "by_name", {transition.name: transition for transition in self.transitions})
        named = {self.initial} | {t.target for t in self.transitions}
        named |= {source for t in self.transitions for source in t.sources}
        if unknown := named - set(self.by_state):
            raise ValueError(f"transitions name unknown states: {sorted(unknown)}")

    def open_from(self, state: str) -> tuple[Transition, ...]:
        """The acts that `state` allows, in the order of the table."""
        return tuple(t for t in self.transitions if state in t.sources)

    def step(self, name: str, state: str) -> Transition:
        """The transition `name` from `state`. Raises TransitionError where the table has none."""
        transition = self.by_name.get(name)
        if transition is None or state not in transition.sources:
            raise TransitionError(f"{name!r} is not possible from {state!r}")
        return transition

    def choices(self) -> list[tuple[str, str]]:
        """(name, title) of each state, for a model field."""
        return [(state.name, state.title) for state in self.states]

    def names(self, *, group: str | None = None, final: bool | None = None) -> tuple[str, ...]:
        """Names of the states of a group, or of those that are (not) final."""
        return tuple(
            s.name for s in self.states if (group is None or s.group == group) and (final is None or s.final == final)
        )
