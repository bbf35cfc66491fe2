"""Dates: year-first is read, everything else needs a format, nothing is guessed."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.importing.dates import UnclearDayError, fitting_formats, read_date, read_moment
from storage.importing.troubles import CellError

BERLIN = ZoneInfo("Europe/Berlin")
SHANGHAI = ZoneInfo("Asia/Shanghai")
US, EU = "%m/%d/%Y", "%d/%m/%Y"


@pytest.mark.parametrize(
    "text",
    ["2017-03-01", "2017/3/1", "2017.03.01", "2017年3月1日", "2017年03月01", " 2017-3-1 "],
)
def test_year_first_needs_no_format(text: str) -> None:
    assert read_date(text, [], BERLIN) == date(2017, 3, 1)


@pytest.mark.parametrize(
    "text", ["3/1/2017", "10/20/2016", "1.3.2017", "01-03-17", "3/1/2017 8:00"]
)
def test_day_or_month_first_is_never_guessed(text: str) -> None:
    with pytest.raises(UnclearDayError):
        read_date(text, [], BERLIN)


def test_a_format_decides() -> None:
    assert read_date("3/1/2017", [US], BERLIN) == date(2017, 3, 1)
    assert read_date("3/1/2017", [EU], BERLIN) == date(2017, 1, 3)


def test_two_formats_that_disagree_are_a_trouble_of_that_cell() -> None:
    with pytest.raises(CellError) as caught:
        read_date("3/1/2017", [US, EU], BERLIN)
    assert caught.value.code == "ambiguous_date"
    assert read_date("3/3/2017", [US, EU], BERLIN) == date(2017, 3, 3)
    assert read_date("31/1/2017", [US, EU], BERLIN) == date(2017, 1, 31)


@pytest.mark.parametrize("text", ["2017-02-30", "2017-13-01", "soon", "2017", "2017-00-10"])
def test_impossible_dates(text: str) -> None:
    with pytest.raises(CellError) as caught:
        read_date(text, [], BERLIN)
    assert caught.value.code == "bad_date"


def test_an_impossible_day_in_a_known_format_is_bad_and_not_unclear() -> None:
    with pytest.raises(CellError) as caught:
        read_date("2/30/2017", [US], BERLIN)
    assert caught.value.code == "bad_date"


@pytest.mark.parametrize("text", ["0217-03-01", "3017-03-01"])
def test_years_out_of_this_world(text: str) -> None:
    with pytest.raises(CellError) as caught:
        read_date(text, [], BERLIN)
    assert caught.value.code == "bad_year"


def test_a_bare_day_is_its_noon_so_that_it_stays_that_day_elsewhere() -> None:
    moment = read_moment("2017-03-01", [], SHANGHAI)
    assert moment == datetime(2017, 3, 1, 4, 0, tzinfo=UTC)
    for zone in ("America/Los_Angeles", "Europe/Berlin", "Asia/Tokyo"):
        expected = date(2017, 2, 28) if zone == "America/Los_Angeles" else date(2017, 3, 1)
        assert moment.astimezone(ZoneInfo(zone)).date() == expected


def test_times_and_offsets() -> None:
    assert read_moment("2017-03-01 08:30", [], BERLIN) == datetime(2017, 3, 1, 7, 30, tzinfo=UTC)
    assert read_moment("2017-03-01T08:30:00Z", [], BERLIN) == datetime(
        2017, 3, 1, 8, 30, tzinfo=UTC
    )
    assert read_moment("2017-03-01T08:30:00+08:00", [], BERLIN) == datetime(
        2017, 3, 1, 0, 30, tzinfo=UTC
    )


def test_native_values_of_spreadsheets_and_databases() -> None:
    naive = datetime(2017, 7, 1, 12, 0)  # noqa: DTZ001 - as openpyxl gives it
    assert read_moment(naive, [], BERLIN) == datetime(2017, 7, 1, 10, 0, tzinfo=UTC)
    late = datetime(2017, 7, 1, 23, 0, tzinfo=UTC)
    assert read_date(late, [], BERLIN) == date(2017, 7, 2)
    assert read_date(date(2017, 7, 1), [], BERLIN) == date(2017, 7, 1)


def test_midnight_without_a_zone_is_a_bare_day() -> None:
    midnight = datetime(2017, 7, 1)  # noqa: DTZ001 - as openpyxl gives a cell with a date
    noon = datetime(2017, 7, 1, 10, 0, tzinfo=UTC)
    assert read_moment(midnight, [], BERLIN) == noon
    assert read_moment("7/1/2017", [US], BERLIN) == noon
    assert read_moment("7/1/2017 14:30", ["%m/%d/%Y %H:%M"], BERLIN) == datetime(
        2017, 7, 1, 12, 30, tzinfo=UTC
    )


def test_excel_serials_only_where_the_mapping_says_so() -> None:
    assert read_date(42663, ["excel"], BERLIN) == date(2016, 10, 20)
    with pytest.raises(CellError):
        read_date(42663, [], BERLIN)


def test_fitting_formats_are_a_hint() -> None:
    assert fitting_formats(["3/1/2017", "10/20/2016"]) == [US]
    assert fitting_formats(["3/1/2017", "20/10/2016"]) == [EU]
    assert fitting_formats(["3/1/2017", "4/2/2017"]) == [US, EU]
    assert fitting_formats(["13/13/2017"]) == []
    assert fitting_formats(["1.3.17", "20.3.17"]) == ["%d.%m.%y"]


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from([US, EU, "%Y-%m-%d"]))
def test_what_was_written_in_a_format_is_read_back(day: date, pattern: str) -> None:
    assert read_date(day.strftime(pattern), [pattern], BERLIN) == day
