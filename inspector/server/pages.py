"""How to point each SDK here: the page served at ``/`` and shown in the window, with the ports in force.

Sources: the web SDK's constants.ts and store.ts (keys hold host and path without a scheme), MPNetworkOptions of
the Apple SDK, DomainMapping and NetworkOptions of the Android SDK; the systems' own ways to trust a root.
"""

from html import escape
from typing import Final

import msgspec

from inspector.server.certificate import ROOT

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Facts(msgspec.Struct, frozen=True):
    """What the page depends on: the ports (0: not listened on), whether there is a certificate, and its file."""

    http: int
    https: int = 0
    certificate: bool = False
    root: str = ROOT


class Part(msgspec.Struct, frozen=True):
    """A paragraph, or a snippet to paste with what it is written in."""

    text: str
    language: str = ""


class Section(msgspec.Struct, frozen=True):
    """What is to be done for one platform."""

    id: str
    title: str
    parts: list[Part]


def sections(facts: Facts) -> list[Section]:
    """Return the instructions, platform by platform."""
    return [
        Section("web", "Web SDK", _web(facts)),
        Section("apple", "Apple SDK", _apple(facts)),
        Section("android", "Android SDK", _android(facts)),
        Section("trust", "Trust the certificate", _trust(facts)),
        Section("other", "Other senders", _other(facts)),
    ]


def as_html(facts: Facts) -> str:
    """Return all instructions as one page that loads nothing."""
    parts = []
    for section in sections(facts):
        parts.append(f'<section id="{escape(section.id)}"><h2>{escape(section.title)}</h2>')
        for part in section.parts:
            if part.language:
                parts.append(f"<pre><code>{escape(part.text)}</code></pre>")
            else:
                parts.append(f"<p>{escape(part.text)}</p>")
        parts.append("</section>")
    return _PAGE.replace("@@", "\n".join(parts))


def as_text(facts: Facts) -> str:
    """Return all instructions as plain text."""
    lines = []
    for section in sections(facts):
        lines += [section.title, "=" * len(section.title), ""]
        for part in section.parts:
            lines += [f"    {line}".rstrip() for line in part.text.splitlines()] if part.language else [part.text]
            lines.append("")
    return "\n".join(lines)


def _web(facts: Facts) -> list[Part]:
    parts = []
    if facts.http:
        parts += [
            Part(
                "Over http. Put this before the SDK is loaded, in place of the configuration that is there. The "
                "SDK fetches its config over https only, so it is told here; sessionTimeout is in minutes. A "
                "page served over https may call http://localhost as well, but not in Safari: use https there."
            ),
            Part(_WEB_HTTP.replace("PORT", str(facts.http)), "javascript"),
        ]
    if facts.https:
        parts += [
            Part(
                "Over https, the config from here too (the session timeout stays the page's, in minutes). "
                "The browser must trust the certificate, see below."
            ),
            Part(_WEB_HTTPS.replace("PORT", str(facts.https)), "javascript"),
            Part("Or all of it by one key, as with a domain of your own:"),
            Part(f"domain: 'localhost:{facts.https}',", "javascript"),
        ]
    elif facts.http:
        parts.append(Part(_NO_HTTPS))
    return parts


def _apple(facts: Facts) -> list[Part]:
    if not facts.https:
        return [Part(f"The Apple SDK speaks https only. {_NO_HTTPS}")]
    return [
        Part(
            "In the Simulator, whose localhost is this Mac's. Set this before MParticle starts; the port in the "
            "host is what makes the SDK go by the certificates that the Simulator trusts (see below). The "
            "collector listens on this machine only, so an iPhone in your hand cannot reach it."
        ),
        Part(_SWIFT.replace("PORT", str(facts.https)), "swift"),
        Part(_OBJECTIVE_C.replace("PORT", str(facts.https)), "objectivec"),
    ]


def _android(facts: Facts) -> list[Part]:
    if not facts.https:
        return [Part(f"The Android SDK speaks https only. {_NO_HTTPS}")]
    port = str(facts.https)
    return [
        Part("Let the device or emulator reach this machine's port (again after each reconnection):"),
        Part(f"adb reverse tcp:{port} tcp:{port}", "shell"),
        Part("Without adb, an emulator reaches it at 10.0.2.2. Then, before MParticle starts:"),
        Part(_KOTLIN.replace("PORT", port), "kotlin"),
        Part(
            f"Let debug builds trust the certificate: copy {facts.root} to "
            "app/src/debug/res/raw/collector_ca.pem, and write app/src/debug/res/xml/network_security_config.xml:"
        ),
        Part(_SECURITY_CONFIG, "xml"),
        Part("In app/src/debug/AndroidManifest.xml:"),
        Part(_MANIFEST, "xml"),
    ]


