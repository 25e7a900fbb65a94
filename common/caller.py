"""Who calls, for limits: the visitor's own address, also where proxies stand before us."""

import ipaddress

from django.conf import settings

IPV6_NETWORK = 64  # bits: what one household or phone is given, so what one caller is counted by (RFC 6177)


def address(request) -> str:
    """The caller as one string to count by: an IPv4 address, or the /64 network of an IPv6 one.

    TRUSTED_PROXIES says whom to believe in X-Forwarded-For, which is read from the right, as only its end was written
    by our own proxies. `["2"]`: that many of them stand before us. `["10.0.0.0/8", …]`: their networks. Empty: nobody
    is believed, and the caller is who connects (or whom the server itself was told to believe).
    """
    peer = request.META.get("REMOTE_ADDR", "")
    proxies = settings.TRUSTED_PROXIES
    if not proxies:
        return _counted(peer)
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    if count := proxy_count(proxies):
        # Fewer hops than proxies: the request did not come through all of them, and what it says is worth nothing.
        return _counted(hops[-count] if len(hops) >= count else peer)
    return _counted(_first_stranger(peer, hops, proxy_networks(proxies)))


def proxy_count(proxies: list[str]) -> int:
    """The number of proxies where the setting is a number; 0 where it lists networks."""
    return int(proxies[0]) if len(proxies) == 1 and proxies[0].isdecimal() else 0


def proxy_networks(proxies: list[str]) -> list:
    """The networks the setting lists. Raises ValueError where one is none."""
    return [ipaddress.ip_network(one, strict=False) for one in proxies]


def _first_stranger(peer: str, hops: list[str], networks: list) -> str:
    """From us outwards, the first address that is not one of our proxies. A local socket has none and is ours."""
    seen = peer
    for hop in [peer, *reversed(hops)]:
        found = _parsed(hop)
        if hop and found is None:
            return seen
        seen = hop or seen
        if found and not any(found in network for network in networks):
            return hop
    return seen


def _counted(text: str) -> str:
    found = _parsed(text)
    if found is None:
        return text[:45]
    if found.version == 6:
        return str(ipaddress.ip_network((found, IPV6_NETWORK), strict=False))
    return str(found)


def _parsed(text: str):
    """The address in `text`, which some proxies write with a port; None where there is none."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
