"""How large a shop, and from which seed."""

from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

from shelfwise.core.errors import SettingsError
from shelfwise.core.settings import suggest

WEEK = 7
LEAST_DAYS = 28  # two reviews and two promotion weeks: shorter shops have nothing to learn from


@dataclass(frozen=True)
class Spec:
    """One shop. Its last location is the web warehouse, the others are stores."""

    days: int
    customers: int
    items: int
    suppliers: int
    locations: int
    seed: int = 7
    start: date = date(2023, 1, 2)  # a Monday

    @property
    def weeks(self) -> int:
        return -(-self.days // WEEK)

    @property
    def end(self) -> date:
        return self.start + timedelta(days=self.days - 1)

    @property
    def web(self) -> int:
        return self.locations - 1

    @property
    def as_of(self) -> date:
        """The Sunday from which an eighth of the weeks, at most nine, lie unseen."""
        last_sunday = self.days // WEEK - min(9, self.weeks // 8)
        return self.start + timedelta(days=last_sunday * WEEK - 1)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"start": self.start.isoformat()}


PRESETS = {
    "tiny": Spec(days=280, customers=240, items=240, suppliers=12, locations=3),
    "small": Spec(days=364, customers=1_000, items=2_000, suppliers=60, locations=5),
    "journey": Spec(days=364, customers=2_469, items=15_000, suppliers=400, locations=9),
    "large": Spec(days=364, customers=250_000, items=60_000, suppliers=2_000, locations=120),
}

LEAST = {"days": LEAST_DAYS, "customers": 1, "items": 24, "suppliers": 2, "locations": 2, "seed": 0}
MOST = {"days": 3660, "customers": 2_000_000_000, "items": 500_000, "suppliers": 500_000, "locations": 100_000, "seed": 2**63 - 1}


def spec_of(preset: str, **changes: int | None) -> Spec:
    """A preset with some sizes changed; what makes no shop is refused by name."""
    if preset not in PRESETS:
        raise SettingsError(f"--preset {preset}: there is no such preset.{suggest(preset, list(PRESETS))}")
    for name, value in changes.items():
        if value is None or name not in LEAST:
            continue
        if not LEAST[name] <= value <= MOST[name]:
            raise SettingsError(f"--{name} {value}: give a number from {LEAST[name]} to {MOST[name]}.")
    chosen: dict[str, Any] = {name: value for name, value in changes.items() if value is not None}
    spec = replace(PRESETS[preset], **chosen)
    if spec.suppliers > spec.items:
        raise SettingsError(f"--suppliers {spec.suppliers}: give at most as many as items ({spec.items}).")
    return spec
