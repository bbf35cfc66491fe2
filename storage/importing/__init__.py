"""Import of a company's own data: CSV, Excel or SQL in, domain rows and an honest report out."""

from storage.importing.problems import ImportProblem
from storage.importing.progress import Progress, ProgressCallback
from storage.importing.report import ImportReport
from storage.importing.service import run

__all__ = ["ImportProblem", "ImportReport", "Progress", "ProgressCallback", "run"]
