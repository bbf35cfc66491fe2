"""The benchmarks by name."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from bot.bench import turn
from bot.bench.figures import BenchReport
from bot.opening import Tell
from bot.settings import Settings
from bot.wording import Words

Measure = Callable[[Settings, Words, Tell], Coroutine[Any, Any, BenchReport]]
BENCHES: Mapping[str, Measure] = {"turn": turn.measure}
