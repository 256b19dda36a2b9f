"""How long a parcel of the web shop is on its way, when it was promised, and what it costs.

    shipped   = ordered + H,               H uniform between two bounds
    delivered = shipped + T + L,           T = (SORTING + distance / speed) * exp(spread * Z), L = 0 or, rarely, exponential
    promised  = the last second of day (order day + PROMISE_DAYS + whole steps of PROMISE_STEP in the distance)

So P(delivered by the promise) is known at the time of the order: the mean of max(0, y - T) over a lognormal T is
y * Phi(d) - E[T] * Phi(d - spread), as in Black and Scholes's option price, which settles H; one integral is left for L.
"""

from dataclasses import astuple, dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr

from shelfwise.measures.streams import Draws, Floats, Ints
from shelfwise.simulate.spec import Spec

EARTH = 6371.0088  # km, mean radius
HOUR, DAY = 3_600, 86_400  # seconds
WAREHOUSE = (38.1744, -85.7360)  # degrees: Louisville, from where half of the country is a day away by road
JITTER = 15.0  # km: homes lie evenly in a disc of this radius around the middle of their city
HANDLING = (4.0, 28.0)  # hours from the order to the carrier's pick-up
SORTING = 6.0  # hours in depots and on the last mile, however near the home
PROMISE_DAYS, PROMISE_STEP = 2, 700.0  # days for everyone, and km per further day: a little slower than a carrier's median
WEIGHT, WEIGHT_SPREAD = 4.0, 0.7  # median kg, and sd of its log
NODES, NODE_WEIGHTS = np.polynomial.legendre.leggauss(64)


@dataclass(frozen=True)
class Carrier:
    name: str
    share: float  # of parcels, whatever their weight and distance: differences between carriers are the carriers' own
    speed: float  # km per hour from depot to depot
    spread: float  # sd of log transit time
    late: float  # probability of an extra delay
    delay: float  # hours, its mean
    base: float  # money per parcel, km and kg
    per_km: float
    per_kg: float


@dataclass(frozen=True)
class City:
    city: str
    state: str
    latitude: float  # degrees
    longitude: float
    zip_prefix: str  # first three digits of its postal codes
    area_code: str


