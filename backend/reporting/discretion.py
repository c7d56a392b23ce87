"""Which counts must be withheld so that no small one can be worked out from the others beside it?

A reader knows of every shown count its value, of one that reads "<5" that it is one to four, of a withheld one nearly
nothing; and which counts add up to which. Where that leaves a hidden count a single value, more is withheld, until
every hidden count could be two different numbers. Each sum is looked at by itself, again and again, as a reader with a
pencil would; a system of several sums solved at once may still tell more in an office with very few requests.
"""

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

FEWEST = 5  # a count below it could point at somebody
MOST = 10**9  # as good as without an end
PATIENCE = 100  # looks at each sum; more than any report needs

Name = Hashable
Range = tuple[int, int]
FEW: Range = (1, FEWEST - 1)
MANY: Range = (FEWEST, MOST)  # withheld, though large enough by itself
ANY: Range = (0, MOST)


@dataclass(frozen=True)
class Sum:
    """Counts that add up to another; a name without a count stands for what nobody is told."""

    total: Name
    parts: tuple[Name, ...]

    @property
    def names(self) -> tuple[Name, ...]:
        return (self.total, *self.parts)


def hidden_counts(counts: Mapping[Name, int], sums: Iterable[Sum]) -> dict[Name, Range]:
    """The counts that must not be shown, and what a reader may know of each: FEW, MANY or ANY."""
    known = {name: FEW for name, count in counts.items() if 0 < count < FEWEST}
    all_sums = list(dict.fromkeys(sums))
    of: dict[Name, list[int]] = defaultdict(list)
    for at, one in enumerate(all_sums):
        for name in one.names:
            of[name].append(at)
    while known and (telling := _telling(counts, known, all_sums, of)):
        touched: set[Name] = set()
        more = False
        for at in telling:
            names = {*all_sums[at].names}
            if not touched & names:  # else what is withheld just now may be enough
                around = sorted({near for name in names for near in of[name]})
                more |= any(_withhold(all_sums[near], counts, known, of) for near in (at, *around))
            touched |= names
        if not more:
            return dict.fromkeys(counts, ANY)
    return known


def _telling(
    counts: Mapping[Name, int],
    known: Mapping[Name, Range],
    sums: Sequence[Sum],
    of: Mapping[Name, Sequence[int]],
) -> list[int]:
    """The sums that leave a hidden count only one value, in the order in which a reader would find out."""
    low, high = {}, {}
    for name in of:
        told = counts.get(name)
        low[name], high[name] = known.get(name, ANY if told is None else (told, told))
    telling: dict[int, None] = {}
    waiting = deque(range(len(sums)))
    queued = set(waiting)
    for _look in range(PATIENCE * len(sums)):
        if not waiting:
            break
        at = waiting.popleft()
        queued.discard(at)
        one = sums[at]
        least, most = sum(low[part] for part in one.parts), sum(high[part] for part in one.parts)
        ranges = {
            part: (low[one.total] - most + high[part], high[one.total] - least + low[part])
            for part in one.parts
        }
        ranges[one.total] = (least, most)
        for name, (fewest, largest) in ranges.items():
            narrow = (max(low[name], fewest), min(high[name], largest if largest < MOST // 2 else MOST))
            if narrow == (low[name], high[name]):
                continue
            low[name], high[name] = narrow
            waiting.extend(near for near in of[name] if near not in queued)
            queued.update(of[name])
            if name in known and narrow[0] == narrow[1]:
                telling[at] = None
    return [*telling]


def _withhold(
    one: Sum, counts: Mapping[Name, int], known: dict[Name, Range], of: Mapping[Name, Sequence[int]]
) -> bool:
    """Hide a further count of this sum: the least important part; else say less of each; else the zeros, the total."""
    shown = [part for part in one.parts if counts.get(part) and part not in known]
    if shown:
        # What stands in few sums takes little else with it. The same choice wherever the same counts stand.
        known[min(shown, key=lambda part: (len(of[part]), counts[part], repr(part)))] = MANY
        return True
    said = [name for name in one.names if known.get(name, ANY) != ANY]
    zeros = [part for part in one.parts if part in counts and part not in known]
    total = [one.total] if one.total in counts and one.total not in known else []
    more = said or zeros or total
    known.update(dict.fromkeys(more, ANY))
    return bool(more)
