"""An exception that nobody catches: a traceback, and 1."""


def fail():
    raise ValueError("no such luck: grüße")


print("before", flush=True)
fail()