CARRIERS = (
    Carrier("Bluebird Express", 0.5, 42.0, 0.15, 0.05, 30.0, 4.90, 0.0022, 0.45),
    Carrier("Prairie Parcel", 0.3, 36.0, 0.25, 0.10, 40.0, 3.90, 0.0018, 0.35),
    Carrier("Union Post", 0.2, 30.0, 0.35, 0.18, 48.0, 3.20, 0.0012, 0.30),
)
CITIES = (
    City("New York", "NY", 40.7128, -74.0060, "100", "212"),
    City("Los Angeles", "CA", 34.0522, -118.2437, "900", "213"),
    City("Chicago", "IL", 41.8781, -87.6298, "606", "312"),
    City("Houston", "TX", 29.7604, -95.3698, "770", "713"),
    City("Phoenix", "AZ", 33.4484, -112.0740, "850", "602"),
    City("Philadelphia", "PA", 39.9526, -75.1652, "191", "215"),
    City("San Antonio", "TX", 29.4241, -98.4936, "782", "210"),
    City("San Diego", "CA", 32.7157, -117.1611, "921", "619"),
    City("Dallas", "TX", 32.7767, -96.7970, "752", "214"),
    City("San Jose", "CA", 37.3382, -121.8863, "951", "408"),
    City("Austin", "TX", 30.2672, -97.7431, "787", "512"),
    City("Jacksonville", "FL", 30.3322, -81.6557, "322", "904"),
    City("Columbus", "OH", 39.9612, -82.9988, "432", "614"),
    City("Charlotte", "NC", 35.2271, -80.8431, "282", "704"),
    City("Indianapolis", "IN", 39.7684, -86.1581, "462", "317"),
    City("Seattle", "WA", 47.6062, -122.3321, "981", "206"),
    City("Denver", "CO", 39.7392, -104.9903, "802", "303"),
    City("Washington", "DC", 38.9072, -77.0369, "200", "202"),
    City("Boston", "MA", 42.3601, -71.0589, "021", "617"),
    City("Nashville", "TN", 36.1627, -86.7816, "372", "615"),
    City("Oklahoma City", "OK", 35.4676, -97.5164, "731", "405"),
    City("El Paso", "TX", 31.7619, -106.4850, "799", "915"),
    City("Portland", "OR", 45.5152, -122.6784, "972", "503"),
    City("Las Vegas", "NV", 36.1699, -115.1398, "891", "702"),
    City("Memphis", "TN", 35.1495, -90.0490, "381", "901"),
    City("Louisville", "KY", 38.2527, -85.7585, "402", "502"),
    City("Baltimore", "MD", 39.2904, -76.6122, "212", "410"),
    City("Milwaukee", "WI", 43.0389, -87.9065, "532", "414"),
    City("Albuquerque", "NM", 35.0844, -106.6504, "871", "505"),
    City("Tucson", "AZ", 32.2226, -110.9747, "857", "520"),
    City("Sacramento", "CA", 38.5816, -121.4944, "958", "916"),
    City("Kansas City", "MO", 39.0997, -94.5786, "641", "816"),
    City("Atlanta", "GA", 33.7490, -84.3880, "303", "404"),
    City("Omaha", "NE", 41.2565, -95.9345, "681", "402"),
    City("Raleigh", "NC", 35.7796, -78.6382, "276", "919"),
    City("Miami", "FL", 25.7617, -80.1918, "331", "305"),
    City("Minneapolis", "MN", 44.9778, -93.2650, "554", "612"),
    City("New Orleans", "LA", 29.9511, -90.0715, "701", "504"),
    City("Salt Lake City", "UT", 40.7608, -111.8910, "841", "801"),
    City("Pittsburgh", "PA", 40.4406, -79.9959, "152", "412"),
)
NAMES = np.array([one.name for one in CARRIERS], dtype=object)
SHARE, SPEED, SPREAD, LATE, DELAY, BASE, PER_KM, PER_KG = np.array([astuple(one)[1:] for one in CARRIERS]).T
PLACES = pd.DataFrame(list(CITIES))


def deliveries(spec: Spec, baskets: pd.DataFrame) -> pd.DataFrame:
    """One row per web basket (customer, day, second), whose parcel may arrive after the shop's last day."""
    draws = Draws(spec.seed)
    who = tuple(baskets[name].to_numpy(np.int64) for name in ("customer", "day", "second"))
    carrier = draws.pick(SHARE, "parcel carrier", *who)
    weight = np.round(WEIGHT * np.exp(WEIGHT_SPREAD * draws.normal("parcel weight", *who)), 2)
    home = home_coordinates(spec, who[0])
    distance = _distance(home)
    ordered = who[1] * DAY + who[2]
    shipped = ordered + (HOUR * (HANDLING[0] + np.ptp(HANDLING) * draws.uniform("parcel handling", *who))).astype(np.int64)
    return pd.DataFrame(dict(zip(("customer", "day", "second"), who, strict=True))).assign(
        carrier=NAMES[carrier],
        weight_kg=weight,
        from_latitude=WAREHOUSE[0],
        from_longitude=WAREHOUSE[1],
        to_latitude=home["latitude"],
        to_longitude=home["longitude"],
        distance_km=distance,
        shipped_second=shipped,
        promised_second=promised(who[1], distance),
        delivered_second=shipped + (HOUR * _on_its_way(draws, who, carrier, distance)).astype(np.int64),
        cost=np.round(BASE[carrier] + PER_KM[carrier] * distance + PER_KG[carrier] * weight, 2),
    )


