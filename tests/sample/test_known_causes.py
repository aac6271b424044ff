"""The history of the sample: who knows the causes finds them again, who compares naively is misled as stated."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from importlib.resources import files

import numpy as np
import polars as pl
import pytest

from talentcity import tables
from talentcity.sample import DEFAULT_ON, City, make_city

CAUSES = tomllib.loads(files("talentcity.sample").joinpath("data", "causes.toml").read_text(encoding="utf-8"))
SERVICES = ("briefing", "counselling", "recommendation", "training")
LEVELS = ("junior", "secondary", "college", "bachelor", "master", "doctor")
MONTHS, MONTH = 12, 30


@pytest.fixture(scope="module")
def city() -> City:
    return make_city(25_000, seed=1)


class Months:
    """One row for each month that somebody was looking: what held in it, and whether it ended in a job.

    This follows the words of causes.toml and uses nothing of the sample's own code.
    """

    def __init__(self, city: City) -> None:
        people = city.past_seekers.join(city.hire_truth, left_on="seeker_id", right_on="person_id", how="left")
        hires = city.hires.select(seeker_id="person_id", hired="on")
        people = people.join(hires, on="seeker_id", how="left", maintain_order="left")
        registered = people["registered_on"].to_numpy()
        begins = registered[:, None] + MONTH * np.arange(MONTHS)
        hired = people["hired"].to_numpy()[:, None]
        seen = (begins + MONTH <= np.datetime64(DEFAULT_ON)) & (np.isnat(hired) | (hired >= begins))
        self.person, self.month = np.nonzero(seen)
        self.people = people
        self.hired = ((hired >= begins) & (hired < begins + MONTH))[seen]
        self.season = begins[seen].astype("datetime64[M]").astype(int) % 12
        self.had = self._had(city, people)[seen]

    @staticmethod
    def _had(city: City, people: pl.DataFrame) -> np.ndarray:
        """(people, months, services) how many were given by the middle of each month."""
        row = people.select(person_id="seeker_id", first="registered_on").with_row_index("row")
        given = city.past_deliveries.join(row, on="person_id")
        month = (given["on"] - given["first"]).dt.total_days().to_numpy() // MONTH
        counts = np.zeros((people.height, MONTHS, len(SERVICES)))
        place = np.array([SERVICES.index(name) for name in given["service"]])
        np.add.at(counts, (given["row"].to_numpy(), month, place), 1)
        return counts.cumsum(axis=1)

    def columns(self, *, drive: bool = True) -> dict[str, np.ndarray]:
        """What the log odds are made of."""
        people = self.people[self.person]
        columns = {
            "intercept": np.ones(len(self.person)),
            **{
                f"education {name}": (people["education"] == name).to_numpy() * 1.0
                for name in LEVELS
                if name != "college"
            },
            **{f"season {month}": (self.season == month) * 1.0 for month in range(12) if month != 4},  # May is 0
            "fit": people["fit"].to_numpy(),
            "wage": people["wage_gap"].to_numpy(),
            "experience": np.minimum(people["experience_years"].to_numpy(), 5),
            "demand": people["demand"].to_numpy(),
            "duration": self.month * 1.0,
            **{name: self.had[:, place] for place, name in enumerate(SERVICES)},
        }
        columns["recommendation"] = np.minimum(columns["recommendation"], CAUSES["hire"]["services"]["most"])
        return columns | ({"drive": people["drive"].to_numpy()} if drive else {})


def logistic(columns: dict[str, np.ndarray], outcome: np.ndarray) -> dict[str, tuple[float, float]]:
    """Coefficient and standard error of each column: maximum likelihood by Newton's method."""
    x = np.column_stack(list(columns.values()))
    beta = np.zeros(x.shape[1])
    step = np.ones(x.shape[1])
    while np.abs(step).max() > 1e-9:
        p = 1 / (1 + np.exp(-x @ beta))
        information = (x * (p * (1 - p))[:, None]).T @ x
        step = np.linalg.solve(information, x.T @ (outcome - p))
        beta = beta + step
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    return dict(zip(columns, zip(beta.tolist(), errors.tolist(), strict=True), strict=True))


