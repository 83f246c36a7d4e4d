"""What runs on the machines of a lab besides the client: names, certificates, the server, www.lab.test, proxies."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from driver import topology
from driver.certificates import Certificates
from driver.host import Host
from driver.networks import Network, Program
from driver.topology import Machines

LAB = Path(__file__).resolve().parent.parent

PUBLIC_NAMES = {"meet.lab.test": [topology.SERVER, topology.SERVER6], "www.lab.test": [topology.WWW, topology.WWW6]}
OFFICE_NAMES = {
    "proxy.lab.test": [topology.PROXY], "dead.lab.test": ["10.2.0.3"], "fw.lab.test": [topology.FW],
    "portal.lab.test": [topology.FW],
}

# What every squid of the lab has: in the foreground, nothing cached, nothing kept, its own log.
SQUID_BASE = """
http_port {http_port}
visible_hostname proxy.lab.test
hosts_file none
dns_nameservers {dns}
pid_filename none
pinger_enable off
shutdown_lifetime 0 seconds
cache deny all
cache_effective_user proxy
coredump_dir /run/squid
cache_log /run/squid/cache.log
access_log stdio:/run/squid/access.log
acl tunnel method CONNECT
acl tls_port port 443
{config}
"""


@dataclass(frozen=True)
class Lab:
    """A built lab: where its files are, its machines, its certificates, and the programs under test."""

    folder: Path
    machines: Machines
    certificates: Certificates
    programs: Path

    def fill(self, text: str) -> str:
        """`text` of a network's file with the places it can only name."""
        places = {"@LAB@": LAB, "@RUN@": self.folder, "@CERTIFICATES@": self.certificates.folder}
        for mark, place in places.items():
            text = text.replace(mark, str(place))
        return text


def start_and_wait(host: Host, name: str, run: list[str], listens: list[int], kind: str = "tcp",
                   environment: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    program = host.start(name, run, environment)
    for port in listens:
        host.wait_for_port(port, kind, program, name)
    return program


def start_dns(host: Host, name: str, names: dict[str, list[str]], upstream: str | None, ipv6: bool) -> None:
    """dnsmasq on this machine; names that it neither has nor may ask for do not exist."""
    run = ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-hosts", "--no-resolv", "--user=root",
           "--pid-file=", "--log-facility=-", "--log-queries", "--cache-size=0"]
    run += [f"--server={upstream}"] if upstream else ["--local=//", "--address=/#/"]
    for key, addresses in names.items():
        # One --host-record sets both families at once.
        run.append(f"--host-record={key}," + ",".join(one for one in addresses if ipv6 or ":" not in one))
    start_and_wait(host, name, run, [53], "udp")


def start_names(lab: Lab, network: Network) -> None:
    office = network.office
    machines = lab.machines
    start_dns(machines["internet"], "dns-public", PUBLIC_NAMES, None, office.ipv6)
    if office.dns != "none":
        upstream = topology.PUBLIC_DNS if office.dns == "all" else None
        start_dns(machines["fw"], "dns-office", OFFICE_NAMES, upstream, office.ipv6)
    inside = topology.FW if office.ipv4 else topology.FW6
    resolvers = {"client": inside, "proxy": topology.PUBLIC_DNS, "fw": topology.PUBLIC_DNS,
                 "internet": topology.PUBLIC_DNS, "server": topology.PUBLIC_DNS}
    for name, resolver in resolvers.items():
        machines[name].write("/etc/resolv.conf", f"nameserver {resolver}\noptions timeout:2 attempts:2\n")


def spread_trust(lab: Lab, network: Network) -> None:
    authorities = {"public": lab.certificates.public, "organisation": lab.certificates.organisation}
    for name, host in lab.machines.items():
        trusted = network.client.trusts if name == "client" else ["public"]
        host.trust([authorities[authority] for authority in trusted])


def start_server(lab: Lab, ipv6: bool) -> None:
    """vistimed with everything it offers, and a plain web server beside it for the controls."""
    certificates = lab.certificates
    start_and_wait(
        lab.machines["server"], "vistimed",
        [str(lab.programs / "vistimed"), "--config", "/dev/null", "--data", f"{lab.folder}/data", "--bind", "::",
         "--https-port", "443", "--http-port", "80", "--master-port", "12000", "--conference-port", "12001",
         "--host-name", "meet.lab.test", "--tls-cert", str(certificates.chain("meet")),
         "--tls-key", str(certificates.key("meet")), "--drain-seconds", "1"],
        [443, 80, 12000, 12001])
    start_and_wait(
        lab.machines["internet"], "www",
        ["python3", str(LAB / "probe.py"), "serve", str(certificates.chain("www")), str(certificates.key("www")),
         topology.WWW, *([topology.WWW6] if ipv6 else [])],
        [80, 443, 7])


def start_squid(lab: Lab, network: Network) -> None:
    if not network.squid:
        return
    proxy = lab.machines["proxy"]
    config = SQUID_BASE.format(http_port=lab.fill(network.squid.http_port), dns=topology.PUBLIC_DNS,
                               config=lab.fill(network.squid.config))
    proxy.shell("mkdir -p /run/squid && chown proxy:proxy /run/squid")
    proxy.write("/run/squid/squid.conf", config)
    port = int(network.squid.http_port.split()[0])
    start_and_wait(proxy, "squid", ["squid", "-N", "-n", "lab", "-f", "/run/squid/squid.conf"], [port])


def start_own(lab: Lab, network: Network) -> None:
    """The network's own files, set-up commands and programs, in this order."""
    for item in network.file:
        lab.machines[item.at].write(item.path, lab.fill(item.text), int(item.mode, 8))
    for setup in network.setup:
        lab.machines[setup.at].shell("set -e\n" + lab.fill(setup.run))
    for program in network.program:
        start_program(lab, program)


def start_program(lab: Lab, program: Program) -> None:
    start_and_wait(lab.machines[program.at], program.name, [lab.fill(word) for word in program.run],
                   program.listens, environment={key: lab.fill(value) for key, value in program.environment.items()})


def start_services(lab: Lab, network: Network) -> None:
    spread_trust(lab, network)
    start_names(lab, network)
    start_server(lab, network.office.ipv6)
    start_own(lab, network)
    start_squid(lab, network)


def keep_logs(lab: Lab) -> None:
    """Saves what programs wrote under the machines' own /run before it vanishes with them."""
    for name, host in lab.machines.items():
        for log in host.path("/run").glob("**/*.log"):
            (lab.folder / "logs" / f"{name}-{log.parent.name}-{log.name}").write_bytes(log.read_bytes())