def promised(day: Ints, distance: Floats) -> Ints:
    """The last second of the promised day, from the shop's start."""
    return (day + PROMISE_DAYS + (distance // PROMISE_STEP).astype(np.int64) + 1) * DAY - 1


def _on_its_way(draws: Draws, who: tuple[Ints, ...], carrier: Ints, distance: Floats) -> Floats:
    """Hours from the pick-up to the door."""
    transit = (SORTING + distance / SPEED[carrier]) * np.exp(SPREAD[carrier] * draws.normal("parcel transit", *who))
    delay = -DELAY[carrier] * np.log(draws.uniform("parcel delay", *who))
    return np.asarray(transit + np.where(draws.uniform("parcel late", *who) < LATE[carrier], delay, 0.0))


def true_on_time(spec: Spec, deliveries: pd.DataFrame) -> Floats:
    """P(delivered by the promise), as known when ordered: from customer, day, second and carrier of each row alone."""
    carrier = deliveries["carrier"].map({name: place for place, name in enumerate(NAMES)}).astype(np.int64).to_numpy()
    customer, day, second = (deliveries[name].to_numpy(np.int64) for name in ("customer", "day", "second"))
    distance = _distance(home_coordinates(spec, customer))
    left = (promised(day, distance) - day * DAY - second) / HOUR
    median, spread, delay = SORTING + distance / SPEED[carrier], SPREAD[carrier], DELAY[carrier]
    longest = np.maximum(left - HANDLING[0], 0.0)[:, None]  # hours: no later delay arrives in time
    lost = longest * (1 + NODES) / 2
    density = np.exp(-lost / delay[:, None]) / delay[:, None] * NODE_WEIGHTS * longest / 2
    delayed = (density * _arrived(left[:, None] - lost, median[:, None], spread[:, None])).sum(axis=1)
    return np.asarray((1 - LATE[carrier]) * _arrived(left, median, spread) + LATE[carrier] * delayed)


def _arrived(hours: Floats, median: Floats, spread: Floats) -> Floats:
    """P(handling and transit take at most so long)."""
    first, last = (_unused(hours - bound, median, spread) for bound in HANDLING)
    return np.asarray((first - last) / np.ptp(HANDLING))


def _unused(hours: Floats, median: Floats, spread: Floats) -> Floats:
    """Mean of max(0, hours - transit)."""
    some = np.maximum(hours, 1e-12)
    d = np.log(some / median) / spread
    return np.asarray(some * ndtr(d) - median * np.exp(spread**2 / 2) * ndtr(d - spread))


def home_city(spec: Spec, customers: Ints) -> Ints:
    """Places in CITIES."""
    return Draws(spec.seed).below(len(CITIES), "home city", customers)


def home_coordinates(spec: Spec, customer_ids: Ints) -> pd.DataFrame:
    """One row per customer asked for: customer, city, state, latitude, longitude."""
    draws, place = Draws(spec.seed), PLACES.iloc[home_city(spec, customer_ids)].reset_index(drop=True)
    radius = np.degrees(JITTER * np.sqrt(draws.uniform("home radius", customer_ids)) / EARTH)
    angle = 2 * np.pi * draws.uniform("home angle", customer_ids)
    shrunk = np.cos(np.radians(place["latitude"]))  # a degree of longitude to one of latitude
    home = place[["city", "state"]].assign(customer=customer_ids)[["customer", "city", "state"]]
    return home.assign(
        latitude=np.round(place["latitude"] + radius * np.cos(angle), 5),
        longitude=np.round(place["longitude"] + radius * np.sin(angle) / shrunk, 5),
    )


def _distance(home: pd.DataFrame) -> Floats:
    """Kilometres, to the metre: what the rows say is what the law uses."""
    latitude, longitude = (np.array(degrees) for degrees in WAREHOUSE)
    return np.asarray(haversine(latitude, longitude, home["latitude"].to_numpy(), home["longitude"].to_numpy()).round(3))


def haversine(latitude: Floats, longitude: Floats, other_latitude: Floats, other_longitude: Floats) -> Floats:
    """Kilometres along the great circle between points in degrees."""
    north, east = np.radians(other_latitude - latitude), np.radians(other_longitude - longitude)
    shrunk = np.cos(np.radians(latitude)) * np.cos(np.radians(other_latitude))
    chord = np.sin(north / 2) ** 2 + shrunk * np.sin(east / 2) ** 2
    return np.asarray(2 * EARTH * np.arcsin(np.sqrt(chord)))
