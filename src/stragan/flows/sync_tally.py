"""What became of each form of a run, in eight bytes a form, so that a hundred thousand stay small. Pure."""

from array import array
from bisect import bisect_left
from collections import Counter
from heapq import merge
from itertools import islice
from typing import Final

KINDS: Final = ("new", "changed", "unchanged", "superseded", "quarantined", "failed")
# A form seen twice counts once, as the strongest thing that happened to it.
_WEAKEST_FIRST: Final = ("outside", "failed", "unchanged", "quarantined", "changed", "new", "superseded")
_STRENGTH: Final = {kind: place for place, kind in enumerate(_WEAKEST_FIRST)}
_TELLS_NOTHING_NEW: Final = frozenset({"outside", "unchanged"})
KNOWN_BY_NAME: Final = 10_000


class Tally:
    """Counts each form once; of the latest ten to twenty thousand it knows what became of them.

    Of earlier ones it knows that they were seen. What happens to one of those again counts by itself, unless
    it tells nothing new.
    """

    def __init__(self, *, known: int = KNOWN_BY_NAME) -> None:
        self.counts: Counter[str] = Counter()
        self._known = known
        self._kinds: dict[str, str] = {}  # the earliest first
        self._seen = array("q")  # sorted hashes of those no longer known by name
        self._put_off: set[str] = set()
        self._page: dict[str, tuple[str | None, str]] | None = None  # what forms were before it, and are now

    def __contains__(self, form_id: str) -> bool:
        return form_id in self._kinds or self._was_seen(form_id)

    def is_put_off(self, form_id: str) -> bool:
        """Whether a form is a later run's work: it could not be fetched, whatever else happened to it."""
        return form_id in self._put_off

    def put_off(self, form_id: str) -> None:
        """Leave a form to a later run, without counting it."""
        self._put_off.add(form_id)

    def note(self, form_id: str, kind: str) -> None:
        """Count a form as *kind*, unless something stronger happened to it before."""
        if kind == "failed":
            self.put_off(form_id)
        before = self._kinds.get(form_id)
        if before is None:
            if kind in _TELLS_NOTHING_NEW and self._was_seen(form_id):
                return
        elif _STRENGTH[kind] <= _STRENGTH[before]:
            return
        else:
            self.counts[before] -= 1
        if self._page is not None:
            self._page[form_id] = (self._page.get(form_id, (before, ""))[0], kind)
        self._kinds[form_id] = kind
        self.counts[kind] += 1
        if len(self._kinds) >= 2 * self._known:
            self._forget_names()

    def begin_page(self) -> None:
        """Keep what was noted so far; what is noted from now on, less than is known, can be taken back."""
        self._page = {}

    def take_back_page(self) -> None:
        """Undo what was noted since the page began: it was not stored after all."""
        for form_id, (before, kind) in (self._page or {}).items():
            self.counts[kind] -= 1
            if before is None:
                self._kinds.pop(form_id, None)
                continue
            self.counts[before] += 1
            if form_id in self._kinds:
                self._kinds[form_id] = before
        self._page = {}

    def _was_seen(self, form_id: str) -> bool:
        mark = hash(form_id)
        place = bisect_left(self._seen, mark)
        return place < len(self._seen) and self._seen[place] == mark

    def _forget_names(self) -> None:
        # What failed may still come in this run, and is no failure then.
        earliest = [form_id for form_id, kind in islice(self._kinds.items(), self._known) if kind != "failed"]
        for form_id in earliest:
            del self._kinds[form_id]
        self._seen = array("q", merge(self._seen, sorted(map(hash, earliest))))