def stated() -> dict[str, float]:
    """The coefficients as causes.toml states them."""
    hire = CAUSES["hire"]
    return {
        "intercept": hire["intercept"],
        **{f"education {name}": hire["education"][name] for name in LEVELS if name != "college"},
        **{f"season {month}": value for month, value in enumerate(hire["season"]) if month != 4},
        **{name: hire[name] for name in ("fit", "wage", "experience", "demand", "duration", "drive")},
        **{name: hire["services"][name] for name in SERVICES},
    }


def test_whoever_knows_the_causes_finds_every_coefficient_again(city):
    months = Months(city)
    found = logistic(months.columns(), months.hired)
    off = {name: (found[name][0] - value) / found[name][1] for name, value in stated().items()}
    assert set(off) == set(found)
    assert {name: round(z, 1) for name, z in off.items() if abs(z) > 3.5} == {}
    for name in SERVICES:
        assert found[name][1] < 0.08  # so that the test above says something


@pytest.mark.long
def test_two_hundred_thousand_people_give_every_coefficient_within_its_narrow_interval():
    months = Months(make_city(200_000, seed=3))
    found = logistic(months.columns(), months.hired)
    off = {name: (found[name][0] - value) / found[name][1] for name, value in stated().items()}
    assert {name: round(z, 1) for name, z in off.items() if abs(z) > 3.5} == {}
    for name in SERVICES:
        assert found[name][1] < 0.02


def early(city: City, service: str) -> pl.DataFrame:
    """Who was given a service in the first month, and who was hired within six months, of those seen that long."""
    first = city.past_seekers.select(person_id="seeker_id", first="registered_on")
    soon = city.past_deliveries.filter(service=service).join(first, on="person_id")
    soon = soon.filter(pl.col("on") < pl.col("first") + timedelta(days=MONTH)).select("person_id").unique()
    hires = city.hires.select("person_id", hired="on")
    return (
        first.filter(pl.col("first") + timedelta(days=6 * MONTH) <= DEFAULT_ON)
        .join(hires, on="person_id", how="left")
        .join(city.hire_truth, on="person_id")
        .with_columns(
            given=pl.col("person_id").is_in(soon["person_id"].implode()),
            hired=(pl.col("hired") < pl.col("first") + timedelta(days=6 * MONTH)).fill_null(False),
        )
    )


def naive(people: pl.DataFrame) -> float:
    shares = dict(people.group_by("given").agg(pl.col("hired").mean()).iter_rows())
    return shares[True] - shares[False]


def test_the_naive_comparison_belittles_counselling_and_training(city):
    for service in ("counselling", "training"):
        people = early(city, service)
        true = people[f"effect_{service}"].mean()
        assert true > 0.1
        assert naive(people) < true - 0.08, service
    assert naive(early(city, "counselling")) < 0.02  # it helps much, and looks as if it did not


def test_the_naive_comparison_flatters_briefings_and_recommendations(city):
    for service in ("briefing", "recommendation"):
        people = early(city, service)
        true = people[f"effect_{service}"].mean()
        assert 0 < true < 0.1
        assert naive(people) > true + 0.03, service


def test_without_the_drive_only_the_briefing_stays_biased(city):
    """Need can be worked out from the tables, drive cannot."""
    months = Months(city)
    found = logistic(months.columns(drive=False), months.hired)
    true = CAUSES["hire"]["services"]
    assert found["briefing"][0] > true["briefing"] + 0.15
    for service in ("counselling", "recommendation"):
        assert abs(found[service][0] - true[service]) < 0.1, service


def test_the_truth_of_one_person_is_what_the_causes_say(city):
    """The definition of the chances in hire_truth, for a few people, month by month."""
    hire = CAUSES["hire"]
    people = city.hire_truth.join(
        city.past_seekers.select(person_id="seeker_id", first="registered_on"), on="person_id"
    )
    for row in people.head(20).iter_rows(named=True):
        for service in (None, *SERVICES):
            left = 1.0
            for month in range(6):
                season = hire["season"][(row["first"] + timedelta(days=MONTH * month)).month - 1]
                more = 0 if service is None else hire["services"][service]
                odds = np.exp(row["base"] + season + hire["duration"] * month + more)
                left *= 1 / (1 + odds)
            stated_chance = row["hired_without"] + (0 if service is None else row[f"effect_{service}"])
            assert stated_chance == pytest.approx(1 - left, abs=1e-9)  # sums in another order