def _trust(facts: Facts) -> list[Part]:
    if not facts.https:
        return [Part(f"Nothing to trust: only http is on. {_NO_HTTPS}")]
    root, url = facts.root, f"http://localhost:{facts.http}/certificate.crt"
    if not facts.http:
        url = f"https://localhost:{facts.https}/certificate.crt"
    return [
        Part(
            f"The certificate is in {root}, and at {url}. It holds for localhost, 127.0.0.1, ::1 and 10.0.2.2 "
            "only, and the key of its root was never written: nobody can sign anything else with it. Remove it "
            "when you are done."
        ),
        Part("iOS Simulator:"),
        Part(f'xcrun simctl keychain booted add-root-cert "{root}"', "shell"),
        Part("macOS (Safari, Chrome); asks for your password:"),
        Part(
            f'security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db "{root}"', "shell"
        ),
        Part("Windows (Edge, Chrome), for you alone:"),
        Part(f'certutil -user -addstore Root "{root}"', "shell"),
        Part("Chrome on Linux (package libnss3-tools):"),
        Part(f'certutil -d sql:$HOME/.pki/nssdb -A -t "C,," -n session-inspector -i "{root}"', "shell"),
        Part("Firefox: Settings, Privacy & Security, View Certificates, Authorities, Import."),
        Part(
            "Android, by hand: open the address above on the device, then Settings, Security, Install a "
            "certificate, CA certificate. Apps trust it only with the network security config above."
        ),
    ]


def _other(facts: Facts) -> list[Part]:
    scheme, port = ("http", facts.http) if facts.http else ("https", facts.https)
    return [
        Part("Batches for mParticle's Events API are taken as well, with any key:"),
        Part(
            f"curl -i {scheme}://localhost:{port}/v2/events -u key:secret \\\n"
            '  -H "Content-Type: application/json" -d \'{"environment":"development","events":[]}\'',
            "shell",
        ),
    ]


_NO_HTTPS = "Switch https on in the collector (--https 8791) for that."
_WEB_HTTP = """window.mParticle = { config: {
  isDevelopmentMode: true,
  logLevel: 'verbose',
  sessionTimeout: 30,
  forceHttps: false,
  requestConfig: false,
  workspaceToken: 'SESSIONINSPECTOR',
  kitConfigs: [], pixelConfigs: [],
  flags: { eventBatchingIntervalMillis: '1000' },
  v1SecureServiceUrl: 'localhost:PORT/v1/JS/',
  v2SecureServiceUrl: 'localhost:PORT/v2/JS/',
  v3SecureServiceUrl: 'localhost:PORT/v3/JS/',
  identityUrl: 'localhost:PORT/v1/',
  aliasUrl: 'localhost:PORT/v1/identity/',
  userAudienceUrl: 'localhost:PORT/v1/',
} };"""
_WEB_HTTPS = """window.mParticle = { config: {
  isDevelopmentMode: true,
  logLevel: 'verbose',
  sessionTimeout: 30,
  configUrl: 'localhost:PORT/JS/v2/',
  v1SecureServiceUrl: 'localhost:PORT/v1/JS/',
  v2SecureServiceUrl: 'localhost:PORT/v2/JS/',
  v3SecureServiceUrl: 'localhost:PORT/v3/JS/',
  identityUrl: 'localhost:PORT/v1/',
  aliasUrl: 'localhost:PORT/v1/identity/',
  userAudienceUrl: 'localhost:PORT/v1/',
} };"""
_SWIFT = """let network = MPNetworkOptions()
network.configHost = "localhost:PORT"
network.eventsHost = "localhost:PORT"
network.identityHost = "localhost:PORT"
network.aliasHost = "localhost:PORT"
network.pinningDisabledInDevelopment = true
options.networkOptions = network
options.environment = .development"""
_OBJECTIVE_C = """MPNetworkOptions *network = [[MPNetworkOptions alloc] init];
network.configHost = @"localhost:PORT";
network.eventsHost = @"localhost:PORT";
network.identityHost = @"localhost:PORT";
network.aliasHost = @"localhost:PORT";
network.pinningDisabledInDevelopment = YES;
options.networkOptions = network;
options.environment = MPEnvironmentDevelopment;"""
_KOTLIN = """val collector = "localhost:PORT" // or "10.0.2.2:PORT" in an emulator
val network = NetworkOptions.builder()
    .addDomainMapping(DomainMapping.configMapping(collector).build())
    .addDomainMapping(DomainMapping.eventsMapping(collector).build())
    .addDomainMapping(DomainMapping.identityMapping(collector).build())
    .addDomainMapping(DomainMapping.aliasMapping(collector).build())
    .addDomainMapping(DomainMapping.audienceMapping(collector).build())
    .setPinningDisabledInDevelopment(true)
    .build()
val options = MParticleOptions.builder(this)
    .credentials("key", "secret")
    .environment(MParticle.Environment.Development)
    .networkOptions(network)
    .build()"""
_SECURITY_CONFIG = """<?xml version="1.0" encoding="utf-8"?>
<network-security-config>
  <debug-overrides>
    <trust-anchors>
      <certificates src="@raw/collector_ca" />
      <certificates src="user" />
      <certificates src="system" />
    </trust-anchors>
  </debug-overrides>
</network-security-config>"""
_MANIFEST = """<application android:networkSecurityConfig="@xml/network_security_config" />"""
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Session Inspector: collector</title>
<meta name="viewport" content="width=device-width">
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 56rem; margin: 2rem auto; padding: 0 1rem; }
pre { padding: .8rem 1rem; overflow-x: auto; border: 1px solid #8886; border-radius: 6px; font-size: .875rem; }
h2 { margin-top: 2.5rem; }
</style></head><body>
<h1>Session Inspector is collecting</h1>
<p>Give these addresses to an SDK in place of mParticle's. What it sends is kept on this machine and goes
nowhere else.</p>
@@
</body></html>
"""
