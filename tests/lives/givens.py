"""What a draft of each kind says in a random life: always lawful in itself, so that only the record decides."""

from law.school_time import year_after


def suspension(machine, child):
    return {"ground_note": "肺炎", "starts_on": machine.day, "until": year_after(machine.day)}


GIVENS = {
    "suspension": suspension,
}
