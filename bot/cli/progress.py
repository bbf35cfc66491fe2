"""Progress on standard error: one line per step, counting up in place on a terminal."""

from rich.cells import cell_len

from bot.cli.shell import Shell


class ProgressLine:
    """Hears steps (stable codes) with how much is done; shows them in the user's words."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._live = shell.err.isatty()
        self._step = ""
        self._width = 0

    def __call__(self, step: str, done: int, total: int | None) -> None:
        """Show that ``done`` of ``total`` of ``step`` are done."""
        text = self._text(step, done, total)
        if self._live:
            self._rewrite(text, ended=done == total)
        elif step != self._step:
            self._shell.note(text)
        self._step = step

    def _text(self, step: str, done: int, total: int | None) -> str:
        words = self._shell.words
        code, _, thing = step.partition(":")
        key = f"progress.steps.{code}"
        name = words(key, thing=thing) if words.has(key) else words("progress.steps.other")
        if not self._live or total is None:
            return words("progress.step", name=name)
        return words("progress.counted", name=name, done=done, total=total)

    def _rewrite(self, text: str, *, ended: bool) -> None:
        blank = " " * max(0, self._width - cell_len(text))
        self._shell.err.write(f"\r{text}{blank}" + ("\n" if ended else ""))
        self._shell.err.flush()
        self._width = 0 if ended else cell_len(text)
