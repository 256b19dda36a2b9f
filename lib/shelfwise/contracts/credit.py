"""Who owes the shop money, and how it has paid: suppliers and customers on invoice."""

from shelfwise.contracts.silver import MONEY, plausible
from shelfwise.core.table import Table, optional, required

PARTY_KINDS = ("supplier", "customer")
KEY = ("kind", "party_id")
_IS_KNOWN = {"kind_is_known": f"kind IN {PARTY_KINDS}"}
_PARTY = {
    "kind": required("string", "supplier or customer"),
    "party_id": required("string", "a supplier's own code; of a customer the pseudonym that silver.customers has"),
}

PARTIES = Table(
    name="silver.parties",
    doc="What is known of suppliers and of customers on invoice, as last told. One row per kind and party.",
    key=KEY,
    schema=_PARTY
    | {
        "years_known": optional("double", "years of business with it"),
        "monthly_turnover": optional("double", "money that it is billed in a usual month"),
        "past_due_share": optional("double", "of what it owed, paid after it was due, by what others tell (a credit agency)"),
        "employees": optional("double", "heads"),
        "known_at": required(
            "date", "from when on the row was known; what is told anew takes its place, so that days before then know nothing of it"
        ),
    },
    checks=_IS_KNOWN
    | {
        "nothing_is_negative": "least(coalesce(years_known, 0), coalesce(monthly_turnover, 0), coalesce(employees, 0)) >= 0",
        "shares_are_shares": "past_due_share IS NULL OR past_due_share BETWEEN 0 AND 1",
    },
    known="known_at",
)

INVOICES = Table(
    name="silver.invoices",
    doc="What parties were billed, and what came of it, as last told. One row per kind of party, party and number.",
    key=(*KEY, "number"),
    schema=_PARTY
    | {
        "number": required(
            "string",
            "the invoice's, unique for the party; of a customer's a pseudonym: shops often make it from the customer's own",
        ),
        "issued_on": required("date", "day of the invoice"),
        "due_on": required("date", "last day on which it is paid in time"),
        "amount": required(MONEY, "of the invoice"),
        "paid_on": optional("date", "day on which it was paid whole; null: not so far"),
        "recovered": optional(MONEY, "of an invoice given up: what came of it in all; null: not given up, or not settled so far"),
        "recovered_on": optional("date", "day on which that was settled"),
    },
    checks=_IS_KNOWN
    | plausible("issued_on", "due_on")
    | {
        "due_after_issue": "due_on >= issued_on",
        "paid_after_issue": "paid_on IS NULL OR paid_on >= issued_on",
        "recovered_after_issue": "recovered_on IS NULL OR recovered_on >= issued_on",
        "amount_is_positive": "amount > 0",
        "recovery_is_whole": "(recovered IS NULL) = (recovered_on IS NULL)",
        "recovered_is_not_negative": "recovered IS NULL OR recovered >= 0",
        "paid_or_given_up": "paid_on IS NULL OR recovered_on IS NULL",
    },
    happened="issued_on",
)
