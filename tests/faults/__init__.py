"""Ballots while the server dies: what is acknowledged is counted once, whatever happens.

    python -m tests.faults [ballots] [kills] [seed]

Voters send ballots by their sockets and repeat each with the same key until it is answered; the
server is killed by SIGKILL again and again. Then the rows are compared with what the voters were
told. The last line is `seed= acknowledged= kills= lost= double= wrong=`.
"""
