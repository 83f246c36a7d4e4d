"""The five machines of a lab and the wires between them.

    client ─┐
            ├─ br0 [fw] wan ── office [internet] srv ── eth0 [server]
    proxy ──┘

The office has 10.2.0.0/24, documentation's networks stand for the Internet. `internet` also answers for the names
and runs www.lab.test and the colleague in the meeting.
"""

from __future__ import annotations

from pathlib import Path

from driver.host import Host, LabError
from driver.networks import Network, Office

FW, PROXY, CLIENT = "10.2.0.1", "10.2.0.2", "10.2.0.10"
FW6, PROXY6, CLIENT6 = "2001:db8:2::1", "2001:db8:2::2", "2001:db8:2::10"
FW_WAN, INTERNET_WAN = "198.51.100.2", "198.51.100.1"
FW_WAN6, INTERNET_WAN6 = "2001:db8:1::2", "2001:db8:1::1"
PUBLIC_DNS = "198.51.100.53"
SERVER, INTERNET_SERVER = "203.0.113.10", "203.0.113.1"
SERVER6, INTERNET_SERVER6 = "2001:db8:3::10", "2001:db8:3::1"
WWW, WWW6 = "203.0.113.80", "2001:db8:3::80"

Machines = dict[str, Host]


def ip(host: Host, *commands: str) -> None:
    """Several commands of iproute2 in one go."""
    host.run(["ip", "-batch", "-"], text="\n".join(commands) + "\n")


def address(device: str, value: str) -> str:
    # Duplicate address detection would hold an IPv6 address back for a second.
    return f"address add {value} dev {device}{' nodad' if ':' in value else ''}"


def wire(one: Host, one_device: str, other: Host, other_device: str) -> None:
    ip(one, f"link add {one_device} type veth peer name {other_device} netns {other.process_id}",
       f"link set {one_device} up")
    ip(other, f"link set {other_device} up")


def connect(machines: Machines) -> None:
    fw = machines["fw"]
    ip(fw, "link add br0 type bridge", "link set br0 up")
    # A packet that only crosses the bridge is no business of the router's rules.
    fw.shell("for kind in ip ip6 arp; do echo 0 >/proc/sys/net/bridge/bridge-nf-call-${kind}tables || :; done")
    for name in ("client", "proxy"):
        wire(machines[name], "eth0", fw, name)
        ip(fw, f"link set {name} master br0")
    wire(fw, "wan", machines["internet"], "office")
    wire(machines["internet"], "srv", machines["server"], "eth0")


def give_ipv4(machines: Machines, office: Office) -> None:
    ip(machines["fw"], address("br0", f"{FW}/24"), address("wan", f"{FW_WAN}/24"),
       f"route add default via {INTERNET_WAN}")
    ip(machines["internet"], address("office", f"{INTERNET_WAN}/24"), address("office", f"{PUBLIC_DNS}/24"),
       address("srv", f"{INTERNET_SERVER}/24"), address("lo", f"{WWW}/32"),
       *([] if office.nat else [f"route add 10.2.0.0/24 via {FW_WAN}"]))
    ip(machines["server"], address("eth0", f"{SERVER}/24"), f"route add default via {INTERNET_SERVER}")
    ip(machines["proxy"], address("eth0", f"{PROXY}/24"), f"route add default via {FW}")
    if office.ipv4:
        ip(machines["client"], address("eth0", f"{CLIENT}/24"), f"route add default via {FW}")


def give_ipv6(machines: Machines) -> None:
    ip(machines["fw"], address("br0", f"{FW6}/64"), address("wan", f"{FW_WAN6}/64"),
       f"route add default via {INTERNET_WAN6}")
    ip(machines["internet"], address("office", f"{INTERNET_WAN6}/64"), address("srv", f"{INTERNET_SERVER6}/64"),
       address("lo", f"{WWW6}/128"), f"route add 2001:db8:2::/64 via {FW_WAN6}")
    ip(machines["server"], address("eth0", f"{SERVER6}/64"), f"route add default via {INTERNET_SERVER6}")
    ip(machines["proxy"], address("eth0", f"{PROXY6}/64"), f"route add default via {FW6}")
    ip(machines["client"], address("eth0", f"{CLIENT6}/64"), f"route add default via {FW6}")


def router_rules(office: Office) -> str:
    """The nft rules of the office's router."""
    masquerade = 'oifname "wan" ip saddr 10.2.0.0/24 masquerade' if office.nat else ""
    return f"""
define fw = {FW}
define proxy = {PROXY}
define client = {CLIENT}
define server = {SERVER}
define www = {WWW}
table inet office {{
  {office.tables}
  chain forward {{
    type filter hook forward priority 0; policy accept;
    # What never leaves the office, such as the client's way to the proxy, is not what these rules are about.
    iifname "br0" oifname "br0" accept
    {office.forward}
  }}
  chain leaving {{
    type nat hook postrouting priority 100;
    {masquerade}
  }}
}}
"""


def build_machines(network: Network, folder: Path) -> Machines:
    machines = {name: Host(name, folder) for name in ("client", "fw", "proxy", "internet", "server")}
    connect(machines)
    if not network.office.ipv6:
        for host in machines.values():
            host.shell("echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6")
    give_ipv4(machines, network.office)
    if network.office.ipv6:
        give_ipv6(machines)
    for name in ("fw", "internet"):
        machines[name].shell("echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding")
    done = machines["fw"].run(["nft", "-f", "-"], text=router_rules(network.office), check=False)
    if done.returncode != 0:
        raise LabError(f"the router's rules: {done.stderr.strip()}")
    return machines
