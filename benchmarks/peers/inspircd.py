"""InspIRCd, an IRC server in C++."""

from __future__ import annotations

from pathlib import Path

from benchmarks.peers.irc import Irc

_CONFIGURATION = """
<config format="xml">
<server name="irc.benchmark" description="Benchmark" network="benchmark" id="001">
<admin name="Benchmark" nick="benchmark" email="benchmark@localhost">
<bind address="127.0.0.1" port="{port}" type="clients">
<connect name="all" allow="*" timeout="600" pingfreq="3600" hardsendq="1G" softsendq="1G" recvq="16M"
 threshold="1000000" commandrate="1000000" fakelag="no" localmax="100000" globalmax="100000"
 maxchans="100000" limit="100000" maxconnwarn="no" resolvehostnames="no" useident="no" useconnectflood="no">
<channels users="100000" opers="100000">
<performance netbuffersize="65534" somaxconn="4096" softlimit="100000" quietbursts="yes" clonesonconnect="no">
<limits maxnick="31" maxchan="65">
<options syntaxhints="no" announcets="no">
<pid file="{directory}/inspircd.pid">
<path configdir="{directory}" datadir="{directory}" logdir="{directory}" runtimedir="{directory}">
"""


class Inspircd(Irc):
    """Started without flood control and without limits on connections."""

    name = "inspircd"
    about = "C++"
    program = "inspircd"
    version_command = ("inspircd", "--version")

    def prepare(self, directory: Path, port: int) -> list[str]:
        """Write its configuration."""
        path = directory / "inspircd.conf"
        path.write_text(_CONFIGURATION.format(port=port, directory=directory))
        return [self.program, "--nofork", "--nolog", "--runasroot", "--config", str(path)]
