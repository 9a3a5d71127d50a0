"""ngIRCd, an IRC server in C."""

from __future__ import annotations

from pathlib import Path

from benchmarks.peers.irc import Irc

_CONFIGURATION = """
[Global]
Name = irc.benchmark
Info = Benchmark
Listen = 127.0.0.1
Ports = {port}
MotdPhrase = "Benchmark"
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxJoins = 0
MaxNickLength = 31
MaxPenaltyTime = 0
PingTimeout = 3600
PongTimeout = 3600
[Options]
DNS = no
Ident = no
PAM = no
"""


class Ngircd(Irc):
    """Started without flood control and without limits on connections."""

    name = "ngircd"
    about = "C"
    program = "ngircd"
    together = 8  # listen(2) with a backlog of 10
    version_command = ("ngircd", "--version")

    def prepare(self, directory: Path, port: int) -> list[str]:
        """Write its configuration."""
        path = directory / "ngircd.conf"
        path.write_text(_CONFIGURATION.format(port=port))
        return [self.program, "--nodaemon", "--config", str(path)]