def test_services_come_before_the_hire_and_after_registering(city):
    first = city.past_seekers.select(person_id="seeker_id", first="registered_on")
    rows = city.past_deliveries.join(first, on="person_id").join(
        city.hires.select("person_id", hired="on"), on="person_id", how="left"
    )
    assert (rows["on"] > rows["first"]).all()
    assert (rows["on"] < rows["hired"]).drop_nulls().all()
    assert city.past_deliveries["on"].max() < DEFAULT_ON
    assert city.hires["on"].max() < DEFAULT_ON
    assert city.hires["on"].min() < DEFAULT_ON - timedelta(days=365 * 4)


def test_a_service_that_led_to_a_hire_was_given(city):
    led = city.hires.drop_nulls("through").select("person_id", service="through")
    assert set(led["service"]) == {"recommendation", "training"}
    assert led.join(city.past_deliveries, on=["person_id", "service"], how="anti").height == 0
    assert 0.2 < led.height / city.hires.height < 0.6


def test_ids_of_the_history_are_known(city):
    past = city.past_seekers["seeker_id"]
    for name, frame in (("d", city.past_deliveries), ("h", city.hires), ("t", city.hire_truth)):
        tables.require_known(frame["person_id"], past, table=name, known_table="past_seekers")
    everybody = pl.concat([past, city.seekers["seeker_id"]])
    assert everybody.is_unique().all()
    tables.require_known(city.spells["person_id"], everybody, table="s", known_table="everybody")
    for frame in (city.hires, city.spells.drop_nulls("employer_id")):
        tables.require_known(frame["employer_id"], city.employers["employer_id"], table="h", known_table="e")
    both = pl.concat([city.deliveries["delivery_id"], city.past_deliveries["delivery_id"]])
    assert both.is_unique().all()


def test_careers_do_not_overlap_and_agree_with_hires(city):
    spells = city.spells.with_columns(following=pl.col("start_date").shift(-1).over("person_id"))
    assert (spells["end_date"] < spells["following"]).drop_nulls().all()
    assert spells.filter(pl.col("following").is_not_null() & pl.col("end_date").is_null()).height == 0
    assert spells["start_date"].max() < DEFAULT_ON
    hires = city.hires.select("person_id", "employer_id", "occupation", start_date="on")
    here = spells.filter(city="云岭市")
    assert hires.join(here, on=hires.columns, how="anti", nulls_equal=True).height == 0
    assert spells.filter(pl.col("city") != "云岭市")["employer_id"].null_count() == (spells["city"] != "云岭市").sum()


def test_experience_of_a_seeker_is_the_length_of_the_earlier_jobs(city):
    days = (pl.col("end_date") - pl.col("start_date")).dt.total_days() + 1
    worked = city.spells.group_by(seeker_id="person_id").agg(days.sum().alias("days"))
    seekers = city.seekers.join(worked, on="seeker_id", how="left").with_columns(pl.col("days").fill_null(0))
    assert ((seekers["days"] > 0) == (seekers["experience_years"] > 0)).all()
    assert (seekers["days"] - 365.25 * seekers["experience_years"]).abs().max() <= 40


def test_who_leaves_the_city_is_as_stated():
    """Of jobs that ended here, the share whose next job is elsewhere, by study and education."""
    city = make_city(50_000, seed=2)
    spells = city.spells.filter(pl.col("person_id").str.starts_with("Q")).with_columns(
        next_city=pl.col("city").shift(-1).over("person_id")
    )
    first = city.hires.select("person_id", hired="on")
    after = spells.join(first, on="person_id").filter(
        (pl.col("start_date") >= pl.col("hired")) & pl.col("next_city").is_not_null() & (pl.col("city") == "云岭市")
    )
    degree = pl.when(pl.col("education").is_in(["bachelor", "master", "doctor"])).then(pl.lit("bachelor_or_above"))
    where = pl.when(pl.col("graduated_city") == "云岭市").then(pl.lit("studied_here"))
    cells = after.group_by(
        where.otherwise(pl.lit("studied_elsewhere")).alias("where"),
        degree.otherwise(pl.lit("below_bachelor")).alias("degree"),
    ).agg((pl.col("next_city") != "云岭市").mean().alias("share"), pl.len().alias("jobs"))
    assert cells.height == 4
    for studied, level, share, jobs in cells.iter_rows():
        expected = CAUSES["leaving"][studied][level]
        assert abs(share - expected) < 4 * (expected * (1 - expected) / jobs) ** 0.5, (studied, level)
