"""Sums of the bank's: one entry that pays several settlements, and several that pay one.

Each is taken only where exactly one choice adds up, to the cent, and the choices can all be tried;
else it is left to a person, and the entries say so.
"""

# ruff: noqa: S608 - the statements are made of this package's own words
from typing import LiteralString

from settlement.matching.paying import (
    BOOKS,
    EXPLAIN,
    MAY_PAY,
    NAMES_THE_SCHEME,
    NEAR,
    NEW_ID,
    PAID,
    TELLING,
    TOGETHER_DAYS,
    TOO_MANY,
    UNSURE,
    VALUED,
)

TOGETHER_FILES = 8  # that are tried, the nearest first: at most 255 sums of a currency
PARTS_ENTRIES = 12  # of one origin that may pay a settlement: at most 4,095 sums of it
TOLD = {
    "together": TOGETHER_DAYS,
    "most": TOGETHER_FILES,
    "most_entries": PARTS_ENTRIES,
    "unsure": UNSURE,
    "too_many": TOO_MANY,
}

_SHARES: LiteralString = f"""
SELECT {NEW_ID}, %(acquirer)s, paid.id, waiting.file_id, paid.currency, waiting.net, 1,
       %(now)s
  FROM paid JOIN chosen USING (id)
  JOIN waiting ON waiting.currency = paid.currency AND waiting.file_id = ANY (chosen.files)"""
# Every choice of those that nothing pays yet, with its sum, and the entries that it fits.
_FITS: LiteralString = f"""
waiting AS MATERIALIZED (
    SELECT near.*, row_number() OVER (
               PARTITION BY currency ORDER BY abs(day - %(day)s::date), day) AS place
      FROM near WHERE NOT {PAID.format("near.file_id", "near.currency")}),
sums AS (
    SELECT currency, place, ARRAY[file_id] AS files, net AS total, day AS first_day, day AS last_day
      FROM waiting WHERE place <= %(most)s
     UNION ALL
    SELECT sums.currency, waiting.place, sums.files || waiting.file_id, sums.total + waiting.net,
           least(sums.first_day, waiting.day), greatest(sums.last_day, waiting.day)
      FROM sums JOIN waiting ON waiting.currency = sums.currency
       AND waiting.place > sums.place AND waiting.place <= %(most)s),
fits AS (
    SELECT entry.id, entry.currency, {VALUED} AS valued, sums.files,
           count(*) OVER (PARTITION BY entry.id) AS ways
      FROM sums
      JOIN settlement_bankentry AS entry
        ON entry.acquirer_id = %(acquirer)s AND entry.livemode = %(livemode)s
       AND entry.currency = sums.currency AND entry.meaning = 'unexplained'
       AND entry.amount_minor = sums.total
       AND {VALUED} BETWEEN sums.last_day - %(before)s AND sums.last_day + %(after)s
       AND sums.last_day - sums.first_day <= %(together)s
     {TELLING.format("entry")}
     WHERE {MAY_PAY}),
"""
# An entry that more than one choice fits is left to a person.
PAY_TOGETHER: LiteralString = f"""
WITH RECURSIVE {BOOKS}, {NEAR}{_FITS}
chosen AS (
    SELECT DISTINCT ON (currency) id, files FROM fits
     WHERE ways = 1 AND cardinality(files) > 1 AND %(file)s = ANY (files)
     ORDER BY currency, abs(valued - %(day)s::date), id),
{EXPLAIN.format(parts=_SHARES)}
"""

