"""The first tables: the domain, the library with its full-text index, and the twin's own state."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from storage import fulltext

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Frozen, whatever becomes of the models. ``?`` may be NULL, ``>`` refers to that table's id.
_SCHEMA = """
project: scoped sourced; name text, vertical text?, customer_id text?, started_on day, ended_on
  day?, outcome text?, tags json, summary text
customer: scoped owned sourced; name text index, short_name text?, english_name text?, aliases
  json, industry text? index, tier text?, kind text, city text?, country text?, founded_year int?,
  employees int?, annual_revenue_minor bigint?, currency text, credit_code text?, parent_id text?,
  technical_maturity text?, buying_cycle_days int?, subsidy_dependency float?, website text?,
  duplicate_of text?, customer_since day?, updated_at moment?
product: scoped sourced; sku text?, name text index, english_name text?, aliases json, line text?,
  vertical text?, unit text?, list_price_minor bigint?, currency text, description text, active
  bool
library_item: scoped; kind text index, code text index, origin text, revision text, language text
  index, title text, body json, scenario json, audience text, status text, valid_from day?,
  valid_until day?, indexed_at moment, org_id+code+language together
store: scoped owned sourced; code text index, name text, kind text, city text?, area_sqm int?,
  opened_on day?, closed_on day?
target: scoped owned sourced; level text, subject_id text index, month day index, product_line
  text?, metric text, amount_minor bigint, currency text, version int
factor: scoped sourced; code text index, name text, english_name text, unit text, expected_sign
  int, provider text, owner_role text, fresh_days int, description text
organisation: id text key, name text, kind text, currency text, timezone text, language text,
  demo_day day?, version int, default_person_id text?
region: scoped sourced; name text, english_name text?, aliases json, parent_id text?, manager_id
  text? index
person: scoped sourced; name text index, english_name text?, aliases json, role word index, title
  text?, manager_id text? index, region_id text? index, verticals json, location text?, timezone
  text, language text, phone text?, email text?, active bool, joined_on day?, left_on day?,
  updated_at moment?
turn: scoped owned; thread_id text index, started_at moment index, outcome text, model text,
  prompt text, tools json, milliseconds float
pending_action: scoped owned; thread_id text index, turn_id text, tool text, title text, args
  json, args_hash text, approver_id text index, state word index, asked_at moment, expires_at
  moment, decided_at moment?, decided_by text?, decision text?, executed json?, receipt json?
lease: name text key, holder text, until moment
service_ticket: scoped owned sourced; customer_id text >customer index, product_id text? >product,
  number text, kind text, severity text, title text, description text, status text, opened_at
  moment index, closed_at moment?
skill: scoped sourced; person_id text >person index, kind text, name text index, level int
certificate: scoped sourced; person_id text >person index, name text index, issuer text?,
  issued_on day, valid_until day?
project_member: scoped; project_id text >project index, person_id text >person index, role text?,
  hours int?
workload: scoped; person_id text >person index, week day index, booked_hours float, capacity_hours
  float
contact: scoped owned sourced; customer_id text >customer index, name text?, title text?,
  department text?, buying_role word?, phone text?, email text?, wechat text?, attitude text?,
  status text, verified_at moment?, left_on day?
competitor_presence: scoped owned sourced; customer_id text >customer index, competitor text
  index, product text?, share float?, strength text?, gap text?, contract_ends_on day?, seen_at
  moment
outside_signal: scoped owned sourced; customer_id text >customer index, kind text, title text,
  text text, keywords json, publisher text?, published_at moment index
customer_share: scoped owned sourced; customer_id text >customer index, reason text
opportunity: scoped owned sourced; customer_id text? >customer index, product_id text? >product
  index, name text, stage word index, stage_entered_at moment? index, amount_minor bigint?,
  currency text, opened_at moment? index, expected_close_on day?, closed_at moment? index,
  loss_reason text?, main_competitor text?, next_step text?, buying_intent text?, updated_at
  moment?
library_chunk: scoped; item_id text >library_item index, docid bigint unique_constraint, position
  int, part text, number int, locator text, text text, tokens text
store_day: scoped owned; store_id text >store index, day day index, sales_minor bigint,
  gross_profit_minor bigint, currency text, traffic int, orders int, units int
store_event: scoped owned sourced; store_id text? >store index, kind text, title text, starts_on
  day, ends_on day
factor_reading: scoped sourced; factor_id text >factor index, region_id text? index, day day
  index, value float, read_at moment?
