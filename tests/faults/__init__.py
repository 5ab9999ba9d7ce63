"""What breaks while people vote: what is acknowledged is counted once, whatever happens.

    python -m tests.faults [kill | four | close | cut | webhooks | storm | storm-pg] [seed]
    python -m tests.faults [crashes | events | histories]

Voters send ballots by their sockets and repeat each with the same key until it is answered, while
servers are killed by SIGKILL, databases stopped, clocks wrong, sockets cut. Then the rows are
compared with what the voters were told. Each part ends with a line of figures; without a name, all
parts run, each with a seed of its own that is printed first.
"""