# What each settlement near still lacks; what came for it in part says which origin the rest has.
_TARGETS: LiteralString = """
targets AS MATERIALIZED (
    SELECT near.file_id, near.day, near.currency, net - COALESCE(paid.minor, 0) AS lacks,
           COALESCE(paid.parts, 0) AS parts
      FROM near
      LEFT JOIN LATERAL (
           SELECT sum(part.amount_minor)::bigint AS minor, max(part.part) AS parts
             FROM settlement_paidsettlement AS part
            WHERE part.scheme_file_id = near.file_id AND part.currency = near.currency) AS paid
        ON true
     WHERE sign(net - COALESCE(paid.minor, 0)) = sign(net)),
"""
# Entries of one origin: they all name the scheme, or all have the same text. One that fits
# settlements by itself pays those, and one that names a payout is none of the scheme's.
_ORIGIN: LiteralString = f"""
CASE WHEN {NAMES_THE_SCHEME} THEN 'the scheme'
     ELSE lower(btrim(told)) END
"""
_CANDIDATES: LiteralString = f"""
candidates AS MATERIALIZED (
    SELECT targets.*, entry.id, entry.amount_minor AS minor, origin,
           row_number() OVER same AS place, count(*) OVER each AS many
      FROM targets
      JOIN settlement_bankentry AS entry
        ON entry.acquirer_id = %(acquirer)s AND entry.livemode = %(livemode)s
       AND entry.currency = targets.currency AND entry.meaning = 'unexplained'
       AND sign(entry.amount_minor) = sign(lacks) AND abs(entry.amount_minor) <= abs(lacks)
       AND {VALUED} BETWEEN targets.day - %(before)s AND targets.day + %(after)s
     {TELLING.format("entry")}
     CROSS JOIN LATERAL (SELECT {_ORIGIN} AS origin) AS of
     WHERE origin <> '' AND {MAY_PAY} AND entry.id NOT IN (SELECT id FROM fits)
       AND (parts = 0 OR origin = 'the scheme' OR origin IN (
            SELECT {_ORIGIN} FROM settlement_paidsettlement AS part
              JOIN settlement_bankentry AS came ON came.id = part.entry_id
             {TELLING.format("came")}
             WHERE part.scheme_file_id = targets.file_id AND part.currency = targets.currency))
    WINDOW each AS (PARTITION BY file_id, targets.currency, origin),
           same AS (PARTITION BY file_id, targets.currency, origin
                        ORDER BY abs({VALUED} - targets.day), entry.id)),
choices AS (
    SELECT file_id, currency, origin, place, ARRAY[id] AS entries, minor AS total, lacks, parts
      FROM candidates WHERE many <= %(most_entries)s
     UNION ALL
    SELECT choices.file_id, choices.currency, choices.origin, candidates.place,
           choices.entries || candidates.id, choices.total + candidates.minor, choices.lacks,
           choices.parts
      FROM choices JOIN candidates USING (file_id, currency, origin)
     WHERE candidates.place > choices.place
       AND abs(choices.total + candidates.minor) <= abs(choices.lacks)),
whole AS MATERIALIZED (
    SELECT *, count(*) OVER (PARTITION BY file_id, currency) AS ways
      FROM choices WHERE total = lacks AND (cardinality(entries) > 1 OR parts > 0)),
sure AS (
    SELECT * FROM whole
     WHERE ways = 1
       AND NOT EXISTS (SELECT FROM whole AS other
                        WHERE other.file_id <> whole.file_id AND other.entries && whole.entries)
       AND NOT EXISTS (SELECT FROM candidates
                        WHERE candidates.many > %(most_entries)s
                          AND candidates.id = ANY (whole.entries))),
"""
# Each entry whose sums are not sure says why it waits, until they are.
_SAYS: LiteralString = """
says AS MATERIALIZED (
    SELECT DISTINCT id, CASE
           WHEN EXISTS (SELECT FROM whole WHERE candidates.id = ANY (whole.entries)
                           AND NOT EXISTS (SELECT FROM sure WHERE sure.entries = whole.entries))
                THEN %(unsure)s
           WHEN EXISTS (SELECT FROM candidates AS other
                         WHERE other.id = candidates.id AND other.many > %(most_entries)s)
                THEN %(too_many)s ELSE '' END AS why
      FROM candidates
     WHERE file_id = %(file)s),
said AS (
    UPDATE settlement_bankentry AS entry SET why = says.why
      FROM says WHERE says.id = entry.id AND entry.why <> says.why
       AND entry.id NOT IN (SELECT id FROM chosen)),
"""
_PARTS: LiteralString = f"""
SELECT {NEW_ID}, %(acquirer)s, paid.id, %(file)s, paid.currency, paid.amount_minor,
       chosen.parts + chosen.number, %(now)s
  FROM paid JOIN chosen USING (id)"""
PAY_IN_PARTS: LiteralString = f"""
WITH RECURSIVE {BOOKS}, {NEAR}{_FITS}{_TARGETS}{_CANDIDATES}
chosen AS (
    SELECT id, parts, number FROM sure, unnest(entries) WITH ORDINALITY AS of (id, number)
     WHERE file_id = %(file)s),
{_SAYS}{EXPLAIN.format(parts=_PARTS)}
"""