interaction: scoped owned sourced; customer_id text >customer, opportunity_id text?
  >opportunity index, kind word, direction text, channel text?, occurred_at moment index,
  duration_minutes int?, summary text?, action_item text?, contact_ids json, person_ids json,
  consent text?, purpose text?, language text, customer_id+occurred_at index_together
note: scoped owned sourced; customer_id text? >customer index, opportunity_id text? >opportunity
  index, text text, written_at moment index
calendar_event: scoped owned sourced; customer_id text? >customer index, opportunity_id text?
  >opportunity, kind text, title text, location text?, starts_at moment index, ends_at moment,
  contact_ids json, status text, owner_id+starts_at index_together
stage_change: scoped owned sourced; opportunity_id text >opportunity index, stage word, entered_at
  moment index, left_at moment?
quote: scoped owned sourced; customer_id text >customer index, opportunity_id text? >opportunity
  index, version int, amount_minor bigint, currency text, discount float, status text, sent_at
  moment?, valid_until day?
contract: scoped owned sourced; customer_id text >customer index, opportunity_id text?
  >opportunity index, number text, amount_minor bigint, currency text, signed_on day?, starts_on
  day?, ends_on day? index, payment_terms text?, terms text, status text
interaction_text: scoped owned; interaction_id text >interaction index, customer_id text >customer
  index, occurred_at moment index, text text
commitment: scoped owned sourced; customer_id text >customer index, opportunity_id text?
  >opportunity, interaction_id text? >interaction, by text, text text, made_at moment, due_on day?
  index, status text
sales_order: scoped owned sourced; customer_id text >customer index, contract_id text? >contract
  index, product_id text? >product, quantity int, amount_minor bigint, currency text, ordered_on
  day index, delivered_on day?, status text
payment: scoped owned sourced; customer_id text >customer index, contract_id text? >contract
  index, amount_minor bigint, currency text, due_on day index, paid_on day?, status text
"""

_GROUPS = {
    "scoped": "id text key, org_id text",
    "owned": "owner_id text? index, region_id text? index",
    "sourced": "source text, external_id text? index, recorded_at moment?",
}
_TYPES: dict[str, Any] = {
    "text": sa.String(),
    "word": sa.String(32),
    "moment": sa.DateTime(timezone=True),
    "day": sa.Date(),
    "json": sa.JSON(),
    "int": sa.Integer(),
    "bigint": sa.BigInteger(),
    "float": sa.Float(),
    "bool": sa.Boolean(),
}


def upgrade() -> None:
    for name, columns in _tables():
        _create(name, columns)
    fulltext.create(op.get_bind())


def downgrade() -> None:
    op.execute("DROP TABLE library_fts")
    for name, _ in reversed(list(_tables())):
        op.drop_table(name)


def _tables() -> Iterator[tuple[str, list[list[str]]]]:
    for block in _SCHEMA.strip().replace("\n  ", " ").splitlines():
        name, _, rest = block.partition(": ")
        groups, _, own = rest.rpartition("; ")
        texts = [*(_GROUPS[group] for group in groups.split()), own]
        yield name, [column.split() for column in ", ".join(texts).split(", ")]


def _create(name: str, columns: list[list[str]]) -> None:
    parts: list[Any] = []
    for column, kind, *marks in columns:
        if kind == "index_together":
            continue
        if kind == "together":
            together = column.split("+")
            label = f"uq_{name}_{'_'.join(together)}"
            parts.append(sa.UniqueConstraint(*together, name=label))
            continue
        parts.append(sa.Column(column, _TYPES[kind.rstrip("?")], nullable=kind.endswith("?")))
        parts.extend(_constraint(name, column, mark) for mark in marks if mark not in _INDEXES)
    op.create_table(name, *parts)
    for column, kind, *marks in columns:
        if kind == "index_together":
            together = column.split("+")
            op.create_index(f"ix_{name}_{'_'.join(together)}", name, together)
        for mark in _INDEXES.intersection(marks):
            op.create_index(f"ix_{name}_{column}", name, [column], unique=mark == "unique")


_INDEXES = {"index", "unique"}


def _constraint(table: str, column: str, mark: str) -> Any:
    if mark == "key":
        return sa.PrimaryKeyConstraint(column, name=f"pk_{table}")
    if mark == "unique_constraint":
        return sa.UniqueConstraint(column, name=f"uq_{table}_{column}")
    return sa.ForeignKeyConstraint(
        [column], [f"{mark.removeprefix('>')}.id"], name=f"fk_{table}_{column}"
    )
