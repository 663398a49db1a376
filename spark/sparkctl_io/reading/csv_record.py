"""One record of CSV as RFC 4180 has it, and nothing that only looks like one."""

import re


def fields_of(line: str, delimiter: str = ",") -> list[str] | None:
    """
    The fields of a line, or None if its quotation marks are not as they must be.

    A quoted field ends in its line: one that would go on in the next is an error here.
    """
    field = re.compile(rf'"((?:[^"]|"")*)"|([^"{re.escape(delimiter)}]*)')
    fields, place = [], 0
    while True:
        found = field.match(line, place)
        if found is None:
            return None
        quoted, plain = found.groups()
        fields.append(plain if quoted is None else quoted.replace('""', '"'))
        place = found.end()
        if place == len(line):
            return fields
        if line[place] != delimiter:
            return None
        place += 1
